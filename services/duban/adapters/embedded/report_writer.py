"""What is known of the report of an agency and year: readings, refusals, judgings, duties."""

from __future__ import annotations

import hashlib
import sqlite3

import msgspec

from duban.adapters import report_standing
from duban.adapters.embedded import bigram, document, prose
from duban.adapters.embedded.agency_writer import heard_of
from duban.adapters.embedded.lifetime import Row, current, supersede
from duban.adapters.embedded.moment import micros
from duban.adapters.embedded.standing import Standing
from duban.domain import event as events
from duban.ports import Recorded

_STANDING = msgspec.json.Decoder(Standing)
_ENCODER = msgspec.json.Encoder()


def reading(connection: sqlite3.Connection, recorded: Recorded, body: events.ReportRead) -> None:
    """The report was read; a newer reading replaces an older one."""
    row, before = _known(connection, body.agency_id, body.year)
    if not report_standing.is_news(before.read, recorded):
        return
    _leave(connection, recorded, body)
    words = bigram.words(prose.searchable(body.report))
    words_hash = hashlib.sha256(words.encode()).hexdigest()[:16]
    earlier = before.read
    number = earlier.document if earlier is not None else None
    if number is None or earlier is None or earlier.words != words_hash:
        number = document.add(connection, body.agency_id, body.year, number, words)
    now = report_standing.read(
        before,
        recorded,
        body,
        posted_us=_posted_us(connection, recorded, body),
        is_gone=_is_gone(connection, recorded, body),
        document=number,
        words=words_hash,
    )
    _stand(connection, recorded, body.agency_id, body.year, row, now)


def refusal(
    connection: sqlite3.Connection, recorded: Recorded, body: events.ReportRejected
) -> None:
    """Bytes of a report could not be read."""
    if body.status != "unreadable" or body.agency_id is None or body.year is None:
        return
    row, before = _known(connection, body.agency_id, body.year)
    if not report_standing.is_news(before.refused, recorded):
        return
    now = report_standing.refused(
        before,
        recorded,
        body,
        posted_us=_posted_us(connection, recorded, body),
        is_gone=_is_gone(connection, recorded, body),
    )
    _stand(connection, recorded, body.agency_id, body.year, row, now)


def withdrawal(
    connection: sqlite3.Connection, recorded: Recorded, body: events.ReportWithdrawn
) -> None:
    """Whatever stood at the address stands there no more; what it was stays known."""
    connection.execute(
        "INSERT INTO place VALUES (?, ?, NULL, ?) ON CONFLICT (agency_id, url) "
        "DO UPDATE SET gone_us = max(coalesce(gone_us, 0), excluded.gone_us)",
        (body.agency_id, body.url, micros(recorded.event.at)),
    )
    years = connection.execute(
        "SELECT year FROM report WHERE agency_id = ? AND to_us IS NULL", (body.agency_id,)
    ).fetchall()
    for (year,) in years:
        row, before = _known(connection, body.agency_id, year)
        now = report_standing.withdrawn(before, recorded, body.url)
        if now != before:
            _stand(connection, recorded, body.agency_id, year, row, now)


def assessment(
    connection: sqlite3.Connection, recorded: Recorded, body: events.ReportAssessed
) -> None:
    """The report, or its absence, was judged."""
    row, before = _known(connection, body.agency_id, body.year)
    now = report_standing.assessed(before, body)
    if now is not None:
        _stand(connection, recorded, body.agency_id, body.year, row, now)


def duty(connection: sqlite3.Connection, recorded: Recorded, body: events.ObligationDue) -> None:
    """The calendar told how the duty for the year stands."""
    row, before = _known(connection, body.agency_id, body.obligation.year)
    now = report_standing.due(before, body)
    if now is not None:
        _stand(connection, recorded, body.agency_id, body.obligation.year, row, now)


def _leave(connection: sqlite3.Connection, recorded: Recorded, body: events.ReportRead) -> None:
    """The report of another year stands no more where this one stands."""
    if body.url is None:
        return
    place = (body.agency_id, body.url)
    found = connection.execute(
        "SELECT year FROM place WHERE agency_id = ? AND url = ?", place
    ).fetchone()
    if found is None or found[0] != body.year:
        connection.execute(
            "INSERT INTO place VALUES (?, ?, ?, NULL) ON CONFLICT (agency_id, url) "
            "DO UPDATE SET year = excluded.year",
            (*place, body.year),
        )
    if found is None or found[0] in (None, body.year):
        return
    row, before = _known(connection, body.agency_id, found[0])
    now = report_standing.left(before, body.url)
    if now is not None:
        _stand(connection, recorded, body.agency_id, found[0], row, now)


def _is_gone(
    connection: sqlite3.Connection,
    recorded: Recorded,
    body: events.ReportRead | events.ReportRejected,
) -> bool:
    """Whether the bytes were withdrawn after they were found, before they were read."""
    if body.url is None:
        return False
    row = connection.execute(
        "SELECT gone_us FROM place WHERE agency_id = ? AND url = ?", (body.agency_id, body.url)
    ).fetchone()
    gone_us = row[0] if row is not None else None
    return gone_us is not None and report_standing.found_us(recorded, body) < gone_us


def _known(
    connection: sqlite3.Connection, agency_id: str, year: int
) -> tuple[Row | None, Standing]:
    identity = {"agency_id": agency_id, "year": year}
    row = current(connection, "report", "document, standing", identity)
    return row, _STANDING.decode(row.values[1]) if row else Standing()


def _stand(
    connection: sqlite3.Connection,
    recorded: Recorded,
    agency_id: str,
    year: int,
    row: Row | None,
    now: Standing,
) -> None:
    if row is None:
        heard_of(connection, recorded, agency_id)
    number = now.present.document if now.present else None
    document.exchange(connection, agency_id, row.values[0] if row else None, number)
    values = {
        "state": now.state or "",
        "is_late": now.is_late,
        "document": number,
        "standing": _ENCODER.encode(now),
    }
    identity = {"agency_id": agency_id, "year": year}
    supersede(connection, "report", identity, row, recorded, values)


def _posted_us(
    connection: sqlite3.Connection,
    recorded: Recorded,
    body: events.ReportRead | events.ReportRejected,
) -> int:
    """When the bytes were found; readings of older programs tell it by their posting alone."""
    if body.found_at is None:
        query = "SELECT at_us FROM posting WHERE id = ?"
        if row := connection.execute(query, (body.posted_id,)).fetchone():
            return int(row[0])
    return report_standing.found_us(recorded, body)
