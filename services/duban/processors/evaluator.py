"""Judges each report with the rulebook in force, and says what opened, changed and resolved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from duban.domain.event import (
    EVERYONE,
    AgencyRegistered,
    Body,
    Event,
    FindingChanged,
    FindingOpened,
    FindingResolved,
    ReportAssessed,
    ReportRead,
    ReportRejected,
    RulebookReleased,
    derived_id,
    record,
)
from duban.domain.finding import Context, Finding, Judgement
from duban.domain.report import Report
from duban.processors.processor import State
from duban.processors.remembered import (
    AGENCY,
    Known,
    Standing,
    Text,
    Year,
    context_of,
    known_of,
    learn,
    text_part,
    year_part,
)

Because = Literal["revised", "reread", "rulebook", "prior", "roster", "unreadable"]


class Judge(Protocol):
    """A rulebook, as far as the evaluator knows it."""

    def judge(self, report: Report, context: Context) -> Judgement:
        """Everything the rules say of a report."""
        ...


class Evaluator:
    """Takes roster, readings and rulebooks; `library` gives the rulebook of a hash, and no other.

    A report is judged again when its bytes or their reading, the report of the year before, the
    roster entry of its agency or the rulebook changes.
    """

    name = "evaluator"
    takes: frozenset[type[Body]] = frozenset(
        {AgencyRegistered, ReportRead, ReportRejected, RulebookReleased}
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

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        match event.body:
            case AgencyRegistered(agency=agency):
                return self._judge_all(event, learn(state, agency=agency), "roster")
            case RulebookReleased() as rulebook:
                return self._judge_all(event, learn(state, rulebook=rulebook), "rulebook")
            case ReportRead() as read:
                return self._take_reading(event, read, state)
            case ReportRejected(status="unreadable") as rejected:
                return self._take_rejection(event, rejected, state)
            case _:
                return state, ()

    def _judge_all(
        self, event: Event, state: State, because: Because
    ) -> tuple[State, tuple[Event, ...]]:
        made: tuple[Event, ...] = ()
        known = known_of(state)
        for year in known.years:
            state, more = self._judge(event, state, known, year, because)
            made += more
        return state, made

    def _take_reading(
        self, event: Event, read: ReportRead, state: State
    ) -> tuple[State, tuple[Event, ...]]:
        part = year_part(read.year)
        known = known_of(state)
        if read.year not in known.years:
            known = msgspec.structs.replace(known, years=tuple(sorted({*known.years, read.year})))
            state = state.put(AGENCY, known)
        made: tuple[Event, ...] = ()
        if not state.has_absorbed(part):
            before = state.get(part, Year) or Year(sha256="")
            because: Because = "reread" if before.sha256 == read.sha256 else "revised"
            state = state.put(text_part(read.year), Text(read.report))
            now = msgspec.structs.replace(before, sha256=read.sha256, url=read.url, readable=True)
            state, made = self._judge_year(event, state, known, read.year, now, because)
        state, later = self._judge(event, state, known, read.year + 1, "prior")
        return state, made + later

    def _take_rejection(
        self, event: Event, rejected: ReportRejected, state: State
    ) -> tuple[State, tuple[Event, ...]]:
        """Other bytes stand where the report stood and cannot be read: nothing is proved now."""
        year = rejected.year or 0
        before = state.get(year_part(year), Year)
        if (
            before is None
            or rejected.url is None
            or (before.url, before.sha256 == rejected.sha256) != (rejected.url, False)
        ):
            return state, ()
        made: tuple[Event, ...] = ()
        if not state.has_absorbed(year_part(year)):
            now = msgspec.structs.replace(before, sha256=rejected.sha256, readable=False)
            now, made = _resolve(event, state.key, year, now, set(), "unreadable")
            state = state.put(year_part(year), now)
        state, later = self._judge(event, state, known_of(state), year + 1, "prior")
        return state, made + later

    def _judge(
        self, event: Event, state: State, known: Known, year: int, because: Because
    ) -> tuple[State, tuple[Event, ...]]:
        now = state.get(year_part(year), Year)
        if now is None or state.has_absorbed(year_part(year)):
            return state, ()
        return self._judge_year(event, state, known, year, now, because)

    def _judge_year(
        self, event: Event, state: State, known: Known, year: int, now: Year, because: Because
    ) -> tuple[State, tuple[Event, ...]]:
        text = state.get(text_part(year), Text)
        if known.rulebook is None or text is None or not now.readable:
            return state.put(year_part(year), now), ()
        agency_id = state.key
        context = context_of(state, known, year)
        judgement = self._library(known.rulebook.sha256).judge(text.report, context)
        now, assessed = _assess(event, agency_id, year, now, known.rulebook, judgement)
        now, told = _tell(event, agency_id, year, now, known.rulebook.version, judgement)
        current = {finding.fingerprint for finding in judgement.findings}
        now, resolved = _resolve(event, agency_id, year, now, current, because)
        return state.put(year_part(year), now), (*assessed, *told, *resolved)


def _assess(
    event: Event,
    agency_id: str,
    year: int,
    now: Year,
    rulebook: RulebookReleased,
    judgement: Judgement,
) -> tuple[Year, tuple[Event, ...]]:
    severities = [finding.severity for finding in judgement.findings]
    body = ReportAssessed(
        agency_id=agency_id,
        year=year,
        sha256=now.sha256,
        revision=0,
        rulebook=rulebook.version,
        rulebook_sha256=rulebook.sha256,
        coverage=judgement.coverage,
        errors=severities.count("error"),
        warnings=severities.count("warning"),
        infos=severities.count("info"),
        outcomes=judgement.outcomes,
    )
    told = _hash(body)
    if told == now.assessed:
        return now, ()
    body = msgspec.structs.replace(body, revision=now.revision + 1)
    now = msgspec.structs.replace(now, revision=body.revision, assessed=told)
    return now, (_conclusion(event, body, f"{agency_id}/{year}"),)


def _tell(
    event: Event, agency_id: str, year: int, now: Year, rulebook: str, judgement: Judgement
) -> tuple[Year, tuple[Event, ...]]:
    """What opened or changed, by fingerprint."""
    findings, made = dict(now.findings), []
    for fingerprint, finding in _by_fingerprint(judgement).items():
        before, told = findings.get(fingerprint), _hash(finding)
        if before and before.is_open and (before.evidence, before.told) == (finding.evidence, told):
            continue
        revision = before.revision + 1 if before else 1
        cls = FindingChanged if before and before.is_open else FindingOpened
        findings[fingerprint] = Standing(finding.evidence, told, revision, is_open=True)
        body = cls(
            agency_id=agency_id,
            year=year,
            revision=revision,
            sha256=now.sha256,
            rulebook=rulebook,
            finding=finding,
        )
        made.append(_conclusion(event, body, f"{agency_id}/{year}/{fingerprint}"))
    return msgspec.structs.replace(now, findings=findings), tuple(made)


def _resolve(
    event: Event, agency_id: str, year: int, now: Year, current: set[str], because: Because
) -> tuple[Year, tuple[Event, ...]]:
    """What was open and is not among the current fingerprints."""
    findings, made = dict(now.findings), []
    for fingerprint, before in now.findings.items():
        if not before.is_open or fingerprint in current:
            continue
        revision = before.revision + 1
        findings[fingerprint] = Standing(before.evidence, before.told, revision, is_open=False)
        body = FindingResolved(
            agency_id=agency_id,
            year=year,
            revision=revision,
            fingerprint=fingerprint,
            sha256=now.sha256,
            because=because,
        )
        made.append(_conclusion(event, body, f"{agency_id}/{year}/{fingerprint}"))
    return msgspec.structs.replace(now, findings=findings), tuple(made)


def _by_fingerprint(judgement: Judgement) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    for finding in judgement.findings:
        found.setdefault(finding.fingerprint, finding)
    return found


def _conclusion(event: Event, body: Body, subject: str) -> Event:
    key = derived_id(event.id, Evaluator.name, subject)
    return record(body, id=key, at=event.at, cause=event.id)


def _hash(value: msgspec.Struct) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:16]
