"""The plan of a season: who posts what, from when to when, and what fails meanwhile.

Every day is meant as it stands when the site is looked at, once, in the morning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from typing import Literal

from duban.domain.agency import Agency
from duban.samples.manuscript import Manuscript
from duban.samples.season.figures import Figures

REPORT_YEAR = 2024
FIRST_DAY = date(2025, 1, 1)
LAST_DAY = date(2025, 4, 30)
ONE_DAY = timedelta(days=1)

Trouble = Literal["error", "timeout", "refused", "login", "empty"]
"""How a site fails: status 500, no answer, status 403, a login page, a list that lost its lines."""


@dataclass(frozen=True)
class Span:
    """From a day on, until another (both included; None: for good)."""

    first: date
    last: date | None = None

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)


@dataclass(frozen=True, kw_only=True)
class Document:
    """One state of a report: its bytes, and what is printed in it.

    `paper` is None where the bytes cannot be read. `has_error` says that a table in it is wrong.
    """

    data: bytes
    paper: Manuscript | None
    has_error: bool = False

    @cached_property
    def figures(self) -> Figures | None:
        """What of it matters for the years around it."""
        return Figures.of(self.paper) if self.paper is not None else None


@dataclass(frozen=True, kw_only=True)
class Posting:
    """A report of an agency at its address: when it stands there, and in which state.

    `printed` is the day of publication that list and page give, None where they give none.
    `versions` are (first day, document), oldest first; `failing` are days on which its page
    answers with an error although the list shows it.
    """

    agency_id: str
    year: int
    path: str
    title: str
    printed: date | None
    stays: tuple[Span, ...]
    versions: tuple[tuple[date, Document], ...]
    failing: Span | None = None

    def stands(self, day: date) -> bool:
        """Whether it is listed, and at its address, on a day."""
        return any(day in stay for stay in self.stays)

    def document(self, day: date) -> Document:
        """What stands there on a day."""
        return [document for since, document in self.versions if since <= day][-1]


@dataclass(frozen=True)
class Breakdown:
    """A host or a column (the beginning of their addresses) that fails for some days."""

    place: str
    span: Span
    trouble: Trouble


@dataclass(frozen=True, kw_only=True)
class Season:
    """Everything that happens; `roster` gives each agency's entries with the day they hold from.

    `columns` tells which agencies' reports a list page shows, and since when it does: before, and
    after it moved, its address answers with 404.
    """

    roster: Mapping[str, Sequence[tuple[date, Agency]]]
    postings: Sequence[Posting]
    columns: Mapping[str, tuple[frozenset[str], Span]]
    breakdowns: Sequence[Breakdown] = field(default=())

    @cached_property
    def by_agency(self) -> Mapping[str, Sequence[Posting]]:
        """The postings of each agency."""
        found: dict[str, list[Posting]] = {agency_id: [] for agency_id in self.roster}
        for posting in self.postings:
            found[posting.agency_id].append(posting)
        return found

    def on_list(self, column: str) -> list[Posting]:
        """Every posting that a column ever shows."""
        owners, _ = self.columns[column]
        return [posting for owner in sorted(owners) for posting in self.by_agency[owner]]

    def agencies(self, day: date) -> list[Agency]:
        """The roster of a day, by id."""
        found = [self.agency(agency_id, day) for agency_id in sorted(self.roster)]
        return [agency for agency in found if agency is not None]

    def agency(self, agency_id: str, day: date) -> Agency | None:
        """An agency's roster entry on a day; None before it was entered."""
        entries = [agency for since, agency in self.roster[agency_id] if since <= day]
        return entries[-1] if entries else None

    def entered_on(self, agency_id: str) -> date:
        """The day an agency came into the roster."""
        return self.roster[agency_id][0][0]

    def trouble(self, url: str, day: date) -> Trouble | None:
        """What is wrong with an address on a day."""
        for breakdown in self.breakdowns:
            if day in breakdown.span and url.startswith(breakdown.place):
                return breakdown.trouble
        return None


def days(first: date = FIRST_DAY, last: date = LAST_DAY) -> list[date]:
    """The days of the season, or of a part of it, in order."""
    return [first + timedelta(days=count) for count in range((last - first).days + 1)]
