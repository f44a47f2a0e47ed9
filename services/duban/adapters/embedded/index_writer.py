"""Facts and conclusions into the read models: each row keeps from when until when it was so."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from datetime import datetime
from typing import Any, Protocol

import msgspec

from duban.adapters.embedded import bigram
from duban.adapters.embedded.moment import micros
from duban.adapters.embedded.standing import Assessed, Read, Refused, Standing
from duban.domain import event as events
from duban.domain.event import Body
from duban.domain.finding import Finding, Severity
from duban.domain.report import Passage
from duban.ports import Recorded

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


def write(connection: sqlite3.Connection, recorded: Recorded) -> None:
    """Take one event into the read models, inside a transaction; again changes nothing."""
    writer = _WRITERS.get(type(recorded.event.body))
    if writer is not None:
        writer(connection, recorded, recorded.event.body)


class Prose(Protocol):
    """As much of a report as is searched."""

    @property
    def title(self) -> str | None: ...

    @property
    def passages(self) -> tuple[Passage, ...]: ...


def searchable(report: Prose) -> str:
    """The prose of a report as it is searched and shown in snippets, a paragraph a line."""
    lines = [report.title or "", *(passage.text for passage in report.passages)]
    return bigram.clean("\0".join(lines)).replace("\0", "\n").strip("\n")


def _supersede(
    connection: sqlite3.Connection,
    table: str,
    identity: dict[str, Any],
    recorded: Recorded,
    values: dict[str, Any],
) -> None:
    """Close the row that is current and put a new one in its place.

    A clock set back never makes a row end before it began.
    """
    where = " AND ".join(f"{name} = ?" for name in identity)
    row = connection.execute(
        f"SELECT rowid, from_us FROM {table} WHERE {where} AND known_to IS NULL",  # noqa: S608 - names of our own tables
        tuple(identity.values()),
    ).fetchone()
    from_us = micros(recorded.event.at)
    if row is not None:
        from_us = max(from_us, row[1])
        connection.execute(
            f"UPDATE {table} SET known_to = ?, to_us = ? WHERE rowid = ?",  # noqa: S608 - as above
            (recorded.position, from_us, row[0]),
        )
    columns = {**identity, "known_from": recorded.position, "from_us": from_us, **values}
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    connection.execute(
        f"INSERT INTO {table} ({names}) VALUES ({marks})",  # noqa: S608 - as above
        tuple(columns.values()),
    )


def _current(
    connection: sqlite3.Connection, table: str, columns: str, identity: dict[str, Any]
) -> tuple[Any, ...] | None:
    where = " AND ".join(f"{name} = ?" for name in identity)
    row: tuple[Any, ...] | None = connection.execute(
        f"SELECT {columns} FROM {table} WHERE {where} AND known_to IS NULL",  # noqa: S608 - names of our own tables
        tuple(identity.values()),
    ).fetchone()
    return row


def _is_news(
    connection: sqlite3.Connection, table: str, identity: dict[str, Any], recorded: Recorded
) -> bool:
    row = _current(connection, table, "known_from", identity)
    return row is None or bool(row[0] < recorded.position)


def _agency(
    connection: sqlite3.Connection, recorded: Recorded, body: events.AgencyRegistered
) -> None:
    identity = {"agency_id": body.agency.id}
    if not _is_news(connection, "agency", identity, recorded):
        return
    values = {
        "removed": 0,
        "name": body.agency.name,
        "kind": body.agency.kind,
        "parent": body.agency.parent,
        "body": msgspec.json.encode(body.agency),
    }
    _supersede(connection, "agency", identity, recorded, values)


def _removal(
    connection: sqlite3.Connection, recorded: Recorded, body: events.AgencyRemoved
) -> None:
    identity = {"agency_id": body.agency_id}
    before = _current(connection, "agency", "name, kind, parent, body", identity)
    if before is None or not _is_news(connection, "agency", identity, recorded):
        return
    values = dict(zip(("name", "kind", "parent", "body"), before, strict=True))
    _supersede(connection, "agency", identity, recorded, {"removed": 1, **values})


def _page(connection: sqlite3.Connection, recorded: Recorded, body: events.PageChecked) -> None:
    identity = {"agency_id": body.agency_id, "url": body.url}
    if _is_news(connection, "page", identity, recorded):
        values = {"outcome": body.outcome, "body": msgspec.json.encode(body)}
        _supersede(connection, "page", identity, recorded, values)


def _posting(connection: sqlite3.Connection, recorded: Recorded, _: events.ReportPosted) -> None:
    connection.execute(
        "INSERT OR IGNORE INTO posting VALUES (?, ?)",
        (recorded.event.id, micros(recorded.event.at)),
    )


def _posted_us(connection: sqlite3.Connection, posted_id: str, otherwise: datetime) -> int:
    row = connection.execute("SELECT at_us FROM posting WHERE id = ?", (posted_id,)).fetchone()
    return int(row[0]) if row else micros(otherwise)


def _standing(connection: sqlite3.Connection, agency_id: str, year: int) -> Standing:
    identity = {"agency_id": agency_id, "year": year}
    row = _current(connection, "report", "standing", identity)
    return msgspec.json.decode(row[0], type=Standing) if row else Standing()


def _stand(
    connection: sqlite3.Connection, recorded: Recorded, agency_id: str, year: int, now: Standing
) -> None:
    values = {
        "state": now.state,
        "document": now.read.document if now.read and not now.replaced else None,
        "standing": msgspec.json.encode(now),
    }
    identity = {"agency_id": agency_id, "year": year}
    _supersede(connection, "report", identity, recorded, values)


def _reading(connection: sqlite3.Connection, recorded: Recorded, body: events.ReportRead) -> None:
    before = _standing(connection, body.agency_id, body.year)
    if before.read is not None and before.read.position >= recorded.position:
        return
    text = searchable(body.report)
    found = hashlib.sha256(text.encode()).hexdigest()
    document = recorded.position
    if before.read is not None and before.read.words == found:
        document = before.read.document
    else:
        connection.execute(
            "INSERT INTO words (rowid, text) VALUES (?, ?)", (document, bigram.words(text))
        )
    read = Read(
        position=recorded.position,
        document=document,
        words=found,
        sha256=body.sha256,
        media=body.media,
        document_sha256=body.document_sha256,
        posted_us=_posted_us(connection, body.posted_id, recorded.event.at),
        title=body.report.title or "",
        url=body.url,
        published_on=body.published_on or body.report.published_on,
    )
    now = msgspec.structs.replace(before, read=read)
    _stand(connection, recorded, body.agency_id, body.year, now)
    _settle(connection, recorded, body.sha256)


def _rejection(
    connection: sqlite3.Connection, recorded: Recorded, body: events.ReportRejected
) -> None:
    identity = {"sha256": body.sha256}
    if not _is_news(connection, "rejected", identity, recorded):
        return
    values = {"settled": 0, "agency_id": body.agency_id, "body": msgspec.json.encode(body)}
    _supersede(connection, "rejected", identity, recorded, values)
    if body.status != "unreadable" or body.agency_id is None or body.year is None:
        return
    before = _standing(connection, body.agency_id, body.year)
    refused = Refused(
        position=recorded.position,
        sha256=body.sha256,
        media=body.media,
        reason=body.reason,
        posted_us=_posted_us(connection, body.posted_id, recorded.event.at),
        url=body.url,
    )
    now = msgspec.structs.replace(before, refused=refused)
    _stand(connection, recorded, body.agency_id, body.year, now)


def _settle(connection: sqlite3.Connection, recorded: Recorded, sha256: str) -> None:
    """Bytes that were rejected before have been read now."""
    identity = {"sha256": sha256}
    before = _current(connection, "rejected", "settled, agency_id, body", identity)
    if before is None or before[0]:
        return
    values = {"settled": 1, "agency_id": before[1], "body": before[2]}
    _supersede(connection, "rejected", identity, recorded, values)


def _assessment(
    connection: sqlite3.Connection, recorded: Recorded, body: events.ReportAssessed
) -> None:
    before = _standing(connection, body.agency_id, body.year)
    if before.assessed is not None and before.assessed.revision >= body.revision:
        return
    assessed = Assessed(
        revision=body.revision,
        sha256=body.sha256,
        rulebook=body.rulebook,
        coverage=body.coverage,
        errors=body.errors,
        warnings=body.warnings,
        infos=body.infos,
    )
    now = msgspec.structs.replace(before, assessed=assessed)
    _stand(connection, recorded, body.agency_id, body.year, now)


def _told(connection: sqlite3.Connection, recorded: Recorded, body: events.FindingOpened) -> None:
    finding: Finding = body.finding
    identity = {
        "agency_id": body.agency_id,
        "year": body.year,
        "fingerprint": finding.fingerprint,
    }
    before = _current(connection, "finding", "revision, is_open, since_us", identity)
    if before is not None and before[0] >= body.revision:
        return
    since_us = before[2] if before is not None and before[1] else micros(recorded.event.at)
    values = {
        "revision": body.revision,
        "is_open": 1,
        "since_us": since_us,
        "rule": finding.rule,
        "severity": SEVERITIES.index(finding.severity),
        "told": "\n".join((finding.rule, finding.message, finding.quote or "")),
        "rulebook": body.rulebook,
        "sha256": body.sha256,
        "body": msgspec.json.encode(finding),
    }
    _supersede(connection, "finding", identity, recorded, values)


def _resolution(
    connection: sqlite3.Connection, recorded: Recorded, body: events.FindingResolved
) -> None:
    identity = {
        "agency_id": body.agency_id,
        "year": body.year,
        "fingerprint": body.fingerprint,
    }
    kept = ("since_us", "rule", "severity", "told", "rulebook", "body")
    before = _current(connection, "finding", f"revision, {', '.join(kept)}", identity)
    if before is None or before[0] >= body.revision:
        return
    values = {"revision": body.revision, "is_open": 0, "sha256": body.sha256}
    values |= dict(zip(kept, before[1:], strict=True))
    _supersede(connection, "finding", identity, recorded, values)


_WRITERS: dict[type[Body], Callable[[sqlite3.Connection, Recorded, Any], None]] = {
    events.AgencyRegistered: _agency,
    events.AgencyRemoved: _removal,
    events.PageChecked: _page,
    events.ReportPosted: _posting,
    events.ReportRead: _reading,
    events.ReportRejected: _rejection,
    events.ReportAssessed: _assessment,
    events.FindingOpened: _told,
    events.FindingChanged: _told,
    events.FindingResolved: _resolution,
}
