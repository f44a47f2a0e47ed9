"""What the units of the embedded profile have still to do, and what was set aside."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

import msgspec

from duban.adapters.embedded.index_unit import INDEXER, TOPICS
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import Topic


class Backlog(msgspec.Struct, frozen=True):
    """How far a unit is behind: its position, the events after it, and the agencies for which the
    event for everyone in hand is still to be handled.
    """

    unit: str
    position: int
    events: int
    agencies: int = 0


class Aside(msgspec.Struct, frozen=True):
    """Events that a unit set aside: those that still are, and all that ever were."""

    unit: str
    now: int
    ever: int


def backlogs(store: EmbeddedStore, units: Sequence[tuple[str, Sequence[Topic]]]) -> list[Backlog]:
    """What the units, each with the topics it takes, and the indexer have still to do."""
    found = []
    with store.states.reading() as reader:
        for unit, topics in units:
            cursor = reader.cursor(unit)
            events = _left(reader.connection, topics, cursor.position)
            done_to = cursor.broadcast_after
            agencies = 0 if done_to is None else reader.keys_left(unit, done_to)
            found.append(Backlog(unit, cursor.position, events, agencies))
        shown = store.index.position()
        return [*found, Backlog(INDEXER, shown, _left(reader.connection, TOPICS, shown))]


def _left(connection: sqlite3.Connection, topics: Sequence[Topic], after: int) -> int:
    """How many events of the topics lie after a position; told by an index, not by the events."""
    marks = ", ".join("?" * len(topics))
    row = connection.execute(
        f"SELECT count(*) FROM event INDEXED BY event_topic "  # noqa: S608 - only marks
        f"WHERE topic IN ({marks}) AND position > ?",
        (*topics, after),
    ).fetchone()
    return int(row[0])


def asides(store: EmbeddedStore) -> list[Aside]:
    """What each unit set aside; units that never did are not named."""
    with store.states.reading() as reader:
        rows = reader.connection.execute(
            "SELECT unit, sum(settled IS NULL), count(*) FROM set_aside GROUP BY unit"
        ).fetchall()
    return [Aside(unit, int(now), int(ever)) for unit, now, ever in rows]
