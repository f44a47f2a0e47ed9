"""What the units remember, as one unchanging state of the data file shows it."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Mapping, Sequence

from duban.adapters.embedded.packing import unpack
from duban.adapters.embedded.sqlite_event_log import event_at
from duban.ports import Cursor, Recorded, SetAside, StateRecord

_ASIDE = "SELECT unit, position, key, event_id, cause, settled FROM set_aside"


class StateReader:
    """Answers over one connection, within one transaction of its owner."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def cursor(self, unit: str) -> Cursor:
        """How far the unit has come."""
        row = self.connection.execute(
            "SELECT position, broadcast_after FROM cursor WHERE unit = ?", (unit,)
        ).fetchone()
        return Cursor(row[0], row[1]) if row else Cursor()

    def record(self, unit: str, key: str, part: str) -> StateRecord | None:
        """One record, or None where nothing was remembered."""
        row = self.connection.execute(
            "SELECT position, packed, data FROM state WHERE unit = ? AND key = ? AND part = ?",
            (unit, key, part),
        ).fetchone()
        return StateRecord(row[0], unpack(row[1], row[2])) if row else None

    def parts(self, unit: str, key: str) -> Callable[[str], StateRecord | None]:
        """What gives the parts of a key, all of them read at once."""
        rows = self.connection.execute(
            "SELECT part, position, packed, data FROM state WHERE unit = ? AND key = ?", (unit, key)
        )
        found = {row[0]: row[1:] for row in rows}

        def record(part: str) -> StateRecord | None:
            row = found.get(part)
            return StateRecord(row[0], unpack(row[1], row[2])) if row else None

        return record

    def knows(self, unit: str, key: str) -> bool:
        """Whether the unit has handled an event of this key."""
        found = self.connection.execute(
            "SELECT 1 FROM known_key WHERE unit = ? AND key = ?", (unit, key)
        ).fetchone()
        return found is not None

    def keys(self, unit: str, after: str, limit: int) -> Sequence[str]:
        """Known keys above `after`, in order."""
        rows = self.connection.execute(
            "SELECT key FROM known_key WHERE unit = ? AND key > ? ORDER BY key LIMIT ?",
            (unit, after, limit),
        )
        return [row[0] for row in rows]

    def keys_left(self, unit: str, after: str) -> int:
        """How many known keys lie above `after`."""
        found = self.connection.execute(
            "SELECT count(*) FROM known_key WHERE unit = ? AND key > ?", (unit, after)
        )
        return int(found.fetchone()[0])

    def facts_left(self, after: int) -> int:
        """How many facts lie after a position."""
        found = self.connection.execute(
            "SELECT count(*) FROM event WHERE topic = 'facts' AND position > ?", (after,)
        )
        return int(found.fetchone()[0])

    def next_fact(self, after: int) -> int | None:
        """The position of the first fact after a position; None where there is none."""
        found = self.connection.execute(
            "SELECT min(position) FROM event WHERE topic = 'facts' AND position > ?", (after,)
        ).fetchone()[0]
        return None if found is None else int(found)

    def broadcasts(self, unit: str) -> Sequence[Recorded]:
        """The last event for everyone of each name that the unit has handled, oldest first."""
        positions = self.connection.execute(
            "SELECT position FROM broadcast WHERE unit = ? ORDER BY position", (unit,)
        ).fetchall()
        events = [(row[0], event_at(self.connection, row[0])) for row in positions]
        return [Recorded(position, event) for position, event in events if event is not None]

    def aside(self, unit: str, event_id: str, key: str, at: int) -> SetAside | None:
        """The row of an event that is set aside for the key, or was until the position `at`.

        Older data files know no key of what could not be read.
        """
        rows = self._aside(
            "WHERE unit = ? AND event_id = ? AND key IN (?, '') "
            "AND (settled IS NULL OR settled = ?)",
            (unit, event_id, key, at),
        )
        return rows[-1][1] if rows else None

    def set_aside(self) -> Sequence[tuple[str, SetAside]]:
        """Everything that is set aside and not settled since, oldest first."""
        return self._aside("WHERE settled IS NULL", ())

    def passed_over(self, unit: str) -> Mapping[tuple[int, str], SetAside]:
        """All that the unit ever set aside."""
        return {(one.position, one.key): one for _, one in self._aside("WHERE unit = ?", (unit,))}

    def _aside(self, where: str, values: tuple[str | int, ...]) -> list[tuple[str, SetAside]]:
        rows = self.connection.execute(f"{_ASIDE} {where} ORDER BY position, unit, key", values)
        return [(row[0], SetAside(*row[1:])) for row in rows]
