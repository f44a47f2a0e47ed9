"""What the units remember, in the same file as the history, so that one transaction covers both."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from duban.adapters.embedded.database import Database
from duban.adapters.embedded.packing import pack, unpack
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import event_at, insert, row_of
from duban.errors import StorageError
from duban.ports import Cursor, Recorded, SetAside, StateRecord, Step


class SqliteStateStore:
    """Outputs, state and position of a step in one transaction."""

    def __init__(self, database: Database, signal: Signal) -> None:
        self._database = database
        self._signal = signal

    def cursor(self, unit: str) -> Cursor:
        with self._database.read() as connection:
            return _cursor(connection, unit)

    def record(self, unit: str, key: str, part: str) -> StateRecord | None:
        with self._database.read() as connection:
            row = connection.execute(
                "SELECT position, packed, data FROM state WHERE unit = ? AND key = ? AND part = ?",
                (unit, key, part),
            ).fetchone()
        return StateRecord(row[0], unpack(row[1], row[2])) if row else None

    def knows(self, unit: str, key: str) -> bool:
        with self._database.read() as connection:
            found = connection.execute(
                "SELECT 1 FROM known_key WHERE unit = ? AND key = ?", (unit, key)
            ).fetchone()
        return found is not None

    def keys(self, unit: str, after: str, limit: int) -> Sequence[str]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT key FROM known_key WHERE unit = ? AND key > ? ORDER BY key LIMIT ?",
                (unit, after, limit),
            ).fetchall()
        return [row[0] for row in rows]

    def broadcasts(self, unit: str) -> Sequence[Recorded]:
        with self._database.read() as connection:
            positions = connection.execute(
                "SELECT position FROM broadcast WHERE unit = ? ORDER BY position", (unit,)
            ).fetchall()
            events = [(row[0], event_at(connection, row[0])) for row in positions]
        return [Recorded(position, event) for position, event in events if event is not None]

    def commit(self, step: Step) -> None:
        rows = [row_of(event) for event in step.outputs]
        state = [
            (step.unit, key, part, record.position, *pack(record.data))
            for (key, part), record in step.records.items()
        ]
        # Conclusions follow again from the facts; a lost fact would be lost for ever.
        durable = any(event.topic != "conclusions" for event in step.outputs)
        with self._database.write(durable=durable) as connection:
            self._refuse_a_second_runner(connection, step)
            insert(connection, rows)
            connection.executemany(
                "INSERT INTO state (unit, key, part, position, packed, data) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (unit, key, part) DO UPDATE SET "
                "position = excluded.position, packed = excluded.packed, data = excluded.data",
                state,
            )
            connection.executemany(
                "INSERT OR IGNORE INTO known_key VALUES (?, ?)",
                [(step.unit, key) for key in step.keys],
            )
            connection.executemany(
                "INSERT OR REPLACE INTO broadcast VALUES (?, ?, ?)",
                [(step.unit, name, position) for name, position in step.broadcasts.items()],
            )
            put_aside(connection, step.unit, step.set_aside)
            connection.execute(
                "INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)",
                (step.unit, step.after.position, step.after.broadcast_after),
            )
        self._signal.raise_()

    def set_aside(self) -> Sequence[tuple[str, SetAside]]:
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT unit, position, key, event_id, cause FROM set_aside "
                "ORDER BY position, unit, key"
            ).fetchall()
        return [(row[0], SetAside(*row[1:])) for row in rows]

    def _refuse_a_second_runner(self, connection: sqlite3.Connection, step: Step) -> None:
        if _cursor(connection, step.unit) != step.before:
            raise StorageError(
                f"数据文件 {self._database.path} 正由另一个 duban 处理：请只保留一个在运行。"
            )


def put_aside(connection: sqlite3.Connection, unit: str, events: Sequence[SetAside]) -> None:
    """Remember events that could not be handled, inside a transaction."""
    connection.executemany(
        "INSERT OR REPLACE INTO set_aside VALUES (?, ?, ?, ?, ?)",
        [(unit, one.position, one.key, one.event_id, one.cause) for one in events],
    )


def _cursor(connection: sqlite3.Connection, unit: str) -> Cursor:
    row = connection.execute(
        "SELECT position, broadcast_after FROM cursor WHERE unit = ?", (unit,)
    ).fetchone()
    return Cursor(row[0], row[1]) if row else Cursor()
