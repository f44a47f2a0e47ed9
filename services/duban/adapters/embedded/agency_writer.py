"""The roster as it changes; an agency that is only heard of is kept as one that is not shown."""

from __future__ import annotations

import sqlite3

import msgspec

from duban.adapters.embedded import document
from duban.adapters.embedded.lifetime import current, supersede
from duban.domain import event as events
from duban.ports import Recorded

_KEPT = ("name", "kind", "parent", "body")


def registration(
    connection: sqlite3.Connection, recorded: Recorded, body: events.AgencyRegistered
) -> None:
    """The roster names an agency, or names it anew."""
    agency = body.agency
    identity = {"agency_id": agency.id}
    before = current(connection, "agency", "removed", identity)
    if before is not None and before.known_from >= recorded.position:
        return
    values = {
        "removed": 0,
        "name": agency.name,
        "kind": agency.kind,
        "parent": agency.parent,
        "body": msgspec.json.encode(agency),
    }
    supersede(connection, "agency", identity, before, recorded, values)
    if before is not None and before.values[0]:
        document.show(connection, agency.id)


def removal(connection: sqlite3.Connection, recorded: Recorded, body: events.AgencyRemoved) -> None:
    """The roster no longer holds the agency."""
    identity = {"agency_id": body.agency_id}
    before = current(connection, "agency", ", ".join(_KEPT), identity)
    if before is None or before.known_from >= recorded.position:
        return
    values = dict(zip(_KEPT, before.values, strict=True))
    supersede(connection, "agency", identity, before, recorded, {"removed": 1, **values})
    document.hide(connection, body.agency_id)


def heard_of(connection: sqlite3.Connection, recorded: Recorded, agency_id: str) -> None:
    """Something is told of an agency; the roster may not name it (yet)."""
    identity = {"agency_id": agency_id}
    if current(connection, "agency", "removed", identity) is None:
        values = {"removed": 1, "name": "", "kind": "", "parent": None, "body": b"null"}
        supersede(connection, "agency", identity, None, recorded, values)
