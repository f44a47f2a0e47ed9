"""Days off by the yearly notices of the State Council, as `chinesecalendar` has them."""

from __future__ import annotations

from datetime import date, timedelta

import chinese_calendar


def days_off(first_year: int) -> dict[int, tuple[str, ...]]:
    """Weekends and public holidays (ISO days) for every year from `first_year` that is known.

    The library refuses years whose notice it does not hold; those are left out, never guessed.
    """
    known: dict[int, tuple[str, ...]] = {}
    year = first_year
    while (days := _days_off_in(year)) is not None:
        known[year] = days
        year += 1
    return known


def _days_off_in(year: int) -> tuple[str, ...] | None:
    day, found = date(year, 1, 1), []
    try:
        while day.year == year:
            if not chinese_calendar.is_workday(day):
                found.append(day.isoformat())
            day += timedelta(days=1)
    except NotImplementedError:
        return None
    return tuple(found)
