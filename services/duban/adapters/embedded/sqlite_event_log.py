"""The history as one table of the data file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from duban.adapters.embedded.database import Database
from duban.adapters.embedded.packed_step import EventRow, event_row
from duban.adapters.embedded.packing import unpack
from duban.adapters.embedded.signal import Signal
from duban.domain.event import Event, Topic, decode
from duban.ports import Recorded


class SqliteEventLog:
    """Events in one table; positions grow through all topics, so that history has one order."""

    def __init__(self, database: Database, signal: Signal) -> None:
        self._database = database
        self._signal = signal

    def append(self, events: Sequence[Event]) -> int:
        rows = [event_row(event) for event in events]
        with self._database.write(durable=True) as connection:
            new = insert(connection, rows)
        self._signal.raise_()
        return new

    def read(self, topic: Topic, after: int = 0, limit: int = 1000) -> list[Recorded]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT position, packed, body FROM event WHERE topic = ? AND position > ? "
                "ORDER BY position LIMIT ?",
                (topic, after, limit),
            ).fetchall()
        return [Recorded(row[0], decode(unpack(row[1], row[2]))) for row in rows]

    def read_raw(
        self, topics: Sequence[Topic], after: int, limit: int
    ) -> list[tuple[int, str, bytes]]:
        """Position, id and undecoded event of several topics, in the order of history."""
        marks = ", ".join("?" * len(topics))
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT position, id, packed, body FROM event INDEXED BY event_topic "  # noqa: S608 - only marks
                f"WHERE topic IN ({marks}) AND position > ? ORDER BY position LIMIT ?",
                (*topics, after, limit),
            ).fetchall()
        return [(row[0], row[1], unpack(row[2], row[3])) for row in rows]

    def head(self, topic: Topic) -> int:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT max(position) FROM event WHERE topic = ?", (topic,)
            ).fetchone()
        return int(row[0] or 0)

    def find(self, topic: Topic, event_id: str) -> Recorded | None:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT position, packed, body FROM event WHERE topic = ? AND id = ?",
                (topic, event_id),
            ).fetchone()
        return Recorded(row[0], decode(unpack(row[1], row[2]))) if row else None


def insert(connection: sqlite3.Connection, rows: Iterable[EventRow]) -> int:
    """Record the rows whose id is new, inside a transaction; returns how many were."""
    before = connection.total_changes
    connection.executemany(
        "INSERT OR IGNORE INTO event (topic, id, packed, body) VALUES (?, ?, ?, ?)", rows
    )
    return connection.total_changes - before


def event_at(connection: sqlite3.Connection, position: int) -> Event | None:
    """The event at a position, or None where there is none."""
    data = event_data(connection, position)
    return decode(data) if data is not None else None


def event_data(connection: sqlite3.Connection, position: int) -> bytes | None:
    """The event at a position as it was written, whatever its version."""
    row = connection.execute(
        "SELECT packed, body FROM event WHERE position = ?", (position,)
    ).fetchone()
    return unpack(row[0], row[1]) if row else None
