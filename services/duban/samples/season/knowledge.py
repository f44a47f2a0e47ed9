"""What can be known of an agency when its columns are looked at once a day.

Written from the plan alone: which lists could be read, what they showed, what was fetched.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from duban.domain.agency import Agency
from duban.samples.season.fates import last_day
from duban.samples.season.plan import REPORT_YEAR, Document, Posting, Season

RECHECK_DAYS = 3
"""A report already known is looked at again after so many days."""
FIRST_OWED = 2019


@dataclass
class Sight:
    """A report that was fetched: in which state, when last, and since when."""

    posting: Posting
    document: Document
    fetched: date


@dataclass
class Knowledge:
    """All that is known of one agency on the evening of a day.

    `whole` is the day each of its columns was last read to the end, `listed` the years it showed
    then; `here` are the reports that stand there as far as anybody knows; `first` is the day a
    year's report was first seen, `missed` the last day before on which it was surely not there.
    """

    agency: Agency
    entered: date
    whole: dict[str, date] = field(default_factory=dict)
    listed: dict[str, frozenset[int]] = field(default_factory=dict)
    here: dict[int, Sight] = field(default_factory=dict)
    first: dict[int, date] = field(default_factory=dict)
    missed: dict[int, date] = field(default_factory=dict)

    def watched_from(self) -> int:
        """The first year whose report had to be posted, or to be still there, since then."""
        passed = (
            year
            for year in range(FIRST_OWED, REPORT_YEAR + 1)
            if last_day(self.agency.kind, year) < self.entered
        )
        return max(passed)

    def read_on(self) -> date | None:
        """The day up to which all columns are known."""
        days = [self.whole.get(url) for url in self.agency.columns]
        known = [day for day in days if day is not None]
        return min(known) if len(known) == len(days) else None

    def is_announced(self, year: int) -> bool:
        """Whether a column shows a report of the year that may be this agency's."""
        return any(year in self.listed.get(url, ()) for url in self.agency.columns)


def look(known: Knowledge | None, season: Season, agency_id: str, day: date) -> Knowledge | None:
    """What is known after the look of a day; None before the agency is in the roster."""
    agency = season.agency(agency_id, day)
    if agency is None:
        return None
    known = known or Knowledge(agency, season.entered_on(agency_id))
    if set(agency.columns) - set(known.agency.columns):
        known.missed = {year: known.missed[year] for year in known.first if year in known.missed}
    known.agency = agency
    readable = [url for url in agency.columns if _is_readable(season, url, day)]
    for url in readable:
        known.whole[url] = day
        known.listed[url] = _shown(season, url, agency_id, day)
    if readable:
        for posting in season.by_agency[agency_id]:
            _visit(known, posting, day)
    if known.read_on() is not None:
        _miss(known)
    return known


def _is_readable(season: Season, url: str, day: date) -> bool:
    """Whether the list is there, whole, and shows at least one report."""
    _, span = season.columns[url]
    is_well = day in span and season.trouble(url, day) is None
    return is_well and any(one.stands(day) for one in season.on_list(url))


def _shown(season: Season, url: str, agency_id: str, day: date) -> frozenset[int]:
    """The years of an agency's links, and of those of agencies nobody knows yet."""
    return frozenset(
        one.year
        for one in season.on_list(url)
        if one.stands(day)
        and (one.agency_id == agency_id or season.agency(one.agency_id, day) is None)
    )


def _visit(known: Knowledge, posting: Posting, day: date) -> None:
    sight = known.here.get(posting.year)
    if not posting.stands(day):
        known.here.pop(posting.year, None)
        return
    if sight is not None and day < sight.fetched + timedelta(days=RECHECK_DAYS):
        return
    if posting.failing is not None and day in posting.failing:
        return
    known.here[posting.year] = Sight(posting, posting.document(day), day)
    known.first.setdefault(posting.year, day)


def _miss(known: Knowledge) -> None:
    """Take note of the watched years that the columns, read to the end, do not show."""
    read_on = known.read_on()
    for year in range(known.watched_from(), REPORT_YEAR + 1):
        if year not in known.first and not known.is_announced(year) and read_on is not None:
            known.missed[year] = read_on


def by_agency(known: Mapping[str, Knowledge], season: Season, day: date) -> dict[str, Knowledge]:
    """What is known of every agency after the look of a day."""
    after = {one: look(known.get(one), season, one, day) for one in season.roster}
    return {one: knowledge for one, knowledge in after.items() if knowledge is not None}
