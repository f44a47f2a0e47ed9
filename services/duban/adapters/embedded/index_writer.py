"""Facts and conclusions into the read models: each row keeps from when until when it was so."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping
from typing import Any

import msgspec

from duban.adapters.embedded import agency_writer, finding_writer, report_writer
from duban.adapters.embedded.lifetime import Row, current, supersede
from duban.adapters.embedded.moment import micros
from duban.domain import event as events
from duban.domain.event import Body
from duban.ports import Recorded


def write(connection: sqlite3.Connection, recorded: Recorded) -> None:
    """Take one event into the read models, inside a transaction; again changes nothing."""
    writer = _WRITERS.get(type(recorded.event.body))
    if writer is not None:
        writer(connection, recorded, recorded.event.body)


def _is_news(before: Row | None, recorded: Recorded) -> bool:
    return before is None or before.known_from < recorded.position


def _page(connection: sqlite3.Connection, recorded: Recorded, body: events.PageChecked) -> None:
    identity = {"agency_id": body.agency_id, "url": body.url}
    before = current(connection, "page", "outcome", identity)
    if _is_news(before, recorded):
        if before is None:
            agency_writer.heard_of(connection, recorded, body.agency_id)
        values = {"outcome": body.outcome, "body": msgspec.json.encode(body)}
        supersede(connection, "page", identity, before, recorded, values)


def _posting(connection: sqlite3.Connection, recorded: Recorded, _: events.ReportPosted) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO posting VALUES (?, ?)",
        (recorded.event.id, micros(recorded.event.at)),
    )


def _reading(connection: sqlite3.Connection, recorded: Recorded, body: events.ReportRead) -> None:
    """Bytes that were rejected before may have been read now."""
    report_writer.reading(connection, recorded, body)
    identity = {"sha256": body.sha256}
    before = current(connection, "rejected", "settled, agency_id, body", identity)
    if before is None or before.values[0] or not _is_news(before, recorded):
        return
    values = {"settled": 1, "agency_id": before.values[1], "body": before.values[2]}
    supersede(connection, "rejected", identity, before, recorded, values)


def _rejection(
    connection: sqlite3.Connection, recorded: Recorded, body: events.ReportRejected
) -> None:
    report_writer.refusal(connection, recorded, body)
    identity = {"sha256": body.sha256}
    before = current(connection, "rejected", "settled", identity)
    if not _is_news(before, recorded):
        return
    values = {"settled": 0, "agency_id": body.agency_id, "body": msgspec.json.encode(body)}
    supersede(connection, "rejected", identity, before, recorded, values)


_WRITERS: Mapping[type[Body], Callable[[sqlite3.Connection, Recorded, Any], None]] = {
    events.AgencyRegistered: agency_writer.registration,
    events.AgencyRemoved: agency_writer.removal,
    events.PageChecked: _page,
    events.ReportPosted: _posting,
    events.ReportRead: _reading,
    events.ReportRejected: _rejection,
    events.ReportWithdrawn: report_writer.withdrawal,
    events.ReportAssessed: report_writer.assessment,
    events.ObligationDue: report_writer.duty,
    events.FindingOpened: finding_writer.told,
    events.FindingChanged: finding_writer.told,
    events.FindingResolved: finding_writer.resolution,
}
