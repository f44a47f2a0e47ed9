"""Findings as they open, change and are resolved; a newer revision replaces an older one."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from duban.adapters.embedded.agency_writer import heard_of
from duban.adapters.embedded.lifetime import current, supersede
from duban.adapters.embedded.moment import micros
from duban.domain import event as events
from duban.domain.finding import Severity
from duban.ports import Recorded

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
_KEPT = ("since_us", "rule", "severity", "told", "rulebook", "body")
_ENCODER = msgspec.json.Encoder()


def told(connection: sqlite3.Connection, recorded: Recorded, body: events.FindingOpened) -> None:
    """A finding opened, or is told on other grounds."""
    finding = body.finding
    identity = _identity(body.agency_id, body.year, finding.fingerprint)
    before = current(connection, "finding", "revision, is_open, since_us", identity)
    since_us = micros(recorded.event.at)
    if before is None:
        heard_of(connection, recorded, body.agency_id)
    else:
        revision, is_open, opened_us = before.values
        if revision >= body.revision:
            return
        since_us = opened_us if is_open else since_us
    text = "\n".join((finding.rule, finding.message, finding.quote or ""))
    values = {
        "revision": body.revision,
        "is_open": 1,
        "since_us": since_us,
        "rule": finding.rule,
        "severity": SEVERITIES.index(finding.severity),
        "told": connection.execute("INSERT INTO told (text) VALUES (?)", (text,)).lastrowid,
        "rulebook": body.rulebook,
        "sha256": body.sha256,
        "body": _ENCODER.encode(finding),
    }
    supersede(connection, "finding", identity, before, recorded, values)


def resolution(
    connection: sqlite3.Connection, recorded: Recorded, body: events.FindingResolved
) -> None:
    """A finding is no longer shown."""
    identity = _identity(body.agency_id, body.year, body.fingerprint)
    before = current(connection, "finding", ", ".join(("revision", *_KEPT)), identity)
    if before is None or before.values[0] >= body.revision:
        return
    values: dict[str, Any] = dict(zip(_KEPT, before.values[1:], strict=True))
    values |= {"revision": body.revision, "is_open": 0, "sha256": body.sha256}
    supersede(connection, "finding", identity, before, recorded, values)


def _identity(agency_id: str, year: int, fingerprint: str) -> dict[str, Any]:
    return {"agency_id": agency_id, "year": year, "fingerprint": fingerprint}
