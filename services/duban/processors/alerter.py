"""Sums up each step of an agency's chain: what the office has to be told of a year, as one alert.

Only errors and warnings that are the agency's own are told; notes, and what is the site's or our
fault, are not. A re-reading of ours changes an alert quietly: the document is right, and nobody
is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import msgspec
from msgspec.structs import replace

from duban.domain.alert import AlertKind, AlertLine
from duban.domain.event import (
    AgencyRegistered,
    AgencyRemoved,
    AlertChanged,
    AlertOpened,
    AlertResolved,
    Because,
    Body,
    Event,
    FindingOpened,
    FindingResolved,
    ObligationDue,
    ReportRead,
    ReportRejected,
    ReportWithdrawn,
    RulebookReleased,
    derived_id,
    record,
)
from duban.domain.finding import Finding
from duban.processors.alerting import ROLL, Alert, Roll, Told, Year, alert_part
from duban.processors.duty import WATCH, Watch, obligation_of
from duban.processors.processor import State
from duban.processors.remembered import Year as Judged
from duban.processors.remembered import known_of, year_part

_CANNOT_READ = "The file that is posted cannot be read by machine; a person has to look at it."


class Alerter:
    """Takes findings, readings, refusals and roster changes; makes one event per alert and step.

    What a finding says is taken by its revision, so that a step that comes again says nothing
    new. Everything else is read where the processors before it keep it.
    """

    name = "alerter"

    def close(self, events: tuple[Event, ...], state: State) -> tuple[State, tuple[Event, ...]]:
        cause = events[0]
        quiet = _is_reread(cause, state)
        state, years = self._learn(events, state)
        made: list[Event] = []
        for year in years:
            state, more = self._sum_up(cause, state, year, quiet=quiet)
            made += more
        return state, tuple(made)

    def _learn(self, events: tuple[Event, ...], state: State) -> tuple[State, tuple[int, ...]]:
        """The state with what the findings say, and the years that the step touched."""
        years: set[int] = set()
        for event in events:
            body = event.body
            match body:
                case FindingOpened(year=year) | FindingResolved(year=year):
                    state = _put(state, year, _with(_year(state, year), body))
                case ReportRejected() | ReportRead():
                    state = _taken(state, body)
                    years.update(_roll(state).years)
                    continue
                case ObligationDue(obligation=obligation):
                    year = obligation.year
                case AgencyRegistered() | AgencyRemoved() | ReportWithdrawn():
                    years.update(_roll(state).years)
                    continue
                case _:
                    continue
            years.add(year)
        return state, tuple(sorted(years))

    def _sum_up(
        self, cause: Event, state: State, year: int, *, quiet: bool
    ) -> tuple[State, list[Event]]:
        before = _year(state, year)
        now, made = before, []
        for kind, lines in _standing(state, year, before):
            told = before.told.get(kind)
            alert = _alert(cause, state, year, kind, lines, told)
            after, event = _tell(cause, state.key, alert, told, quiet=quiet)
            if event is not None:
                now = replace(now, told={**now.told, kind: after})
                made.append(event)
        return (_put(state, year, now) if now != before else state), made


def _standing(
    state: State, year: int, kept: Year
) -> Iterator[tuple[AlertKind, tuple[AlertLine, ...]]]:
    """The lines of each kind of alert that there is, or was; none where nothing stands."""
    judged = state.get(year_part(year), Judged) or Judged()
    lines = tuple(sorted(kept.lines.values(), key=_order))
    watch = state.get(WATCH, Watch)
    is_removed = watch is not None and watch.removed is not None
    of: dict[AlertKind, tuple[AlertLine, ...]] = {
        "report": lines if judged.sha256 else (),
        "absent": lines if not judged.sha256 else (),
        "unreadable": _unread(state, year, kept, judged),
    }
    for kind, standing in of.items():
        if standing or kind in kept.told:
            yield kind, () if is_removed else standing


def _unread(state: State, year: int, kept: Year, judged: Judged) -> tuple[AlertLine, ...]:
    """What we could not read, where nothing that can be read stands beside it."""
    if kept.refused is None or judged.has_report:
        return ()
    watch = state.get(WATCH, Watch)
    seen = watch.years.get(year) if watch else None
    stands = bool(judged.sha256) or (seen is not None and bool(seen.places))
    return (kept.refused,) if stands else ()


def _alert(
    cause: Event,
    state: State,
    year: int,
    kind: AlertKind,
    lines: tuple[AlertLine, ...],
    told: Told | None,
) -> Alert:
    agency = known_of(state).agency
    judged = state.get(year_part(year), Judged) or Judged()
    obligation = obligation_of(state, year)
    return Alert(
        agency_id=state.key,
        year=year,
        kind=kind,
        agency=agency.name if agency else state.key,
        region=agency.region if agency else "",
        parent=agency.parent if agency else None,
        since=(told.since if told and told.is_open else None) or cause.at,
        lines=lines,
        sha256=judged.sha256,
        url=judged.url,
        due_on=obligation.due_on if obligation else None,
    )


def _tell(
    cause: Event, key: str, alert: Alert, told: Told | None, *, quiet: bool
) -> tuple[Told, Event | None]:
    was_open = told is not None and told.is_open
    revision = told.revision if told else 0
    digest = hashlib.sha256(msgspec.json.encode(alert)).hexdigest()[:16]
    before = told or Told()
    if not alert.lines and not was_open:
        return before, None
    if alert.lines and was_open and before.digest == digest:
        return before, None
    lines = alert.lines or before.lines
    cls = AlertChanged if was_open else AlertOpened
    body = (cls if alert.lines else AlertResolved)(
        agency_id=alert.agency_id,
        year=alert.year,
        kind=alert.kind,
        revision=revision + 1,
        agency=alert.agency,
        region=alert.region,
        parent=alert.parent,
        severity="error" if any(one.severity == "error" for one in lines) else "warning",
        because=_because(cause.body, alert.year, quiet=quiet),
        quiet=quiet,
        since=alert.since,
        lines=lines,
        sha256=alert.sha256,
        url=alert.url,
        due_on=alert.due_on,
    )
    event_id = derived_id(cause.id, Alerter.name, f"{key}/{alert.year}/{alert.kind}")
    after = Told(
        revision=revision + 1,
        digest=digest,
        is_open=bool(alert.lines),
        since=alert.since,
        lines=lines if alert.lines else (),
    )
    return after, record(body, id=event_id, at=cause.at, cause=cause.id)


def _with(kept: Year, body: FindingOpened | FindingResolved) -> Year:
    """What is kept of a year with what a finding says; an older revision says nothing."""
    fingerprint = body.finding.fingerprint if isinstance(body, FindingOpened) else body.fingerprint
    if kept.revisions.get(fingerprint, 0) >= body.revision:
        return kept
    lines = {at: line for at, line in kept.lines.items() if at != fingerprint}
    revisions = {at: n for at, n in kept.revisions.items() if at != fingerprint}
    if isinstance(body, FindingOpened) and _is_told(body.finding):
        lines[fingerprint] = _line(body.finding)
        revisions[fingerprint] = body.revision
    return replace(kept, lines=lines, revisions=revisions)


def _is_told(finding: Finding) -> bool:
    return finding.severity != "info" and finding.blame == "agency"


def _line(finding: Finding) -> AlertLine:
    return AlertLine(
        fingerprint=finding.fingerprint,
        evidence=finding.evidence,
        rule=finding.rule,
        severity=finding.severity,
        message=finding.message,
        message_en=finding.message_en,
        cells=finding.cells,
        at=finding.at,
    )


def _taken(state: State, body: ReportRead | ReportRejected) -> State:
    """The state with what was read last, or was last not readable, unless it holds it already."""
    year = body.year
    if year is None or state.has_absorbed(alert_part(year)):
        return state
    kept = _year(state, year)
    if isinstance(body, ReportRead):
        return _put(state, year, replace(kept, sha256=body.sha256))
    if body.status != "unreadable":
        return state
    line = AlertLine(
        fingerprint=f"unreadable/{body.sha256[:16]}",
        evidence=body.sha256[:16],
        severity="warning",
        message=body.reason.message,
        message_en=_CANNOT_READ,
    )
    return _put(state, year, replace(kept, refused=line))


def _is_reread(cause: Event, state: State) -> bool:
    body = cause.body
    return isinstance(body, ReportRead) and _year(state, body.year).sha256 == body.sha256


def _because(body: Body, year: int, *, quiet: bool) -> Because:
    match body:
        case ReportRead(year=of):
            return "reread" if quiet else "prior" if of < year else "revised"
        case RulebookReleased():
            return "rulebook"
        case AgencyRegistered() | AgencyRemoved():
            return "roster"
        case ReportRejected():
            return "unreadable"
        case ReportWithdrawn():
            return "withdrawn"
        case _:
            return "obligation"


def _order(line: AlertLine) -> tuple[bool, str, str]:
    return line.severity != "error", line.rule, line.fingerprint


def _roll(state: State) -> Roll:
    return state.get(ROLL, Roll) or Roll()


def _year(state: State, year: int) -> Year:
    return state.get(alert_part(year), Year) or Year()


def _put(state: State, year: int, kept: Year) -> State:
    if kept == _year(state, year):
        return state
    roll = _roll(state)
    if year not in roll.years:
        state = state.put(ROLL, replace(roll, years=tuple(sorted({*roll.years, year}))))
    return state.put(alert_part(year), kept)
