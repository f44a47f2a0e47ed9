"""What goes between a unit and its workers: keys with their turns there, outcomes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import IO, Literal

import msgspec

from duban.adapters.embedded.key_work import Outcome, Turn
from duban.ports import SetAside

_HEADER = 8


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where a worker finds what it works with.

    `states` is the file of the units' state; `history` the one of the events, often the same.
    `recipe` names the function (module:name) that makes the chain from blobs and the history's
    states.
    """

    states: str
    layout: Literal["data", "scratch"]
    history: str
    blobs: str
    recipe: str


class Order(msgspec.Struct, frozen=True, array_like=True):
    """A turn without its event: `source` is where that lies, `at` the time it is handled with."""

    position: int
    source: int
    order: int
    at: datetime
    settles: SetAside | None
    passed: SetAside | None


class Task(msgspec.Struct, frozen=True, array_like=True):
    """Keys to work for, each with its turns; `whole` where most of their parts will be needed."""

    keys: list[tuple[str, list[Order]]]
    whole: bool


class Answer(msgspec.Struct, frozen=True, array_like=True):
    """The outcomes in the order of the task; or `storage`, what the storage said instead."""

    outcomes: list[Outcome]
    storage: str | None = None


def order_of(turn: Turn) -> Order:
    """The turn as it is sent."""
    one = turn.recorded
    return Order(one.position, turn.source, turn.order, one.event.at, turn.settles, turn.passed)


def send(pipe: IO[bytes], value: object) -> None:
    """Write one value; raises OSError when nobody reads any more."""
    data = msgspec.msgpack.encode(value)
    pipe.write(len(data).to_bytes(_HEADER, "big") + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> bytes | None:
    """One value as it was sent, None where the other side has ended."""
    header = pipe.read(_HEADER)
    if len(header) < _HEADER:
        return None
    size = int.from_bytes(header, "big")
    data = pipe.read(size)
    return data if len(data) == size else None


def shares(
    keys: Sequence[tuple[str, list[Turn]]], count: int
) -> list[list[tuple[str, list[Order]]]]:
    """The keys dealt out to so many workers."""
    orders = [(key, [order_of(turn) for turn in turns]) for key, turns in keys]
    return [orders[worker::count] for worker in range(count)]
