"""What a retry asks of a unit: the event that was set aside, at the place of the retry."""

from __future__ import annotations

import sqlite3

import msgspec

from duban.adapters.embedded.packing import unpack
from duban.adapters.embedded.state_reader import StateReader
from duban.domain.event import EVERYONE, Event, EventRetried, decode
from duban.errors import EventError
from duban.ports import Recorded, SetAside
from duban.processors.replacing import replaces


class Retry(msgspec.Struct, frozen=True):
    """A row to settle, and the event to handle for its key; None where it has been replaced.

    The event bears the time of the retry: what follows from it was not known before. `first` is
    the position of the event itself. `failed` says why it still cannot be read.
    """

    row: SetAside
    recorded: Recorded | None = None
    first: int = 0
    failed: EventError | None = None


def retry_of(connection: sqlite3.Connection, unit: str, recorded: Recorded) -> Retry | None:
    """What a retry asks of the unit; None where it is another unit's, or nothing is aside."""
    asked = recorded.event.body
    if not isinstance(asked, EventRetried) or asked.unit != unit:
        return None
    found = StateReader(connection).aside(unit, asked.event_id, asked.key, recorded.position)
    if found is None:
        return None
    row = msgspec.structs.replace(found, settled=recorded.position)
    try:
        original = _original(connection, asked)
    except EventError as error:
        return Retry(row, failed=error)
    if _is_replaced(connection, unit, original, row):
        return Retry(row)
    at = max(original.event.at, recorded.event.at)
    event = msgspec.structs.replace(original.event, at=at)
    return Retry(row, Recorded(recorded.position, event), original.position)


def _original(connection: sqlite3.Connection, asked: EventRetried) -> Recorded:
    row = connection.execute(
        "SELECT position, packed, body FROM event WHERE topic = ? AND id = ?",
        (asked.topic, asked.event_id),
    ).fetchone()
    if row is None:
        raise EventError(
            f"找不到要重试的事件 {asked.event_id}：请用备份恢复数据目录。",
            f"The event {asked.event_id} that is to be retried is not there: please restore a "
            "backup of the data folder.",
        )
    return Recorded(row[0], decode(unpack(row[1], row[2])))


def _is_replaced(
    connection: sqlite3.Connection, unit: str, original: Recorded, row: SetAside
) -> bool:
    """Whether a later fact that the unit did handle says all that this one would say."""
    rows = connection.execute(
        "SELECT packed, body FROM event WHERE topic = 'facts' AND position > ? AND position < ? "
        "ORDER BY position",
        (original.position, row.settled),
    )
    for later in filter(None, (_later(unpack(*found), row.key) for found in rows)):
        handled = StateReader(connection).aside(unit, later.id, row.key, 0) is None
        if handled and replaces(later.body, original.event.body):
            return True
    return False


class _Head(msgspec.Struct, frozen=True):
    key: str


_HEAD = msgspec.json.Decoder(_Head)


def _later(data: bytes, key: str) -> Event | None:
    """The event, if it was told to the key and can be read."""
    try:
        return decode(data) if _HEAD.decode(data).key in (key, EVERYONE) else None
    except (EventError, msgspec.MsgspecError):
        return None
