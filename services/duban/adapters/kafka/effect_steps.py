"""A unit whose work reaches outside (reading posted bytes): done once, and told as it was done."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from duban.adapters.embedded.key_work import not_handled
from duban.adapters.embedded.step_plan import key_in
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.partition_state import Get, KeptAside, Outbox, PartitionState
from duban.adapters.kafka.partition_unit import Taken
from duban.adapters.kafka.publisher import message_of
from duban.domain.event import Event, Topic, decode
from duban.errors import EventError
from duban.ports import Recorded, SetAside

_EVENTS_AT_ONCE = 20  # between two looks at the log


class EffectSteps:
    """Hands each event of a stream to `handle`, and says what it returns.

    What it returned is stored before it is said: an event that comes again after a crash is
    answered with the same words, though it would be read otherwise now. `handle` is called by
    `at_once` threads; what it raises is met by who delivers. An event whose cause is aside here
    settles it.
    """

    batch = 1
    waiting = 100  # a posting is small; one slow file is not to keep the other lanes waiting

    def __init__(
        self,
        name: str,
        stream: Topic,
        handle: Callable[[Recorded], Sequence[Event]],
        reader: PartitionReader,
        *,
        at_once: int,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self.name = name
        self.streams: tuple[str, ...] = (stream,)
        self.at_once = at_once
        self._handle = handle
        self._reader = reader
        self._close = close

    def take(self, raws: Sequence[Raw], get: Get) -> Iterator[Taken]:
        for raw in raws:
            cursor = self.cursor(raw.stream, raw.partition, get)
            for missed in self._between(raw, cursor):
                yield from self._take(missed, get)
            if raw.offset >= cursor:
                yield from self._take(raw, get)

    def give_up(self, raw: Raw, get: Get, error: Exception) -> Taken:
        state = PartitionState(raw.partition, get)
        event = _event(raw)
        if event is not None:
            state.see(event.key, event.id, raw.offset)
        row = not_handled(raw.offset + 1, key_in(raw.value), raw.id, error)
        state.put_aside(KeptAside(row, raw.offset, b""))
        settled = self._settled(state, event, raw)
        return _end(state, raw, Taken(set_aside=(row,), settled=settled))

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        del stream  # there is one only
        return PartitionState(partition, get).cursor()

    def close(self) -> None:
        self._close()
        self._reader.close()

    def _between(self, raw: Raw, cursor: int) -> Iterator[Raw]:
        for begin in range(cursor, raw.offset, _EVENTS_AT_ONCE):
            span = Span(begin, min(begin + _EVENTS_AT_ONCE, raw.offset))
            yield from self._reader.read(raw.stream, {raw.partition: span})

    def _take(self, raw: Raw, get: Get) -> Iterator[Taken]:
        state = PartitionState(raw.partition, get)
        event = decode(raw.value)
        if state.repeats(event.key, event.id, raw.offset):
            yield _end(state, raw, Taken())
            return
        state.see(event.key, event.id, raw.offset)
        said = state.outbox()
        if said is None or said.offset != raw.offset:
            made = self._handle(Recorded(raw.offset + 1, event))
            said = Outbox(raw.offset, tuple(map(message_of, made)))
            state.put_outbox(said)
            yield Taken(writes=state.writes())
            state.written()
        settled = self._settled(state, event, raw)
        yield _end(state, raw, Taken(outputs=said.messages, settled=settled))

    def _settled(
        self, state: PartitionState, event: Event | None, raw: Raw
    ) -> tuple[SetAside, ...]:
        """What the event is a retry of, if it is one: it was handled now, or is aside anew."""
        if event is None or event.cause is None:
            return ()
        kept = state.aside(event.key, event.cause)
        if kept is None or kept.row.settled is not None:
            return ()
        row = msgspec.structs.replace(kept.row, settled=raw.offset + 1)
        state.put_aside(msgspec.structs.replace(kept, row=row))
        return (row,)


def _event(raw: Raw) -> Event | None:
    try:
        return decode(raw.value)
    except EventError:
        return None


def _end(state: PartitionState, raw: Raw, taken: Taken) -> Taken:
    """The last step of a message: the cursor is behind it."""
    state.move(raw.offset + 1)
    return msgspec.structs.replace(taken, writes=state.writes())
