from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

from duban.adapters.holidays import days_off


def test_every_day_off_is_one_that_the_library_tells() -> None:
    for year, days in days_off(2020).items():
        told = chinese_calendar.get_holidays(date(year, 1, 1), date(year, 12, 31))
        assert days == tuple(day.isoformat() for day in told)


def test_a_year_without_a_notice_is_left_out() -> None:
    known = days_off(2020)
    last = max(chinese_calendar.holidays).year

    assert list(known) == list(range(2020, last + 1))
    assert days_off(last + 1) == {}
    assert str(date(last, 12, 31) + timedelta(days=1)) not in str(known)
