"""What a processor is: it judges, and reaches nothing but the event and the state it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol, TypeVar, cast

import msgspec

from duban.domain.event import Body, Event
from duban.ports import StateRecord

T = TypeVar("T", bound=msgspec.Struct)


class State:
    """What is remembered of one key, as it stands while one event is handled.

    A value: `put` gives a new state. Parts are loaded when asked for, once, each with the
    position of the last event it absorbed, so that an event that comes again is recognised part
    by part.
    """

    __slots__ = ("_changes", "_load", "_loaded", "key", "position")

    def __init__(self, key: str, position: int, load: Callable[[str], StateRecord | None]) -> None:
        self.key = key
        self.position = position
        self._load = load
        self._loaded: dict[str, StateRecord | None] = {}
        self._changes: dict[str, tuple[int, msgspec.Struct]] = {}

    @property
    def changes(self) -> Mapping[str, StateRecord]:
        """The parts that were set while the event was handled."""
        return {
            part: StateRecord(position, msgspec.json.encode(value))
            for part, (position, value) in self._changes.items()
        }

    def get(self, part: str, of: type[T]) -> T | None:
        """The value of a part, or None where nothing is remembered."""
        if part in self._changes:
            return cast("T", self._changes[part][1])
        record = self._record(part)
        return msgspec.json.decode(record.data, type=of) if record else None

    def has_absorbed(self, part: str) -> bool:
        """Whether the event in hand, or a later one, has already been worked into the part."""
        record = self._record(part)
        return part not in self._changes and record is not None and record.position >= self.position

    def put(self, part: str, value: msgspec.Struct) -> State:
        """The state with the part set, and the event in hand absorbed."""
        before = self._record(part)
        position = max(self.position, before.position if before else 0)
        state = State(self.key, self.position, self._load)
        state._loaded = self._loaded
        state._changes = {**self._changes, part: (position, value)}
        return state

    def _record(self, part: str) -> StateRecord | None:
        if part not in self._loaded:
            self._loaded[part] = self._load(part)
        return self._loaded[part]


class Processor(Protocol):
    """Judges events: no clock, no network, no files, no randomness.

    The same event and state give the same result; the ids of the events it makes are derived
    from the event in hand, the processor's name and the subject.
    """

    name: str
    takes: frozenset[type[Body]]

    def key(self, event: Event) -> str | None:
        """Whose state the event concerns: a key, EVERYONE, or None for nobody's."""
        ...

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        """The state after the event, and what follows from it."""
        ...


class Chain:
    """Several processors of one key as one step: each also sees what those before it made."""

    def __init__(self, name: str, processors: tuple[Processor, ...]) -> None:
        self.name = name
        self._processors = processors
        self.takes: frozenset[type[Body]] = frozenset().union(*(p.takes for p in processors))

    def key(self, event: Event) -> str | None:
        """The key under which the first processor that takes the event files it."""
        for processor in self._processors:
            if type(event.body) in processor.takes:
                return processor.key(event)
        return None

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        """Hand the event, and what followed from it so far, to each processor in turn."""
        events: tuple[Event, ...] = (event,)
        for processor in self._processors:
            made: tuple[Event, ...] = ()
            for one in events:
                if type(one.body) in processor.takes:
                    state, more = processor.handle(one, state)
                    made += more
            events += made
        return state, events[1:]
