"""Looking through the history: newest first with filters, one event by its id, what followed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

import msgspec

from duban.adapters.embedded.database import Database
from duban.adapters.embedded.packing import unpack
from duban.domain.event import TOPICS, Event, Topic, decode
from duban.errors import EventError

_ROWS_AT_ONCE = 500


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """An event without its body; `version` is the one it was written in."""

    id: str
    name: str
    version: int
    key: str
    at: datetime
    cause: str | None = None


class Entry(msgspec.Struct, frozen=True):
    """An event of the history as it was recorded.

    `head` is None where the bytes cannot even be told apart as an event.
    """

    position: int
    topic: Topic
    id: str
    head: Head | None
    data: bytes

    def event(self) -> Event | None:
        """The event raised to the current version; None where it cannot be read."""
        try:
            return decode(self.data)
        except EventError:
            return None


class Filter(msgspec.Struct, frozen=True, kw_only=True):
    """Which events are meant; empty means all. Times are aware, `until` is excluded."""

    topics: tuple[Topic, ...] = ()
    names: tuple[str, ...] = ()
    key: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def takes(self, entry: Entry) -> bool:
        """Whether an event is meant; what cannot be read is shown unless something is asked."""
        head = entry.head
        if head is None:
            return not (self.names or self.key or self.since or self.until)
        return (
            (not self.names or head.name in self.names)
            and self.key in (None, head.key)
            and (self.since is None or head.at >= self.since)
            and (self.until is None or head.at < self.until)
        )


class History:
    """The recorded events of a data file, read without disturbing who writes it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def newest(self, wanted: Filter, limit: int) -> list[Entry]:
        """The last events that are meant, in the order of history."""
        found: list[Entry] = []
        below = None
        while len(found) < limit:
            rows = self._page("<", below, "DESC", wanted.topics)
            if not rows:
                break
            found.extend(entry for entry in rows if wanted.takes(entry))
            below = rows[-1].position
        return found[:limit][::-1]

    def after(self, position: int, wanted: Filter) -> Iterator[Entry]:
        """Events with a higher position, in order, as far as they are there now."""
        while rows := self._page(">", position, "ASC", wanted.topics):
            yield from (entry for entry in rows if wanted.takes(entry))
            position = rows[-1].position

    def head(self) -> int:
        """The highest position; 0 for an empty history."""
        with self._database.read() as connection:
            return int(connection.execute("SELECT max(position) FROM event").fetchone()[0] or 0)

    def find(self, beginning: str) -> list[Entry]:
        """Events whose id begins so; at most 20, oldest first."""
        with self._database.read() as connection:
            rows = connection.execute(
                "SELECT position, topic, id, packed, body FROM event "  # noqa: S608 - only marks
                f"WHERE topic IN ({', '.join('?' * len(_TOPICS))}) AND id >= ? AND id < ? "
                "ORDER BY position LIMIT 20",
                (*_TOPICS, beginning, beginning + "\U0010ffff"),
            ).fetchall()
        return [_entry(*row) for row in rows]

    def following(self, entry: Entry, within: int) -> list[Entry]:
        """What names the event as its cause, among the `within` events after it."""
        found = []
        for seen, later in enumerate(self.after(entry.position, Filter())):
            if seen >= within:
                break
            if later.head is not None and later.head.cause == entry.id:
                found.append(later)
        return found

    def _page(
        self, sign: str, position: int | None, order: str, topics: Sequence[Topic]
    ) -> list[Entry]:
        where = f"position {sign} ?" if position is not None else "1"
        values: list[object] = [position] if position is not None else []
        if topics:
            where += f" AND topic IN ({', '.join('?' * len(topics))})"
            values.extend(topics)
        with self._database.read() as connection:
            rows = connection.execute(
                f"SELECT position, topic, id, packed, body FROM event WHERE {where} "  # noqa: S608 - our own fragments
                f"ORDER BY position {order} LIMIT {_ROWS_AT_ONCE}",
                values,
            ).fetchall()
        return [_entry(*row) for row in rows]


_TOPICS: tuple[Topic, ...] = tuple(dict.fromkeys(TOPICS.values()))
_HEAD = msgspec.json.Decoder(Head)


def _entry(position: int, topic: Topic, event_id: str, packed: int, body: bytes) -> Entry:
    try:
        data = unpack(packed, body)
        head = _HEAD.decode(data)
    except Exception:  # damaged bytes, whatever is wrong with them, are still shown
        return Entry(position, topic, event_id, None, body)
    return Entry(position, topic, event_id, head, data)
