"""What a unit remembers of one partition, by name, in whatever keeps bytes by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar, cast

import msgspec

from duban.adapters.kafka.deflate import DeflateError, packed, unpacked
from duban.adapters.kafka.publisher import Message
from duban.errors import StorageError
from duban.ports import SetAside, StateRecord

Get = Callable[[str], bytes | None]
T = TypeVar("T")

VERSION = 4  # of what a unit remembers: 3 kept every cell of a report by itself
_SEVERAL_VERSION = 3  # of an outbox of several events
USUAL_VERSION = 2  # of all else; 1 had everything as JSON
_WORTH_IT = 1024  # bytes
_SEEN = 512  # ids of a key; a repetition comes soon after, or not at all


class StateError(StorageError):
    """What is remembered cannot be read by this program; trying again changes nothing."""


class KeptAside(msgspec.Struct, frozen=True):
    """An event set aside, with its bytes, so that a retry need not look for it."""

    row: SetAside
    offset: int
    value: bytes


class Said(msgspec.Struct, frozen=True):
    """An event for everyone that later keys must be told of."""

    offset: int
    value: bytes


class Outbox(msgspec.Struct, frozen=True):
    """What is said of the event at an offset, and of later ones, stored before it is said."""

    offset: int
    messages: tuple[Message, ...]
    more: tuple[Outbox, ...] = ()


class _Kept(msgspec.Struct, frozen=True):
    """A value as JSON; with `packed` it is base64 of compressed msgpack."""

    v: int
    value: msgspec.Raw
    packed: bool = False


Unwritten = tuple[dict[str, StateRecord], dict[str, object], dict[str, Any]]


class PartitionState:
    """Reads through to what is stored, and gathers what is to be written, in order.

    The order is that of `writes`: parts of keys first, what tells that they are complete last.
    Raises StorageError for state of a newer program.
    """

    def __init__(self, partition: int | str, get: Get) -> None:
        self._partition = partition
        self._get = get
        self._known: dict[str, Any] = {}
        self._parts: dict[str, StateRecord] = {}
        self._rest: dict[str, object] = {}

    def writes(self) -> Mapping[str, bytes]:
        """What was set since, in the order in which it must be written."""
        return {name: _packed(value) for name, value in (*self._parts.items(), *self._rest.items())}

    @property
    def size(self) -> int:
        """The bytes of the parts that are to be written, before they are compressed."""
        return sum(len(record.data) for record in self._parts.values())

    def written(self) -> None:
        """All of it is stored; what is asked for again is read again.

        An event for everyone goes through all reports of a partition, which may not be held.
        """
        self._parts, self._rest, self._known = {}, {}, {}

    def unwritten(self) -> Unwritten:
        """What was set and is not stored yet, to go back to."""
        return self._parts.copy(), self._rest.copy(), self._known.copy()

    def go_back(self, to: Unwritten) -> None:
        """Forget what was set since then."""
        parts, rest, known = to
        self._parts, self._rest, self._known = parts.copy(), rest.copy(), known.copy()

    def cursor(self) -> int:
        """The first offset that is not handled yet."""
        return self._load("cursor", int) or 0

    def move(self, cursor: int) -> None:
        """Everything before the offset is handled; written after all else."""
        self._rest.pop(self._name("cursor"), None)
        self._set("cursor", cursor)

    def holder(self) -> str | None:
        """Who took the partition last."""
        return self._load("holder", str)

    def hold(self, token: str) -> None:
        """Say who takes it from now on."""
        self._set("holder", token)

    def record(self, key: str, part: str) -> StateRecord | None:
        """One part of what is remembered of a key."""
        return self._load(f"part/{key}/{part}", StateRecord)

    def put_record(self, key: str, part: str, record: StateRecord) -> None:
        """Set a part of a key."""
        name = self._name(f"part/{key}/{part}")
        self._parts[name] = self._known[name] = record

    def known_keys(self) -> Sequence[str]:
        """The keys that were ever handled, in order of appearance."""
        return self._load("keys", list[str]) or []

    def add_key(self, key: str) -> None:
        """A key that appeared."""
        self._set("keys", [*self.known_keys(), key])

    def broadcasts(self) -> Sequence[Said]:
        """The last event for everyone of each name, oldest first."""
        said = self._load("broadcasts", dict[str, Said]) or {}
        return sorted(said.values(), key=lambda one: one.offset)

    def say(self, name: str, said: Said) -> None:
        """An event for everyone was handled for all keys."""
        known = self._load("broadcasts", dict[str, Said]) or {}
        self._set("broadcasts", {**known, name: said})

    def repeats(self, key: str, event_id: str, offset: int) -> bool:
        """Whether the event was taken at another offset before; its own does not count."""
        seen = self._load(f"seen/{key}", dict[str, int]) or {}
        return seen.get(event_id, offset) != offset

    def see(self, key: str, event_id: str, offset: int) -> None:
        """The event was taken."""
        seen = self._load(f"seen/{key}", dict[str, int]) or {}
        kept = list({**seen, event_id: offset}.items())[-_SEEN:]
        self._set(f"seen/{key}", dict(kept))

    def outbox(self) -> Mapping[int, tuple[Message, ...]]:
        """What was stored to be said last, by the offset of what it is said of."""
        first = self._load("outbox", Outbox)
        return {one.offset: one.messages for one in (first, *first.more)} if first else {}

    def put_outbox(self, said: Mapping[int, tuple[Message, ...]]) -> None:
        """Store what is to be said, before it is."""
        first, *more = (Outbox(offset, messages) for offset, messages in said.items())
        self._set("outbox", Outbox(first.offset, first.messages, tuple(more)))

    def aside(self, key: str, event_id: str) -> KeptAside | None:
        """What was set aside for a key, settled or not."""
        return self._load(f"aside/{key}/{event_id}", KeptAside)

    def put_aside(self, kept: KeptAside) -> None:
        """Remember an event that could not be handled, or that it is settled."""
        self._set(f"aside/{kept.row.key}/{kept.row.event_id}", kept)

    def _name(self, name: str) -> str:
        return f"{self._partition}/{name}"

    def _set(self, name: str, value: object) -> None:
        full = self._name(name)
        self._rest[full] = self._known[full] = value

    def _load(self, name: str, of: type[T]) -> T | None:
        full = self._name(name)
        if full not in self._known:
            data = self._get(full)
            self._known[full] = _unpacked(full, data, of) if data is not None else None
        return cast("T | None", self._known[full])


def _packed(value: object) -> bytes:
    data = msgspec.msgpack.encode(value)
    is_large = len(data) > _WORTH_IT
    # Compressed by Kafka's clients it would cost as much as judging a report.
    data = msgspec.json.encode(packed(data) if is_large else value)
    return msgspec.json.encode(_Kept(_version(value), msgspec.Raw(data), is_large))


def _version(value: object) -> int:
    """The oldest program that reads the value knows this version."""
    if isinstance(value, StateRecord):
        return VERSION
    return _SEVERAL_VERSION if isinstance(value, Outbox) and value.more else USUAL_VERSION


#: All that is ever kept. Made once: threads that are the first to need one at the same time crash.
_KINDS: tuple[Any, ...] = (
    int, str, list[str], dict[str, int], dict[str, Said], StateRecord, KeptAside, Outbox,
)  # fmt: skip
_KEPT = msgspec.json.Decoder(_Kept)
_JSON: Mapping[Any, msgspec.json.Decoder[Any]] = {of: msgspec.json.Decoder(of) for of in _KINDS}
_MSGPACK: Mapping[Any, msgspec.msgpack.Decoder[Any]] = {
    of: msgspec.msgpack.Decoder(of) for of in _KINDS
}


def _unpacked(name: str, data: bytes, of: type[T]) -> T:
    try:
        kept = _KEPT.decode(data)
        if kept.v > VERSION:
            raise StateError(
                f"状态 {name} 由更新版本的 duban 写成（第 {kept.v} 版）：请升级 duban 后再试。",
                f"The state {name} was written by a newer duban (version {kept.v}): "
                "please upgrade.",
            )
        if not kept.packed:
            return cast("T", _JSON[of].decode(kept.value))
        data = unpacked(msgspec.json.decode(kept.value, type=bytes))
        return cast("T", _MSGPACK[of].decode(data))
    except (msgspec.MsgspecError, DeflateError) as error:
        raise StateError(
            f"状态 {name} 已损坏：请删除该处理程序的状态目录后重新启动，它会从 Kafka 重建。",
            f"The state {name} is damaged: please remove the state folder of the worker and start "
            "it again; it is built anew from Kafka.",
        ) from error
