"""Days off by the yearly notices of the State Council, as `chinesecalendar` has them."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar

_FRIDAY = 4


def days_off(first_year: int) -> dict[int, tuple[str, ...]]:
    """Weekends and public holidays (ISO days) for every year from `first_year` that is known.

    The library refuses years whose notice it does not hold; those are left out, never guessed.
    """
    known: dict[int, tuple[str, ...]] = {}
    year = first_year
    while _is_known(year):
        known[year] = _days_off_in(year)
        year += 1
    return known


def _is_known(year: int) -> bool:
    try:
        chinese_calendar.is_workday(date(year, 1, 1))
    except NotImplementedError:
        return False
    return True


def _days_off_in(year: int) -> tuple[str, ...]:
    """By the library's own tables: asking it for each day takes twenty times as long."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return tuple(
        day.isoformat()
        for day in days
        if (day.weekday() > _FRIDAY or day in chinese_calendar.holidays)
        and day not in chinese_calendar.workdays
    )
