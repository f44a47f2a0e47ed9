"""Sums up each step of an agency's chain: what the office has to be told of a year, as one alert.

Only errors and warnings that are the agency's own are told; notes, and what is the site's or our
fault, are not. A re-reading of ours changes an alert quietly: the document is right, and nobody
is told.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

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
        cause, findings, years = events[0], _Findings(), set[int]()
        quiet = _is_reread(cause, state)
        learned = state
        for event in events:
            match event.body:
                case FindingOpened() | FindingResolved() as body:
                    findings.setdefault(body.year, []).append(body)
                case ObligationDue(obligation=obligation):
                    years.add(obligation.year)
                case ReportRead() | ReportRejected() as body:
                    learned = _taken(learned, body)
                    years.update(_roll(learned).years)
                case AgencyRegistered() | AgencyRemoved() | ReportWithdrawn():
                    years.update(_roll(learned).years)
        made: list[Event] = []
        for year in sorted(years | findings.keys()):
            before, now = _year(state, year), _with(_year(learned, year), findings.get(year, ()))
            now, more = _sum_up(cause, learned, year, before, now, quiet=quiet)
            made += more
            if now is not before:
                learned = _put(learned, year, now)
        return learned, tuple(made)


class _Findings(dict[int, list[FindingOpened | FindingResolved]]):
    """What the findings of a step say, by year."""


def _sum_up(
    cause: Event, state: State, year: int, before: Year, now: Year, *, quiet: bool
) -> tuple[Year, list[Event]]:
    made: list[Event] = []
    for kind, lines in _standing(state, year, now):
        told = now.told.get(kind)
        alert = _alert(cause, state, year, kind, lines, told)
        after, event = _tell(cause, alert, told, _lines_of(before, kind), quiet=quiet)
        if event is not None:
            now = replace(now, told={**now.told, kind: after})
            made.append(event)
    return now, made


def _lines_of(kept: Year, kind: AlertKind) -> tuple[AlertLine, ...]:
    """What an alert told last, as long as it is open: its lines follow those that are kept."""
    if kind == "unreadable":
        return (kept.refused,) if kept.refused else ()
    return tuple(sorted(kept.lines.values(), key=_order))


def _standing(
    state: State, year: int, kept: Year
) -> Iterator[tuple[AlertKind, tuple[AlertLine, ...]]]:
    """The lines of each kind of alert that there is, or was; none where nothing stands."""
    judged = state.get(year_part(year), Judged) or Judged()
    lines = _lines_of(kept, "report")
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
    cause: Event, alert: Alert, told: Told | None, last: tuple[AlertLine, ...], *, quiet: bool
) -> tuple[Told, Event | None]:
    """What is told of an alert, and remembered of that; `last` are the lines it told before."""
    was_open = told is not None and told.is_open
    revision = told.revision if told else 0
    digest = hashlib.sha256(msgspec.json.encode(alert)).hexdigest()[:16]
    before = told or Told()
    if not alert.lines and not was_open:
        return before, None
    if alert.lines and was_open and before.digest == digest:
        return before, None
    lines = alert.lines or last
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
    event_id = derived_id(cause.id, Alerter.name, f"{alert.agency_id}/{alert.year}/{alert.kind}")
    after = Told(
        revision=revision + 1,
        digest=digest,
        is_open=bool(alert.lines),
        since=alert.since,
    )
    return after, record(body, id=event_id, at=cause.at, cause=cause.id)


def _with(kept: Year, findings: Sequence[FindingOpened | FindingResolved]) -> Year:
    """What is kept of a year with what findings say; an older revision says nothing."""
    lines, revisions, is_news = dict(kept.lines), dict(kept.revisions), False
    for body in findings:
        finding = None if isinstance(body, FindingResolved) else body.finding
        fingerprint = (
            body.fingerprint if isinstance(body, FindingResolved) else body.finding.fingerprint
        )
        if revisions.get(fingerprint, 0) >= body.revision:
            continue
        is_news = lines.pop(fingerprint, None) is not None or is_news
        revisions.pop(fingerprint, None)
        if finding is not None and _is_told(finding):
            lines[fingerprint], revisions[fingerprint] = _line(finding), body.revision
            is_news = True
    return replace(kept, lines=lines, revisions=revisions) if is_news else kept


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
