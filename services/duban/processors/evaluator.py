"""Judges each report, or its absence, with the rulebook in force, and says what changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from msgspec.structs import replace

from duban.domain.event import (
    EVERYONE,
    AgencyRegistered,
    Because,
    Body,
    Event,
    ObligationDue,
    ReportRead,
    ReportRejected,
    ReportWithdrawn,
    RulebookReleased,
)
from duban.domain.finding import Context, Judgement
from duban.domain.report import Report
from duban.processors.duty import WATCH, Duty, Watch, duty_part
from duban.processors.processor import State
from duban.processors.remembered import (
    Known,
    Year,
    context_of,
    keep_report,
    known_of,
    learn,
    learn_place,
    learn_year,
    report_before,
    report_of,
    text_part,
    year_part,
)
from duban.processors.telling import Occasion, assess, resolve, tell

Outcome = tuple[State, tuple[Event, ...]]


class Judge(Protocol):
    """A rulebook, as far as the evaluator knows it."""

    def judge(
        self,
        report: Report | None,
        context: Context,
        before: Callable[[], Report] | None = None,
    ) -> Judgement:
        """Everything the rules say of a report, or of the absence of one.

        `before` gives the report of the year before, if a rule asks for it.
        """
        ...


class Evaluator:
    """Takes roster, readings, obligations and rulebooks; `library` gives the rulebook of a hash.

    A report is judged again when its bytes or their reading, the report of the year before, the
    roster entry of its agency, its obligation or the rulebook changes. Where no report stands,
    the rules about absence are asked of the obligation. Without a calendar before it in the
    chain no obligation is known, and no absence is judged.
    """

    name = "evaluator"
    takes: frozenset[type[Body]] = frozenset(
        {
            AgencyRegistered,
            ObligationDue,
            ReportRead,
            ReportRejected,
            ReportWithdrawn,
            RulebookReleased,
        }
    )

    def __init__(self, library: Callable[[str], Judge]) -> None:
        self._library = library

    def key(self, event: Event) -> str | None:
        match event.body:
            case RulebookReleased():
                return EVERYONE
            case ReportRejected(agency_id=None) | ReportRejected(year=None):
                return None
            case _:
                return event.key

    def handle(self, event: Event, state: State) -> Outcome:
        match event.body:
            case AgencyRegistered(agency=agency):
                return self._judge_all(event, learn(state, agency=agency), "roster")
            case RulebookReleased() as rulebook:
                return self._judge_all(event, learn(state, rulebook=rulebook), "rulebook")
            case ReportRead() as read:
                return self._take_reading(event, read, state)
            case ReportRejected(status="unreadable") as rejected:
                return self._take_rejection(event, rejected, state)
            case ReportWithdrawn() as withdrawn:
                return self._take_withdrawal(event, withdrawn, state)
            case ObligationDue() as due:
                return self._take_obligation(event, due, state)
            case _:
                return state, ()

    def _judge_all(self, event: Event, state: State, because: Because) -> Outcome:
        made: tuple[Event, ...] = ()
        known = known_of(state)
        for year in known.years:
            now = state.get(year_part(year), Year)
            if now is not None and not state.has_absorbed(year_part(year)):
                state, more = self._judge(event, state, known, year, now, because)
                made += more
            # Held to the end, ten reports fall out of the processor's cache: a quarter slower.
            state.forget(text_part(year - 1))
        return state, made

    def _take_reading(self, event: Event, read: ReportRead, state: State) -> Outcome:
        watch = state.get(WATCH, Watch)
        if watch is not None and watch.is_gone(read.url, read.found_at or event.at):
            return state, ()
        part = year_part(read.year)
        state = learn_year(state, read.year)
        known = known_of(state)
        made: tuple[Event, ...] = ()
        if read.url is not None:
            for other in sorted({*known.places.get(read.url, ())} - {read.year}):
                state, more = self._take_away(event, state, known, other, read.url, "revised")
                made += more
            state = learn_place(state, read.url, read.year)
        state = keep_report(state, read.year, read.report)
        if not state.has_absorbed(part):
            before = state.get(part, Year) or Year()
            now = replace(before, sha256=read.sha256, url=read.url, readable=True)
            because = _because(before, read)
            state, more = self._judge(event, state, known, read.year, now, because)
            made += more
        state, later = self._judge_next(event, state, known, read.year)
        return state, made + later

    def _take_rejection(self, event: Event, rejected: ReportRejected, state: State) -> Outcome:
        """Other bytes stand where the report stood and cannot be read: nothing is proved now."""
        year = rejected.year or 0
        now = state.get(year_part(year), Year)
        if now is None or rejected.url is None:
            return state, ()
        made: tuple[Event, ...] = ()
        known = known_of(state)
        if not state.has_absorbed(year_part(year)):
            if (now.url, now.sha256 == rejected.sha256) != (rejected.url, False):
                return state, ()
            now = replace(
                now, sha256=rejected.sha256, readable=False, assessed="", taken_by=event.id
            )
            state, made = self._judge(event, state, known, year, now, "unreadable")
        elif now.taken_by != event.id:
            return state, ()
        state, later = self._judge_next(event, state, known, year)
        return state, made + later

    def _take_withdrawal(self, event: Event, withdrawn: ReportWithdrawn, state: State) -> Outcome:
        """Nothing stands any more where the report stood, unless it is back already."""
        watch = state.get(WATCH, Watch)
        if watch is not None and watch.is_back(withdrawn.url):
            return state, ()
        made: tuple[Event, ...] = ()
        known = known_of(state)
        for year in known.years:
            state, more = self._take_away(event, state, known, year, withdrawn.url, "withdrawn")
            made += more
        return state, made

    def _take_away(
        self,
        event: Event,
        state: State,
        known: Known,
        year: int,
        url: str,
        because: Because,
    ) -> Outcome:
        """The report of a year, if it stood at an address, stands there no more."""
        made: tuple[Event, ...] = ()
        now = state.get(year_part(year), Year) or Year()
        if now.url == url and not state.has_absorbed(year_part(year)):
            now = replace(now, sha256="", url=None, readable=True, assessed="", taken_by=event.id)
            state, made = self._judge(event, state, known, year, now, because)
        elif now.taken_by != event.id:
            return state, ()
        if isinstance(event.body, ReportRead) and event.body.year == year + 1:
            return state, made  # it is judged anyway
        state, later = self._judge_next(event, state, known, year)
        return state, made + later

    def _take_obligation(self, event: Event, due: ObligationDue, state: State) -> Outcome:
        """The year is judged again, unless that was just done because of the same event."""
        year = due.obligation.year
        state = learn_year(state, year)
        now = state.get(year_part(year), Year) or Year()
        duty = state.get(duty_part(year), Duty)
        if duty is None or now.duty == duty.revision or state.has_absorbed(year_part(year)):
            return state, ()
        return self._judge(event, state, known_of(state), year, now, "obligation")

    def _judge_next(self, event: Event, state: State, known: Known, year: int) -> Outcome:
        """The report of the year after, which was judged against this one."""
        part = year_part(year + 1)
        now = state.get(part, Year)
        if now is None or not now.has_report or state.has_absorbed(part):
            return state, ()
        return self._judge(event, state, known, year + 1, now, "prior")

    def _judge(
        self,
        event: Event,
        state: State,
        known: Known,
        year: int,
        now: Year,
        because: Because,
    ) -> Outcome:
        if known.rulebook is None:
            return state.put(year_part(year), now), ()
        duty = state.get(duty_part(year), Duty)
        if duty is not None:
            now = replace(now, duty=duty.revision)
        context = context_of(known, year, duty.obligation if duty else None)
        book = self._library(known.rulebook.sha256)
        judgement: Judgement | None = None
        if now.has_report:
            report = report_of(state, year)
            judgement = book.judge(report, context, report_before(state, year))
        elif duty is not None and not now.sha256:
            judgement = book.judge(None, context)
        made: tuple[Event, ...] = ()
        occasion = Occasion(event, state.key, year)
        if judgement is not None and now.has_report:
            now, made = assess(occasion, now, known.rulebook, judgement)
        current: set[str] = set()
        if judgement is not None:
            current = {finding.fingerprint for finding in judgement.findings}
            now, told = tell(occasion, now, known.rulebook.version, judgement)
            made += told
        now, resolved = resolve(occasion, now, current, because)
        return state.put(year_part(year), now), made + resolved


def _because(before: Year, read: ReportRead) -> Because:
    """What a reading changes: that a report is there, its bytes, or how they are read."""
    if not before.sha256:
        return "obligation"
    return "reread" if before.sha256 == read.sha256 else "revised"
