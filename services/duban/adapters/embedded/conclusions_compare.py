"""Conclusions that were derived again, each held against the recorded one of the same id."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

import msgspec

from duban.adapters.embedded.database import Database
from duban.adapters.embedded.packed_step import EventRow
from duban.adapters.embedded.packing import unpack
from duban.domain.event import Event, decode, encode
from duban.errors import EventError

_SHOWN = 3
_CAUSES_AT_MOST = 32


class Deviation(msgspec.Struct, frozen=True):
    """A conclusion as it is recorded and as it follows now; None where there is none."""

    recorded: Event | None
    derived: Event | None


class Conclusions(msgspec.Struct, frozen=True, kw_only=True):
    """How many conclusions are as recorded, follow differently, no longer follow, or are new."""

    equal: int
    changed: int
    missing: int
    added: int
    first: tuple[Deviation, ...]

    @property
    def is_equal(self) -> bool:
        """Whether the same conclusions follow, with the same content."""
        return not (self.changed or self.missing or self.added)


class ConclusionsComparison:
    """Takes what is derived, in any order; memory grows by one byte for each recorded event.

    Only what is recorded up to the position `end` counts; `unfinished` is the id of an event
    that was being told to everyone there, whose conclusions need not be whole.
    """

    def __init__(self, history: Database, end: int, unfinished: str | None) -> None:
        self._history = history
        self._end = end
        self._unfinished = unfinished
        self._seen = bytearray(end + 1)
        self._equal = self._changed = self._added = self._missing = 0
        self._first: list[Deviation] = []

    def take(self, rows: Iterable[EventRow]) -> None:
        """Compare conclusions as they would be recorded."""
        with self._history.read() as connection:
            for topic, event_id, packed, body in rows:
                if topic == "alerts":  # begun later than the history: it need not hold them all
                    continue
                found = connection.execute(
                    "SELECT position, packed, body FROM event WHERE topic = ? AND id = ?",
                    (topic, event_id),
                ).fetchone()
                if found is None or found[0] > self._end:
                    self._added += 1
                    self._show(None, unpack(packed, body))
                elif not self._seen[found[0]]:  # the first of an id is the one that is recorded
                    self._seen[found[0]] = 1
                    if found[1:] == (packed, body):
                        self._equal += 1
                    else:
                        self._hold(unpack(*found[1:]), unpack(packed, body))

    def result(self) -> Conclusions:
        """The sums, once everything was derived."""
        with self._history.read() as connection:
            rows = connection.execute(
                "SELECT position, packed, body FROM event INDEXED BY event_topic "
                "WHERE topic = 'conclusions' AND position <= ? ORDER BY position",
                (self._end,),
            )
            for position, packed, body in rows:
                if not self._seen[position] and not self._is_unfinished(connection, packed, body):
                    self._missing += 1
                    self._show(unpack(packed, body), None)
        return Conclusions(
            equal=self._equal,
            changed=self._changed,
            missing=self._missing,
            added=self._added,
            first=tuple(self._first),
        )

    def _hold(self, recorded: bytes, derived: bytes) -> None:
        if recorded == derived or _raised(recorded) == derived:
            self._equal += 1
            return
        self._changed += 1
        self._show(recorded, derived)

    def _show(self, recorded: bytes | None, derived: bytes | None) -> None:
        if len(self._first) < _SHOWN:
            self._first.append(Deviation(_event(recorded), _event(derived)))

    def _is_unfinished(self, connection: sqlite3.Connection, packed: int, body: bytes) -> bool:
        if self._unfinished is None:
            return False
        event = _event(unpack(packed, body))
        for _ in range(_CAUSES_AT_MOST):
            if event is None or event.cause is None:
                return False
            if event.cause == self._unfinished:
                return True
            found = connection.execute(
                "SELECT packed, body FROM event WHERE topic = 'conclusions' AND id = ?",
                (event.cause,),
            ).fetchone()
            event = _event(unpack(*found)) if found else None
        return False


def _event(data: bytes | None) -> Event | None:
    try:
        return decode(data) if data is not None else None
    except EventError:
        return None


def _raised(data: bytes) -> bytes | None:
    """A recorded conclusion of an older version, as it would be written now."""
    event = _event(data)
    return encode(event) if event is not None else None
