"""A step that sets something aside is decided once: written down before anybody is told of it.

A worker may die between the note that others read and its own state. The message would then be
handled anew, and perhaps with success: the note would tell for ever of what is not so.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence

import msgspec

from duban.adapters.kafka.partition_state import Get
from duban.adapters.kafka.publisher import Message
from duban.adapters.kafka.topics import MAX_EVENT_BYTES

_MOST_BYTES = MAX_EVENT_BYTES // 2  # of one record, with room for the note beside it


class Decided(msgspec.Struct, frozen=True):
    """The notes that are to be told, and what is to be stored then, where `before` still holds."""

    notes: tuple[Message, ...] = ()
    writes: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    before: bytes = b""


#: Stands where everything that was decided is done.
DONE = msgspec.msgpack.encode(Decided())
_DECIDED = msgspec.msgpack.Decoder(Decided)


def name_of(partition: int) -> str:
    """Under what it is kept for a partition."""
    return f"{partition}/decided"


def decide(notes: Sequence[Message], writes: Mapping[str, bytes], get: Get) -> Decided:
    """What is to be told and stored, over what is stored now."""
    return Decided(tuple(notes), writes, _digest(writes, get))


def packed(decided: Decided) -> bytes | None:
    """As it is kept; None for one that is too large for a record: it is then told at once."""
    data = msgspec.msgpack.encode(decided)
    return data if len(data) <= _MOST_BYTES else None


def left_over(partition: int, get: Get) -> Decided | None:
    """What was decided and not carried out to its end; empty where it is out of date.

    Out of date is what a program that does not know of decisions has passed over.
    """
    data = get(name_of(partition))
    if data is None or data == DONE:
        return None
    found = _DECIDED.decode(data)
    return found if found.before == _digest(found.writes, get) else Decided()


def _digest(names: Mapping[str, bytes], get: Get) -> bytes:
    digest = hashlib.sha256()
    for name in sorted(names):
        value = get(name)
        there = b"-" if value is None else hashlib.sha256(value).digest()
        digest.update(f"{name}\n".encode() + there)
    return digest.digest()
