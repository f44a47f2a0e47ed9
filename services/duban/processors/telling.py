"""What is said after a judging: the assessment, and what opened, changed and resolved."""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import msgspec

from duban.domain.event import (
    Because,
    Body,
    Event,
    FindingChanged,
    FindingOpened,
    FindingResolved,
    ReportAssessed,
    RulebookReleased,
    derived_id,
    record,
)
from duban.domain.finding import Finding, Judgement
from duban.processors.remembered import Standing, Year

_MAKER = "evaluator"  # part of every id made here: never to change


class Occasion(NamedTuple):
    """The year of an agency that is judged, and the event because of which it is."""

    event: Event
    agency_id: str
    year: int

    def conclusion(self, body: Body, about: str = "") -> Event:
        """An event about the year, or about one finding of it."""
        subject = f"{self.agency_id}/{self.year}{about and '/'}{about}"
        key = derived_id(self.event.id, _MAKER, subject)
        return record(body, id=key, at=self.event.at, cause=self.event.id)


def assess(
    occasion: Occasion, now: Year, rulebook: RulebookReleased, judgement: Judgement
) -> tuple[Year, tuple[Event, ...]]:
    """The whole result, if it is not the one told last."""
    severities = [finding.severity for finding in judgement.findings]
    body = ReportAssessed(
        agency_id=occasion.agency_id,
        year=occasion.year,
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
    return now, (occasion.conclusion(body),)


def tell(
    occasion: Occasion, now: Year, rulebook: str, judgement: Judgement
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
            agency_id=occasion.agency_id,
            year=occasion.year,
            revision=revision,
            sha256=now.sha256,
            rulebook=rulebook,
            finding=finding,
        )
        made.append(occasion.conclusion(body, fingerprint))
    return msgspec.structs.replace(now, findings=findings), tuple(made)


def resolve(
    occasion: Occasion, now: Year, current: set[str], because: Because
) -> tuple[Year, tuple[Event, ...]]:
    """What was open and is not among the current fingerprints."""
    findings, made = dict(now.findings), []
    for fingerprint, before in now.findings.items():
        if not before.is_open or fingerprint in current:
            continue
        revision = before.revision + 1
        findings[fingerprint] = Standing(before.evidence, before.told, revision, is_open=False)
        body = FindingResolved(
            agency_id=occasion.agency_id,
            year=occasion.year,
            revision=revision,
            fingerprint=fingerprint,
            sha256=now.sha256,
            because=because,
        )
        made.append(occasion.conclusion(body, fingerprint))
    return msgspec.structs.replace(now, findings=findings), tuple(made)


def _by_fingerprint(judgement: Judgement) -> dict[str, Finding]:
    found: dict[str, Finding] = {}
    for finding in judgement.findings:
        found.setdefault(finding.fingerprint, finding)
    return found


def _hash(value: msgspec.Struct) -> str:
    return hashlib.sha256(msgspec.json.encode(value)).hexdigest()[:16]
