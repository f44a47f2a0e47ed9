"""Lives through stories with the real chain on an embedded store, and asks what is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

import msgspec
from lateness_story import Shown, Story, sha256

from duban import assets
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.holidays import days_off
from duban.adapters.rulebook_library import RulebookLibrary
from duban.domain import event as events
from duban.domain.day import SHANGHAI
from duban.domain.event import Event, derived_id, record
from duban.domain.view import FindingQuery, FindingRow, ReportRow, Scope
from duban.processors.calendar import Calendar
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.rulebook.almanac import Almanac
from duban.rulebook.deadlines import load
from duban.testing.clock import MovableClock

WATCHED = ("DL-", "YOY-")
_KNOWN_UNTIL = 2026


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What is shown of an agency at a moment."""

    rows: tuple[ReportRow, ...]
    findings: tuple[FindingRow, ...]

    @property
    def states(self) -> dict[int, str]:
        """How each year stands."""
        return {row.year: row.state for row in self.rows}

    @property
    def open(self) -> tuple[str, ...]:
        """Year, rule and severity of each finding about time and continuity."""
        return tuple(
            sorted(f"{one.year} {one.finding.rule} {one.finding.severity}" for one in self.findings)
        )

    @property
    def messages(self) -> tuple[str, ...]:
        """What these findings say."""
        return tuple(one.finding.message for one in self.findings)


def almanac() -> Almanac:
    """The deadlines of the repository; days off are known until the end of 2026."""

    def known(first_year: int) -> Mapping[int, tuple[str, ...]]:
        return {y: days for y, days in days_off(first_year).items() if y <= _KNOWN_UNTIL}

    return load(assets.find("rules"), known)


class Office:
    """One store in which stories are lived."""

    def __init__(self, folder: Path, begins: datetime, calendar: Almanac) -> None:
        self.store = EmbeddedStore(folder)
        library = RulebookLibrary(self.store.blobs, self.store.states)
        clock = MovableClock()
        clock.move(begins - clock.now())
        library.release(assets.find("rules"), clock)
        self._calendar = calendar
        chain = Chain("agency", (Calendar(lambda sha: calendar), Evaluator(library)))
        self._runner = self.store.runner(chain)
        body = events.CalendarReleased(
            version="1", sha256=sha256("calendar"), blob_sha256=sha256(""), holidays_until=0
        )
        self.take([record(body, id="calendar", at=begins)])

    def take(self, facts: Sequence[Event]) -> None:
        """Record facts and handle all that follows."""
        self.store.log.append(facts)
        self._runner.run_until_idle()

    def answer(self, agency_id: str, known_at: datetime | None = None) -> Answer:
        """What the pages show of an agency."""
        scope = Scope(known_at=known_at)
        query = FindingQuery(scope=scope, agency_id=agency_id, order="rule", limit=1000)
        view = self.store.index.agency(agency_id, scope)
        found = self.store.index.findings(query).rows
        return Answer(
            rows=view.reports if view else (),
            findings=tuple(one for one in found if one.finding.rule.startswith(WATCHED)),
        )


def live(
    office: Office, facts: Iterable[Event], asked: Iterable[Shown], *, ask: Callable[[Shown], None]
) -> None:
    """Hand in facts in order, and ask at each moment that is named."""
    waiting: list[Event] = []
    moments = sorted(asked, key=lambda one: one.at)
    for fact in facts:
        while moments and moments[0].at < fact.at:
            office.take(waiting)
            waiting = []
            ask(moments.pop(0))
        waiting.append(fact)
    office.take(waiting)
    for one in moments:
        ask(one)


def timeline(told: Sequence[Story], *, backwards: bool = False) -> list[Event]:
    """The facts of several stories by time, with the days that begin in between.

    `backwards` hands in what happens at the same time to different agencies the other way round.
    """
    order = list(reversed(told)) if backwards else list(told)
    facts = sorted((fact for story in order for fact in story.facts), key=lambda one: one.at)
    last = max([facts[-1].at, *(one.at for story in told for one in story.shown)])
    begun = days(facts[0].at.date(), last.date())
    return sorted([*begun, *facts], key=lambda one: one.at)


def days(first: date, last: date) -> list[Event]:
    """Every day from the first to the last, as it begins."""
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        body = events.DayBegan(day=day.isoformat(), calendar_sha256=sha256("calendar"))
        at = datetime.combine(day, time(0, 0, 20), SHANGHAI)
        found.append(record(body, id=derived_id("day", "story", day.isoformat()), at=at))
    return found
