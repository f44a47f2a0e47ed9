"""Events that were set aside, within a jurisdiction and as known then."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.scope_sql import is_everywhere, live, parameters, visible
from duban.adapters.embedded.sqlite_event_log import event_data
from duban.domain.view import Aside, Scope


class _Head(msgspec.Struct, frozen=True):
    """As much of an event as is shown, of whatever version it is."""

    name: str
    at: datetime


def aside(
    connection: sqlite3.Connection, scope: Scope, limit: int, key: str | None = None
) -> Sequence[Aside]:
    """What is set aside and was not handled since, newest first; of one key where it is given."""
    found: list[Aside] = []
    for one in _asides(connection, scope, key):
        found.append(one)
        if len(found) == limit:
            break
    return found


def count(connection: sqlite3.Connection, scope: Scope) -> int:
    """How many events are set aside."""
    if scope.known_at is not None:
        return sum(1 for _ in _asides(connection, scope, None))
    row = connection.execute(
        f"WITH RECURSIVE {visible(scope)} SELECT count(*) FROM set_aside s "  # noqa: S608 - our own fragments
        f"WHERE s.settled IS NULL {_mine(scope)}",
        parameters(scope),
    ).fetchone()
    return int(row[0])


def _asides(connection: sqlite3.Connection, scope: Scope, key: str | None) -> Iterator[Aside]:
    open_only = "s.settled IS NULL" if scope.known_at is None else "1"
    one = "" if key is None else "AND s.key = :key"
    rows = connection.execute(
        f"WITH RECURSIVE {visible(scope)} "  # noqa: S608 - our own fragments
        "SELECT s.position, s.event_id, s.unit, s.key, s.cause, s.settled, a.name "
        f"FROM set_aside s LEFT JOIN agency a "
        f"ON a.agency_id = s.key AND a.removed = 0 AND {live('a', scope)} "
        f"WHERE {open_only} {one} {_mine(scope)} ORDER BY s.position DESC, s.unit, s.key",
        parameters(scope) | {"key": key},
    )
    for position, event_id, unit, of, cause, settled, agency in rows:
        head = _head(connection, position)
        if scope.known_at is not None and not _was_known(connection, scope.known_at, head, settled):
            continue
        yield Aside(
            position=position,
            event_id=event_id,
            name=head.name,
            unit=unit,
            key=of,
            cause=cause,
            at=head.at,
            agency=agency,
        )


def _was_known(
    connection: sqlite3.Connection, known_at: datetime, head: _Head, settled: int | None
) -> bool:
    if head.at > known_at:
        return False
    return settled is None or _head(connection, settled).at > known_at


def _head(connection: sqlite3.Connection, position: int) -> _Head:
    """Name and time of an event; one that cannot be read at all has neither."""
    try:
        return msgspec.json.decode(event_data(connection, position) or b"", type=_Head)
    except msgspec.MsgspecError:
        return _Head("", moment(0))


def _mine(scope: Scope) -> str:
    """What belongs to no agency is seen from everywhere only."""
    return "" if is_everywhere(scope) else "AND s.key IN (SELECT agency_id FROM visible)"
