"""A season of 200 agencies, day by day: what is shown equals the truth on every day.

The truth comes from the plan of the season alone (duban.samples.season.truth). The crawler, the
reading, the chain and the index are the real ones; only the sites and the clock are made.
"""

from __future__ import annotations

import logging
from collections import Counter, defaultdict
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from duban import assets
from duban.adapters.agency_chain import agency_chain, chain_from
from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.day_emitter import DayEmitter
from duban.adapters.embedded.rederive import derive_again
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.embedded.views_build import rebuild
from duban.adapters.rulebook_library import RulebookLibrary
from duban.crawler.memory import Memory
from duban.crawler.poll import Poller
from duban.crawler.registration import register, registered
from duban.domain.view import FindingQuery, Ledger, Scope
from duban.intake.perform import reading
from duban.intake.unit import NAME, Intake
from duban.samples.season.drawing import draw
from duban.samples.season.knowledge import RECHECK_DAYS, Knowledge, by_agency
from duban.samples.season.plan import FIRST_DAY, REPORT_YEAR, Season, days
from duban.samples.season.site import SeasonSites
from duban.samples.season.truth import Standing, standings
from duban.testing.clock import SHANGHAI, MovableClock
from duban.testing.events import START

SEED = 1
ASKED_AGAIN = date(REPORT_YEAR + 1, 2, 1)
WATCHED_RULES = ("DL-", "YOY-")
#: A season in which these never occurred would show little.
SEEN_AT_LEAST = {
    *("compliant", "failing", "unreadable", "blocked", "absent", "waived", "not_yet_due"),
    *(f"DL-DEPT {grade}" for grade in ("info", "warning", "error")),
    *(f"DL-TOWN {grade}" for grade in ("info", "warning", "error")),
    *(f"DL-MISSING {grade}" for grade in ("info", "warning", "error")),
    *("DL-GOV error", "DL-GAP-YEAR warning", "DL-DATE-UNKNOWN info"),
    *("DL-TOO-EARLY info", "DL-TOO-EARLY warning"),
    *("YOY-CARRY-TOTAL error", "YOY-CARRY-COLUMN warning", "YOY-INFORCE-NORM warning"),
    "YOY-PRIOR-MISSING info",
}
MORNING, MIDNIGHT = time(9, 0, tzinfo=SHANGHAI), time(23, 59, 59, tzinfo=SHANGHAI)


class Office:
    """The whole machine on one folder, with a clock and sites that are moved by hand."""

    def __init__(self, store: EmbeddedStore, season: Season) -> None:
        self.season = season
        self.clock = MovableClock()
        self.sites = SeasonSites(season, FIRST_DAY)
        self.store = store
        rules = assets.find("rules")
        library = RulebookLibrary(self.store.blobs, self.store.states)
        calendars = CalendarLibrary(self.store.blobs, self.store.states)
        self._move_to(FIRST_DAY)
        library.release(rules, self.clock)
        self._days = DayEmitter(self.store.states, self.clock, calendars.release(rules, self.clock))
        intake = Intake(
            reading(), self.store.blobs, self.clock, lambda: registered(self.store.states)
        )
        unit = self.store.effect(NAME, "posted", intake.handle)
        self._runner = self.store.runner(agency_chain(library, calendars), units=[unit])
        self._poller = Poller(
            self.sites, Memory(self.store.states), self.store.blobs, self.clock,
            log=self.store.log, recheck=timedelta(days=RECHECK_DAYS),
        )  # fmt: skip

    def live_through(self, day: date) -> None:
        """Begin a day, look once at every site, handle everything."""
        self._move_to(day)
        self.sites.day = day
        self._days.emit()
        register(self.season.agencies(day), self.store.states, self.clock)
        self._runner.run_until_idle()
        self._poller.round(registered(self.store.states))
        self._runner.run_until_idle()

    def shown(self, known_at: datetime | None = None) -> dict[str, object]:
        """What the front page, the findings page and the pages of some agencies show."""
        scope = Scope(known_at=known_at)
        overview = self.store.index.overview(scope)
        every = FindingQuery(scope=scope, order="agency", limit=100_000)
        agencies = sorted(self.season.roster)
        return {
            "overview": replace(overview, position=0, as_of=START),
            "findings": self.store.index.findings(every),
            **{one: self.store.index.agency(one, scope) for one in agencies[:: len(agencies) // 3]},
        }

    def ledgers(self) -> dict[str, tuple[Ledger, int]]:
        """The ledger in all, of every year, and of every kind for the year of the season."""
        index = self.store.index
        rows = [*index.ledger(Scope(), "year"), *index.ledger(Scope(year=REPORT_YEAR), "kind")]
        found = {row.key: (row.ledger, row.late) for row in rows if row.ledger.owed}
        overview = index.overview(Scope())
        return found | {"all": (overview.ledger, sum(row.late for row in overview.by_year))}

    def states(self) -> dict[tuple[str, int], str]:
        """How each report stands."""
        rows = self.store.index.matrix(Scope())
        return {(row.agency_id, row.year): row.state for row in rows}

    def open_findings(self) -> set[tuple[str, int, str, str]]:
        """What is open of the rules about deadlines and continuity."""
        page = self.store.index.findings(FindingQuery(order="rule", limit=100_000))
        return {
            (row.agency_id, row.year, row.finding.rule, row.finding.severity)
            for row in page.rows
            if row.finding.rule.startswith(WATCHED_RULES)
        }

    def _move_to(self, day: date) -> None:
        self.clock.move(datetime.combine(day, MORNING) - self.clock.now())


class Truth:
    """The truth of a day, told as the office shows it."""

    def __init__(self, known: Mapping[str, Knowledge], day: date) -> None:
        self._kinds = {agency_id: one.agency.kind for agency_id, one in known.items()}
        self._all: dict[tuple[str, int], Standing] = {
            (agency_id, year): standing
            for agency_id, one in known.items()
            for year, standing in standings(one, day).items()
        }

    def ledgers(self) -> dict[str, tuple[Ledger, int]]:
        """As `Office.ledgers`."""
        groups: dict[str, list[Standing]] = defaultdict(list)
        for (agency_id, year), standing in self._all.items():
            groups["all"].append(standing)
            groups[str(year)].append(standing)
            if year == REPORT_YEAR:
                groups[self._kinds[agency_id]].append(standing)
        return {
            key: (
                Ledger(owed=len(group), **Counter(one.state for one in group)),
                sum(one.is_late for one in group),
            )
            for key, group in groups.items()
        }

    def states(self) -> dict[tuple[str, int], str]:
        """As `Office.states`."""
        return {key: standing.state for key, standing in self._all.items()}

    def open_findings(self) -> set[tuple[str, int, str, str]]:
        """As `Office.open_findings`."""
        return {
            (agency_id, *one)
            for (agency_id, _), standing in self._all.items()
            for one in standing.open
        }


def untold(_: int, __: int) -> None:
    """Nobody looks on."""


@pytest.fixture(scope="module")
def season() -> Season:
    return draw(SEED)


def test_every_day_of_a_season_shows_the_truth_and_what_was_shown_can_be_asked_for_again(
    season: Season, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.CRITICAL)
    known: Mapping[str, Knowledge] = {}
    told: Counter[str] = Counter()
    with EmbeddedStore(tmp_path) as store:
        office = Office(store, season)
        for day in days():
            office.live_through(day)
            known = by_agency(known, season, day)
            truth = Truth(known, day)
            assert office.states() == truth.states(), day
            assert office.ledgers() == truth.ledgers(), day
            assert office.open_findings() == truth.open_findings(), day
            told.update({f"{rule} {grade}" for _, _, rule, grade in truth.open_findings()})
            told.update(set(truth.states().values()))
            if day == ASKED_AGAIN:
                shown = office.shown()

        assert office.shown(datetime.combine(ASKED_AGAIN, MIDNIGHT)) == shown
        assert office.shown() != shown
        assert store.states.set_aside() == []
        assert derive_again(store, chain_from(store.blobs, store.states), untold).is_equal
        assert rebuild(store, told=untold, exchange=False).is_equal
    assert told.keys() >= SEEN_AT_LEAST
