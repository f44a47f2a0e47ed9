"""The almanac: which day a report is due, which days are worked, how grave a delay is.

It is what a released calendar says, as plain data; nothing in it depends on the day it is asked.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import cached_property

import msgspec

from duban.domain.agency import Kind
from duban.domain.day import later
from duban.domain.severity import Severity

_NEAR_DAYS = 90  # the days off of a year are announced in the autumn before it
_GRAVITY: tuple[Severity, ...] = ("info", "warning", "error")


class Deadline(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A term for some kinds of agencies, from rules/deadlines; a local one for a region.

    `due` and `grave_after` are month-day of the year after the report year: the last day in time,
    and the last on which lateness is no error (None: that of the term for the whole country).
    `until` is the last day on which the term can end.
    """

    kinds: tuple[Kind, ...]
    first_year: int
    last_year: int | None = None
    due: str
    grave_after: str | None = None
    basis: str
    region: str = ""
    until: str | None = None

    def covers(self, kind: str, region: str, year: int) -> bool:
        """Whether the term holds for an agency of this kind and region code in a report year."""
        return (
            kind in self.kinds
            and region.startswith(self.region)
            and self.first_year <= year
            and (self.last_year is None or year <= self.last_year)
            and (self.until is None or in_year(self.due, year + 1) <= self.until)
        )

    @property
    def rank(self) -> tuple[int, int]:
        """Of two terms that cover an agency the narrower region wins, then the later year."""
        return len(self.region), self.first_year


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """What one agency's report year comes to, in ISO days; see `Obligation` for their meaning."""

    year: int
    opens_on: str
    due_on: str
    grave_after: str
    basis: str
    working_day_on: str | None


class Almanac(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """Deadlines and days off of one released calendar; `days_off` by year, for years known."""

    version: str
    opens: str
    reminders: tuple[int, ...]
    lenient_days: int
    deadlines: tuple[Deadline, ...]
    days_off: dict[int, tuple[str, ...]]

    @property
    def holidays_until(self) -> int:
        """The last year whose days off are known; 0 where none is."""
        return max(self.days_off, default=0)

    def terms(self, kind: str, region: str, before: int) -> tuple[Term, ...]:
        """The terms of an agency for every report year before `before`, oldest first."""
        # Regions nest, so the narrowest one that a term is set for stands for all within it.
        near = max((d.region for d in self.deadlines if region.startswith(d.region)), default="")
        known = self._known_terms.get((kind, near, before))
        if known is None:
            first = min((one.first_year for one in self.deadlines), default=before)
            found = (self.term(kind, near, year) for year in range(first, before))
            known = tuple(term for term in found if term is not None)
            self._known_terms[kind, near, before] = known
        return known

    def term(self, kind: str, region: str, year: int) -> Term | None:
        """The term of an agency for a report year; None where none is set."""
        covering = sorted(
            (one for one in self.deadlines if one.covers(kind, region, year)),
            key=lambda one: one.rank,
        )
        if not covering:
            return None
        winner = covering[-1]
        grave = next(one.grave_after for one in reversed(covering) if one.grave_after is not None)
        due_on = in_year(winner.due, year + 1)
        return Term(
            year=year,
            opens_on=in_year(self.opens, year + 1),
            due_on=due_on,
            grave_after=max(due_on, in_year(grave, year + 1)),
            basis=winner.basis,
            working_day_on=self.working_day(due_on),
        )

    def working_day(self, day: str) -> str | None:
        """The first working day on or after a day; None where the days off are not known."""
        at = date.fromisoformat(day)
        while (off := self.days_off.get(at.year)) is not None:
            if at.isoformat() not in off:
                return at.isoformat()
            at += timedelta(days=1)
        return None

    def unknown_year(self, day: str) -> int | None:
        """The year of the next last day, where it is near and its days off are not known."""
        year = int(day[:4])
        coming = (in_year(one.due, y) for one in self.deadlines for y in (year, year + 1))
        nearest = min((due_on for due_on in coming if due_on >= day), default=day)
        is_near = nearest <= later(day, _NEAR_DAYS)
        return int(nearest[:4]) if is_near and int(nearest[:4]) not in self.days_off else None

    def gravity(self, term: Term, day: str) -> Severity | None:
        """How grave it is that a report was posted on this day, or not yet there; None in time."""
        grave = self._delay(term.grave_after, day, "error")
        early = None
        if term.due_on < term.grave_after:
            early = self._delay(term.due_on, day, "warning")
        return max((one for one in (grave, early) if one), key=_GRAVITY.index, default=None)

    def reminder(self, term: Term, day: str) -> int | None:
        """The days of the last reminder passed; None before the first and after the last day."""
        passed = [
            days for days in self.reminders if later(term.due_on, -days) <= day <= term.due_on
        ]
        return min(passed, default=None)

    def matters(self, day: str) -> bool:
        """Whether what any agency owes can change as this day begins.

        Years begin to be owed, reminders pass, terms end. How grave a delay is follows from the
        day on which the report was posted, or was looked for, not from the day that begins.
        """
        if day[5:] == self.opens:
            return True
        for deadline in self.deadlines:
            due_on = in_year(deadline.due, int(day[:4]))
            if day in (later(due_on, 1), *(later(due_on, -days) for days in self.reminders)):
                return True
        return False

    @cached_property
    def _known_terms(self) -> dict[tuple[str, str, int], tuple[Term, ...]]:
        return {}

    def _delay(self, last_day: str, day: str, grade: Severity) -> Severity | None:
        if day <= last_day:
            return None
        working_day = self.working_day(last_day)
        if working_day == last_day:
            return grade
        if working_day is None:
            # The last day may have been a day off, and no working day may have come since.
            return "info" if day <= later(last_day, self.lenient_days) else grade
        if day <= working_day:
            return "info"
        if day <= later(last_day, self.lenient_days):
            return "warning"
        return grade


def in_year(month_day: str, year: int) -> str:
    """A month-day as the ISO day of a year."""
    return f"{year:04}-{month_day}"
