"""A unit whose work reaches outside (reading posted bytes): done once, and told as it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec

from duban.adapters.embedded.key_work import not_handled
from duban.adapters.embedded.step_plan import key_in
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.partition_state import Get, KeptAside, PartitionState
from duban.adapters.kafka.publisher import Message, message_of
from duban.adapters.kafka.taken import Gathering, Taken
from duban.domain.event import Event, Topic, decode
from duban.errors import EventError
from duban.ports import Recorded

_EVENTS_AT_ONCE = 20  # between two looks at the log
_A_STEP = 8  # events that are read before the first of them is told
_LARGE = 1 << 20  # bytes that are told at once


class EffectSteps:
    """Hands each event of a stream to `handle`, and says what it returns.

    What it returned is stored before it is said: an event that comes again after a crash is
    answered with the same words, though it would be read otherwise now. `handle` is called by
    `at_once` threads, and `prepare` before it, once for all events that wait in a partition; what
    they raise is met by who delivers. An event whose cause is aside here settles it.
    """

    batch = _A_STEP
    every_s = 0.0
    waiting = 100  # a posting is small; one slow file is not to keep the other lanes waiting

    def __init__(
        self,
        name: str,
        stream: Topic,
        handle: Callable[[Recorded], Sequence[Event]],
        reader: PartitionReader,
        *,
        at_once: int,
        prepare: Callable[[], None] = lambda: None,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.streams: tuple[str, ...] = (stream,)
        self.at_once = at_once
        self._handle = handle
        self._prepare = prepare
        self._reader = reader
        self._close = close

    def take(self, raws: Sequence[Raw], get: Get) -> Iterator[Taken]:
        state = PartitionState(raws[0].partition, get)
        answers = dict(state.outbox())
        self._prepare()
        told: list[_Told] = []
        for raw in self._in_order(raws, state.cursor()):
            try:
                told.append(self._answered(raw, state, answers))
            except Exception:  # those before it are stored: what is at the cursor failed
                yield from _steps(state, told)
                raise
            if len(told) >= _A_STEP or sum(one.size for one in told) > _LARGE:
                yield from _steps(state, told)
                told.clear()
        yield from _steps(state, told)

    def give_up(self, raw: Raw, get: Get, error: Exception) -> Taken:
        state = PartitionState(raw.partition, get)
        cursor = state.cursor()
        if raw.offset > cursor:  # one before it, that was not delivered, is the one that failed
            raw = next(self._between(raw, cursor))
        event = _event(raw)
        if event is not None:
            state.see(event.key, event.id, raw.offset)
        row = not_handled(raw.offset + 1, key_in(raw.value), raw.id, error)
        state.put_aside(KeptAside(row, raw.offset, b""))
        gathering = Gathering(state)
        _settle(state, gathering, raw, event)
        gathering.tell(raw, row)
        gathering.end(raw)
        return next(gathering.step())

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        del stream  # there is one only
        return PartitionState(partition, get).cursor()

    def close(self) -> None:
        self._close()
        self._reader.close()

    def _in_order(self, raws: Sequence[Raw], cursor: int) -> Iterator[Raw]:
        """Each message once, from the cursor on, with those that were not delivered."""
        for raw in raws:
            yield from self._between(raw, cursor)
            if raw.offset >= cursor:
                yield raw
                cursor = raw.offset + 1

    def _between(self, raw: Raw, cursor: int) -> Iterator[Raw]:
        for begin in range(cursor, raw.offset, _EVENTS_AT_ONCE):
            span = Span(begin, min(begin + _EVENTS_AT_ONCE, raw.offset))
            yield from self._reader.read(raw.stream, {raw.partition: span})

    def _answered(self, raw: Raw, state: PartitionState, answers: _Answers) -> _Told:
        """What is said of a message: what was stored before, or what it is handed for now."""
        event = decode(raw.value)
        if state.repeats(event.key, event.id, raw.offset):
            return _Told(raw, None, (), False)
        known = answers.get(raw.offset)
        made = known if known is not None else self._made(Recorded(raw.offset + 1, event))
        state.see(event.key, event.id, raw.offset)
        return _Told(raw, event, made, known is None)

    def _made(self, recorded: Recorded) -> tuple[Message, ...]:
        return tuple(map(message_of, self._handle(recorded)))


class _Told(NamedTuple):
    """A message and what is said of it; no event where it is a repetition."""

    raw: Raw
    event: Event | None
    messages: tuple[Message, ...]
    is_new: bool

    @property
    def size(self) -> int:
        return sum(len(one.value) for one in self.messages)


_Answers = Mapping[int, tuple[Message, ...]]


def _steps(state: PartitionState, told: Sequence[_Told]) -> Iterator[Taken]:
    """Store what is said, then say it; the cursor goes behind all of it."""
    if any(one.is_new for one in told):
        state.put_outbox({one.raw.offset: one.messages for one in told if one.event is not None})
        yield Taken(writes=state.writes())
        state.written()
    gathering = Gathering(state)
    for one in told:
        gathering.say(one.raw, one.messages)
        _settle(state, gathering, one.raw, one.event)
        gathering.end(one.raw)
    yield from gathering.step()


def _settle(state: PartitionState, gathering: Gathering, raw: Raw, event: Event | None) -> None:
    """Settle what the event is a retry of, if it is one: it was handled now, or is aside anew."""
    if event is None or event.cause is None:
        return
    kept = state.aside(event.key, event.cause)
    if kept is None or kept.row.settled is not None:
        return
    row = msgspec.structs.replace(kept.row, settled=raw.offset + 1)
    state.put_aside(msgspec.structs.replace(kept, row=row))
    gathering.tell(raw, row)


def _event(raw: Raw) -> Event | None:
    try:
        return decode(raw.value)
    except EventError:
        return None
