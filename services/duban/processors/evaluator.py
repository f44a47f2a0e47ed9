"""Judges each report with the rulebook in force, and says what opened, changed and resolved."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Literal, Protocol

import msgspec

from duban.domain.agency import Agency
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

Because = Literal["revised", "reread", "rulebook", "prior", "roster", "unreadable"]


class Judge(Protocol):
    """A rulebook, as far as the evaluator knows it."""

    def judge(self, report: Report, context: Context) -> Judgement:
        """Everything the rules say of a report."""
        ...


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of an agency: roster entry, years read, and the rulebook in force."""

    agency: Agency | None = None
    years: tuple[int, ...] = ()
    rulebook: RulebookReleased | None = None


class Standing(msgspec.Struct, frozen=True):
    """A finding as it was last told: its grounds, its wording (as hashes) and its revision."""

    evidence: str
    told: str
    revision: int
    is_open: bool


class Year(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of one year; `assessed` is the hash of the assessment last emitted."""

    sha256: str
    url: str | None = None
    readable: bool = True
    revision: int = 0
    assessed: str = ""
    findings: dict[str, Standing] = msgspec.field(default_factory=dict)


class Text(msgspec.Struct, frozen=True):
    """The report of a year, apart from what changes with each judging."""

    report: Report


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
                return self._judge_all(event, _know(state, agency=agency), "roster")
            case RulebookReleased() as rulebook:
                return self._judge_all(event, _know(state, rulebook=rulebook), "rulebook")
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
        known = _known(state)
        for year in known.years:
            state, more = self._judge(event, state, known, year, because)
            made += more
        return state, made

    def _take_reading(
        self, event: Event, read: ReportRead, state: State
    ) -> tuple[State, tuple[Event, ...]]:
        part = _year(read.year)
        known = _known(state)
        if read.year not in known.years:
            known = msgspec.structs.replace(known, years=tuple(sorted({*known.years, read.year})))
            state = state.put(_AGENCY, known)
        made: tuple[Event, ...] = ()
        if not state.has_absorbed(part):
            before = state.get(part, Year) or Year(sha256="")
            because: Because = "reread" if before.sha256 == read.sha256 else "revised"
            state = state.put(_text(read.year), Text(read.report))
            now = msgspec.structs.replace(before, sha256=read.sha256, url=read.url, readable=True)
            state, made = self._judge_year(event, state, known, read.year, now, because)
        state, later = self._judge(event, state, known, read.year + 1, "prior")
        return state, made + later

    def _take_rejection(
        self, event: Event, rejected: ReportRejected, state: State
    ) -> tuple[State, tuple[Event, ...]]:
        """Other bytes stand where the report stood and cannot be read: nothing is proved now."""
        year = rejected.year or 0
        before = state.get(_year(year), Year)
        if (
            before is None
            or rejected.url is None
            or (before.url, before.sha256 == rejected.sha256) != (rejected.url, False)
        ):
            return state, ()
        made: tuple[Event, ...] = ()
        if not state.has_absorbed(_year(year)):
            now = msgspec.structs.replace(before, sha256=rejected.sha256, readable=False)
            now, made = _resolve(event, state.key, year, now, set(), "unreadable")
            state = state.put(_year(year), now)
        state, later = self._judge(event, state, _known(state), year + 1, "prior")
        return state, made + later

    def _judge(
        self, event: Event, state: State, known: Known, year: int, because: Because
    ) -> tuple[State, tuple[Event, ...]]:
        now = state.get(_year(year), Year)
        if now is None or state.has_absorbed(_year(year)):
            return state, ()
        return self._judge_year(event, state, known, year, now, because)

    def _judge_year(
        self, event: Event, state: State, known: Known, year: int, now: Year, because: Because
    ) -> tuple[State, tuple[Event, ...]]:
        text = state.get(_text(year), Text)
        if known.rulebook is None or text is None or not now.readable:
            return state.put(_year(year), now), ()
        agency_id = state.key
        context = _context(state, known, year)
        judgement = self._library(known.rulebook.sha256).judge(text.report, context)
        now, assessed = _assess(event, agency_id, year, now, known.rulebook, judgement)
        now, told = _tell(event, agency_id, year, now, known.rulebook.version, judgement)
        current = {finding.fingerprint for finding in judgement.findings}
        now, resolved = _resolve(event, agency_id, year, now, current, because)
        return state.put(_year(year), now), (*assessed, *told, *resolved)


_AGENCY = "evaluator/agency"


def _year(year: int) -> str:
    return f"evaluator/{year}"


def _text(year: int) -> str:
    return f"evaluator/{year}/report"


def _known(state: State) -> Known:
    return state.get(_AGENCY, Known) or Known()


def _know(state: State, **news: Agency | RulebookReleased) -> State:
    if state.has_absorbed(_AGENCY):
        return state
    return state.put(_AGENCY, msgspec.structs.replace(_known(state), **news))


def _context(state: State, known: Known, year: int) -> Context:
    before = state.get(_year(year - 1), Year)
    prior = state.get(_text(year - 1), Text) if before and before.readable else None
    priors = (prior.report,) if prior else ()
    agency = known.agency
    if agency is None:
        return Context(year=year, prior=priors)
    names = (agency.name, *agency.short_names, *agency.former_names)
    return Context(names=names, year=year, kind=agency.kind, prior=priors)


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
