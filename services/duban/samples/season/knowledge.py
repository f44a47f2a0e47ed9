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


def by_agency(known: Mapping[str, Knowledge], season: Season, day: date) -> dict[str, Knowledge]:
    """What is known of every agency after the look of a day, in place of what was known before."""
    lists = {url: _shown(season, url, day) for url in season.columns}
    after = {}
    for agency in season.agencies(day):
        before = known.get(agency.id) or Knowledge(agency, season.entered_on(agency.id))
        after[agency.id] = _look(before, season, agency, lists, day)
    return after


def _shown(season: Season, url: str, day: date) -> list[Posting]:
    """What a column shows to its end; nothing where it cannot be read, or shows no report."""
    if day not in season.columns[url][1] or season.trouble(url, day) is not None:
        return []
    return [posting for posting in season.on_list(url) if posting.stands(day)]


def _look(
    known: Knowledge,
    season: Season,
    agency: Agency,
    lists: Mapping[str, list[Posting]],
    day: date,
) -> Knowledge:
    if set(agency.columns) - set(known.agency.columns):
        known.missed = {year: known.missed[year] for year in known.first if year in known.missed}
    known.agency = agency
    readable = [url for url in agency.columns if lists[url]]
    for url in readable:
        known.whole[url] = day
        known.listed[url] = frozenset(
            one.year for one in lists[url] if _may_be_of(agency, one, season, day)
        )
    if readable:
        for posting in season.by_agency[agency.id]:
            _visit(known, posting, day)
    _miss(known)
    return known


def _may_be_of(agency: Agency, posting: Posting, season: Season, day: date) -> bool:
    """Its own, or one of an agency that nobody knows yet."""
    return posting.agency_id == agency.id or season.agency(posting.agency_id, day) is None


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
    if read_on is None:
        return
    for year in range(known.watched_from(), REPORT_YEAR + 1):
        if year not in known.first and not known.is_announced(year):
            known.missed[year] = read_on
