"""What the units remember, in the same file as the history, so that one transaction covers both."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from duban.adapters.embedded.database import Database
from duban.adapters.embedded.packed_step import PackedStep, packed
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import insert
from duban.adapters.embedded.state_reader import StateReader
from duban.errors import StorageError
from duban.ports import Cursor, Recorded, SetAside, StateRecord, Step


class SqliteStateStore:
    """Outputs, state and position of a step in one transaction."""

    def __init__(self, database: Database, signal: Signal) -> None:
        self._database = database
        self._signal = signal

    @contextmanager
    def reading(self) -> Iterator[StateReader]:
        """Several answers from one state of the file."""
        with self._database.read() as connection:
            yield StateReader(connection)

    def cursor(self, unit: str) -> Cursor:
        with self.reading() as reader:
            return reader.cursor(unit)

    def record(self, unit: str, key: str, part: str) -> StateRecord | None:
        with self.reading() as reader:
            return reader.record(unit, key, part)

    def knows(self, unit: str, key: str) -> bool:
        with self.reading() as reader:
            return reader.knows(unit, key)

    def keys(self, unit: str, after: str, limit: int) -> Sequence[str]:
        with self.reading() as reader:
            return reader.keys(unit, after, limit)

    def broadcasts(self, unit: str) -> Sequence[Recorded]:
        with self.reading() as reader:
            return reader.broadcasts(unit)

    def set_aside(self) -> Sequence[tuple[str, SetAside]]:
        with self.reading() as reader:
            return reader.set_aside()

    def passed_over(self, unit: str) -> Mapping[tuple[int, str], SetAside]:
        with self.reading() as reader:
            return reader.passed_over(unit)

    def commit(self, step: Step) -> None:
        self.store(packed(step))

    def store(self, step: PackedStep) -> None:
        """Store everything a step changed, as rows."""
        with self._database.write(durable=step.durable) as connection:
            self._refuse_a_second_runner(connection, step)
            insert(connection, step.events)
            connection.executemany(
                "INSERT INTO state (unit, key, part, position, packed, data) "
                "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (unit, key, part) DO UPDATE SET "
                "position = excluded.position, packed = excluded.packed, data = excluded.data",
                [(step.unit, *row) for row in step.records],
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
            settle(connection, step.unit, step.settled)
            connection.execute(
                "INSERT OR REPLACE INTO cursor VALUES (?, ?, ?)",
                (step.unit, step.after.position, step.after.broadcast_after),
            )
        self._signal.raise_()

    def _refuse_a_second_runner(self, connection: sqlite3.Connection, step: PackedStep) -> None:
        if StateReader(connection).cursor(step.unit) != step.before:
            raise StorageError(
                f"数据文件 {self._database.path} 正由另一个 duban 处理：请只保留一个在运行。"
            )


def put_aside(connection: sqlite3.Connection, unit: str, events: Sequence[SetAside]) -> None:
    """Remember events that could not be handled, inside a transaction."""
    connection.executemany(
        "INSERT OR REPLACE INTO set_aside (unit, position, key, event_id, cause) "
        "VALUES (?, ?, ?, ?, ?)",
        [(unit, one.position, one.key, one.event_id, one.cause) for one in events],
    )


def forget_aside(connection: sqlite3.Connection, unit: str) -> None:
    """What the unit set aside is to be found anew, inside a transaction."""
    connection.execute("DELETE FROM set_aside WHERE unit = ? AND settled IS NULL", (unit,))


def settle(connection: sqlite3.Connection, unit: str, events: Sequence[SetAside]) -> None:
    """Mark events as settled, each at the position it names, inside a transaction."""
    connection.executemany(
        "UPDATE set_aside SET settled = ? WHERE unit = ? AND position = ? AND key = ?",
        [(one.settled, unit, one.position, one.key) for one in events],
    )
