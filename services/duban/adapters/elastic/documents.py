"""The fields of the documents, from what the events say; nothing is left out or computed anew."""

from __future__ import annotations

import base64
import hashlib
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from duban.adapters.elastic import words
from duban.adapters.elastic.mappings import DERIVED, Model, figure_paths
from duban.adapters.elastic.state import Entry, KeptFinding, KeptReport
from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.prose import searchable
from duban.domain import event as events
from duban.domain.finding import Finding, Severity
from duban.domain.obligation import Obligation
from duban.domain.report import Report

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
Fields = dict[str, Any]

_REPORT = msgspec.json.Decoder(Report)
_FIGURES = {path: tuple(path.rpartition(".")[::2]) for path in figure_paths()}  # row and column
_QUICKLY = 3  # half the time of the usual level, for a tenth more bytes
_TERM = 8000  # characters; a term of Elasticsearch holds 32,766 bytes
_OVERLAP = 500  # what is looked for is found across the ends of pieces up to this length
PAST = "@"  # between a subject and its revision, in the id of what was so before
_LONGEST_ID = 400  # bytes; Elasticsearch takes 512


def document_id(subject: str) -> str:
    """The id of a subject's document; one that cannot be an id as it is becomes its hash."""
    if len(subject.encode()) <= _LONGEST_ID and PAST not in subject:
        return subject
    return hashlib.sha256(subject.encode()).hexdigest()


def page_id(agency_id: str, url: str) -> str:
    """The subject of an address."""
    return f"{agency_id}/{hashlib.sha256(url.encode()).hexdigest()[:32]}"


def whose(agency_id: str, entry: Entry) -> Fields:
    """What every document of an agency says of it."""
    agency = entry.agency
    return {
        "agency_id": agency_id,
        "agency": agency.name if agency else "",
        "agency_kind": agency.kind if agency else "",
        "agency_region": agency.region if agency else "",
        "agency_parent": agency.parent if agency else None,
        "shown": entry.is_shown,
    }


def agency(agency_id: str, entry: Entry) -> Fields:
    """The agency itself."""
    level = entry.agency.level if entry.agency else None
    return {**whose(agency_id, entry), "level": level, "body": entry.agency}


def report(year: int, kept: KeptReport) -> Fields:
    """How the report of a year stands."""
    standing = kept.standing
    judged, present = standing.judged, standing.present
    stands = present or standing.replaced
    reason = None if present and judged else standing.reason
    made: Fields = {
        "year": year,
        "state": standing.state,
        "is_late": standing.is_late,
        "errors": judged.errors if judged else 0,
        "warnings": judged.warnings if judged else 0,
        "infos": judged.infos if judged else 0,
        "rules": kept.rules,
        "sha256": stands.sha256 if stands else None,
        "media": stands.media if stands else None,
        "url": stands.url if stands else None,
        "published_on": present.published_on if present else None,
        "posted_at": moment(stands.posted_us) if stands else None,
        "reason_code": reason.code if reason else None,
        "reason": reason.message if reason else None,
        "standing": standing,
        **_duty(standing.obligation),
    }
    if judged is not None:
        coverage = judged.coverage
        made |= {
            "rulebook": judged.rulebook,
            "assertions": coverage.assertions,
            "passed": coverage.passed,
            "failed": coverage.fail,
            "cannot_tell": coverage.cannot_tell,
            "not_applicable": coverage.not_applicable,
        }
    return made


def reading(body: events.ReportRead, kept: KeptReport, event: events.Event) -> Fields:
    """What was read, with its figures and its words."""
    return {
        "year": body.year,
        "stands": kept.standing.present is not None,
        "title": body.report.title or "",
        "regime": body.report.regime,
        "media": body.media,
        "url": body.url,
        "sha256": body.sha256,
        "read_at": event.at,
        "figures": figures(body.report),
        "text": searchable(body.report),
        "body": pack(body.report),
    }


def derived(model: Model, fields: Mapping[str, Any]) -> Fields:
    """What is searched in a document and follows from the rest of it."""
    if model not in DERIVED:
        return {}
    return {"words": words.cut(fields.get("text", ""))}


def pack(report: Report) -> bytes:
    """A report in little room: it is long, and shown alone."""
    return zlib.compress(msgspec.json.encode(report), _QUICKLY)


def unpack(packed: str) -> Report:
    """What `pack` was given, from what JSON makes of bytes."""
    return _REPORT.decode(zlib.decompress(base64.b64decode(packed)))


def figures(report: Report) -> Fields:
    """The numbers of the three tables as they are printed; what is no number is not there."""
    made: Fields = {}
    for name, table in report.tables.items():
        rows: dict[str, Fields] = {}
        for path, cell in (table.cells if table else {}).items():
            if cell.kind == "number" and (place := _FIGURES.get(f"{name}.{path}")) is not None:
                row, column = place
                if row not in rows:
                    rows[row] = _row(made, row)
                rows[row][column] = cell.value
    return made


def finding(body: events.FindingOpened, kept: KeptFinding) -> Fields:
    """A fault that is open."""
    found = body.finding
    return {
        "year": body.year,
        "fingerprint": found.fingerprint,
        "evidence": found.evidence,
        "revision": body.revision,
        "is_open": True,
        "since": moment(kept.since_us),
        "since_us": kept.since_us,
        "rule": found.rule,
        "severity": found.severity,
        "rank": SEVERITIES.index(found.severity),
        "message": found.message,
        "message_en": found.message_en,
        "told": list(told(found)),
        "blame": found.blame,
        "cells": found.cells,
        "basis": found.basis,
        "because": None,
        "sha256": body.sha256,
        "rulebook": body.rulebook,
        "body": found,
    }


def resolution(body: events.FindingResolved) -> Fields:
    """What changes where a fault is shown no more."""
    return {
        "revision": body.revision,
        "is_open": False,
        "because": body.because,
        "sha256": body.sha256,
    }


def told(found: Finding) -> Iterator[str]:
    """What a finding says, in pieces that are looked through for a text."""
    for text in (found.rule, found.message, found.quote or ""):
        for begin in range(0, max(len(text), 1), _TERM - _OVERLAP):
            yield text[begin : begin + _TERM]


def obligation(body: events.ObligationDue) -> Fields:
    """The duty for a year."""
    duty = body.obligation
    return {
        "year": duty.year,
        "revision": body.revision,
        "basis": duty.basis,
        "watched": duty.watched,
        "working_day_on": duty.working_day_on,
        "reminder": duty.reminder,
        "absent_on": duty.absent_on,
        "posted_by": duty.posted.by if duty.posted else None,
        "reason": duty.reason,
        **_duty(duty),
    }


def page(body: events.PageChecked) -> Fields:
    """The last look at an address."""
    return {
        "url": body.url,
        "outcome": body.outcome,
        "http_status": body.http_status,
        "error": body.error,
        "links": body.links,
        "whole": body.whole,
        "announced": body.announced,
        "unclear": body.unclear,
        "body": body,
    }


def alert(body: events.AlertOpened) -> Fields:
    """What the office is told, with the agency as it was called then."""
    return {
        "year": body.year,
        "kind": body.kind,
        "revision": body.revision,
        "is_open": not isinstance(body, events.AlertResolved),
        "severity": body.severity,
        "because": body.because,
        "quiet": body.quiet,
        "since": body.since,
        "lines": len(body.lines),
        "rules": sorted({line.rule for line in body.lines}),
        "message": "\n".join(line.message for line in body.lines),
        "url": body.url,
        "due_on": body.due_on,
        "body": body,
    }


def rejection(body: events.ReportRejected, *, is_settled: bool) -> Fields:
    """Bytes that are no report, or were none until they were read."""
    return {
        "agency_id": body.agency_id,
        "year": body.year,
        "sha256": body.sha256,
        "settled": is_settled,
        "status": body.status,
        "reason_code": body.reason.code,
        "reason": body.reason.message,
        "media": body.media,
        "url": body.url,
        "title": body.title,
        "body": body,
    }


def _duty(duty: Obligation | None) -> Fields:
    if duty is None:
        return {}
    return {
        "stage": duty.stage,
        "due_on": duty.due_on,
        "opens_on": duty.opens_on,
        "gravity": duty.gravity,
        "posted_from": duty.posted.earliest if duty.posted else None,
        "posted_to": duty.posted.latest if duty.posted else None,
    }


def _row(made: Fields, path: str) -> Fields:
    for name in path.split("."):
        made = made.setdefault(name, {})
    return made


def life(subject: str, number: int, from_us: int, ends: int | None = None) -> Mapping[str, Any]:
    """Since when a document is so, and until when."""
    return {
        "subject": subject,
        "number": number,
        "current": ends is None,
        "known_from": moment(from_us),
        "known_to": moment(ends) if ends is not None else None,
        "from_us": from_us,
        "to_us": ends,
    }
