"""What a processor is: it judges, and reaches nothing but the event and the state it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple, Protocol, TypeVar, cast

import msgspec

from duban.domain.event import Body, Event
from duban.ports import StateRecord

T = TypeVar("T", bound=msgspec.Struct)


class State:
    """What is remembered of one key, as it stands while one event is handled.

    A value: `put` gives a new state. Parts are loaded and decoded when asked for, once, each with
    the position of the last event it absorbed, so that an event that comes again is recognised
    part by part.
    """

    __slots__ = ("_kept", "_load", "key", "position")

    def __init__(
        self,
        key: str,
        position: int,
        load: Callable[[str], StateRecord | None],
        kept: _Kept | None = None,
    ) -> None:
        self.key = key
        self.position = position
        self._load = load
        self._kept = kept or _Kept({}, {}, {})

    @property
    def changes(self) -> Mapping[str, StateRecord]:
        """The parts that were set since the state was loaded."""
        return {
            part: StateRecord(position, msgspec.json.encode(value))
            for part, (position, value) in (self._kept.before | self._kept.changes).items()
        }

    def get(self, part: str, of: type[T]) -> T | None:
        """The value of a part, or None where nothing is remembered."""
        found = self._kept.changes.get(part) or self._kept.before.get(part)
        if found is not None:
            return cast("T", found[1])
        loaded = self._load_once(part)
        if loaded is None:
            return None
        if loaded.value is None:
            loaded.value = msgspec.json.decode(loaded.record.data, type=of)
        return cast("T", loaded.value)

    def forget(self, part: str) -> None:
        """Let go of a part that was loaded; it is loaded again where it is asked for."""
        self._kept.loaded.pop(part, None)

    def has_absorbed(self, part: str) -> bool:
        """Whether the event in hand, or a later one, has already been worked into the part."""
        return part not in self._kept.changes and (self._absorbed(part) or -1) >= self.position

    def put(self, part: str, value: msgspec.Struct) -> State:
        """The state with the part set, and the event in hand absorbed."""
        position = max(self.position, self._absorbed(part) or 0)
        loaded, before, changes = self._kept
        kept = _Kept(loaded, before, {**changes, part: (position, value)})
        return State(self.key, self.position, self._load, kept)

    def following(self, position: int) -> State:
        """The same state while the event at another position is handled after this one."""
        loaded, before, changes = self._kept
        return State(self.key, position, self._load, _Kept(loaded, before | changes, {}))

    def _absorbed(self, part: str) -> int | None:
        found = self._kept.changes.get(part) or self._kept.before.get(part)
        if found is not None:
            return found[0]
        loaded = self._load_once(part)
        return loaded.record.position if loaded else None

    def _load_once(self, part: str) -> _Loaded | None:
        loaded = self._kept.loaded
        if part not in loaded:
            record = self._load(part)
            loaded[part] = _Loaded(record) if record else None
        return loaded[part]


class _Loaded:
    """A stored part, and its value once somebody asked for it."""

    __slots__ = ("record", "value")

    def __init__(self, record: StateRecord) -> None:
        self.record = record
        self.value: msgspec.Struct | None = None


_Value = tuple[int, msgspec.Struct]  # the position absorbed, and what was set


class _Kept(NamedTuple):
    """What is known by now: parts as they are stored, and what was set before and by the event."""

    loaded: dict[str, _Loaded | None]
    before: dict[str, _Value]
    changes: dict[str, _Value]


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


class Closing(Protocol):
    """Sums up a step once it is over; promises what a processor promises."""

    name: str

    def close(self, events: tuple[Event, ...], state: State) -> tuple[State, tuple[Event, ...]]:
        """The state after a step, and what follows from all its events; the fact comes first."""
        ...


class Chain:
    """Several processors of one key as one step: each also sees what those before it made.

    `closing` comes last and sees the step as a whole.
    """

    def __init__(
        self, name: str, processors: tuple[Processor, ...], closing: Closing | None = None
    ) -> None:
        self.name = name
        self._processors = processors
        self._closing = closing
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
        if self._closing is not None:
            state, made = self._closing.close(events, state)
            events += made
        return state, events[1:]
