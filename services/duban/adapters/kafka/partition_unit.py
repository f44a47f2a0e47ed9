"""One unit over one partition: what each message makes, computed from what is remembered of it.

Nothing here knows who delivers the messages or keeps the bytes.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import msgspec

from duban.adapters.embedded.history import Head
from duban.adapters.embedded.key_work import Outcome, Turn, not_handled, work
from duban.adapters.embedded.packing import unpacked
from duban.adapters.embedded.step_plan import key_in
from duban.adapters.kafka.partition_reader import Raw, Span
from duban.adapters.kafka.partition_state import Get, KeptAside, PartitionState, Said
from duban.adapters.kafka.publisher import Message
from duban.adapters.kafka.retry import is_replaced
from duban.adapters.kafka.taken import Gathering, Taken
from duban.domain.event import EVERYONE, Event, EventRetried, decode
from duban.errors import EventError
from duban.ports import Recorded, SetAside, StateRecord
from duban.processors.processor import Chain

_KEYS_AT_ONCE = 32
_EVENTS_AT_ONCE = 200  # an event may be a whole report


class PartitionUnit:
    """Takes the messages of a partition, each once and in order, whatever is delivered.

    What lies before the cursor is passed over; a jump is read from the log with `read` first. The
    caller stores each step whole, and as one, before it asks for the next: what a later message
    of a step left in the state must not be met by an earlier one that comes again. A position is
    the offset + 1. `heard` is told of each event before the chain is. Raises StorageError.
    """

    def __init__(
        self,
        chain: Chain,
        partition: int,
        get: Get,
        read: Callable[[Span], Sequence[Raw]],
        heard: Callable[[Event], None] = lambda event: None,
    ) -> None:
        self._chain = chain
        self._read = read
        self._heard = heard
        self._state = PartitionState(partition, get)
        self._gathering = Gathering(self._state)

    def take(self, raws: Sequence[Raw]) -> Iterator[Taken]:
        """The steps of some messages, and of those before them that were not delivered."""
        for raw in raws:
            cursor = self._state.cursor()
            if raw.offset < cursor:
                continue
            for one in itertools.chain(self._between(cursor, raw.offset), [raw]):
                try:
                    yield from self._take(one)
                except Exception:  # those before it are stored: what is at the cursor failed
                    self._gathering.undo()
                    yield from self._gathering.step()
                    raise
                if self._gathering.is_full:
                    yield from self._gathering.step()
        yield from self._gathering.step()

    def broadcasts(self) -> Sequence[Event]:
        """The last event for everyone of each name, as it was handled, oldest first."""
        return [decode(said.value) for said in self._state.broadcasts()]

    def give_up(self, raw: Raw, error: Exception) -> Taken:
        """Set a message aside that could not be taken for another reason than what it says.

        That is the one at the cursor, where `raw` comes after messages that were not delivered.
        """
        cursor = self._state.cursor()
        failed = raw if raw.offset <= cursor else next(self._between(cursor, cursor + 1))
        aside = not_handled(failed.offset + 1, key_in(failed.value), failed.id, error)
        self._end(failed, Said(failed.offset, failed.value), aside=aside)
        return next(self._gathering.step())

    def _between(self, begin: int, end: int) -> Iterator[Raw]:
        """Messages as the log has them, few at a time."""
        for first in range(begin, end, _EVENTS_AT_ONCE):
            yield from self._read(Span(first, min(first + _EVENTS_AT_ONCE, end)))

    def _take(self, raw: Raw) -> Iterator[Taken]:
        source = Said(raw.offset, raw.value)
        try:
            event = decode(raw.value)
        except EventError as error:
            aside = not_handled(raw.offset + 1, key_in(raw.value), raw.id, error)
            self._end(raw, source, aside=aside)
            return
        if self._state.repeats(event.key, event.id, raw.offset):
            self._end(raw, source)
            return
        self._state.see(event.key, event.id, raw.offset)
        if isinstance(event.body, EventRetried):
            yield from self._retried(raw, event.body, event)
        else:
            yield from self._handled(raw, event, source)

    def _handled(
        self, raw: Raw, event: Event, source: Said, settles: KeptAside | None = None
    ) -> Iterator[Taken]:
        """Handle an event at the place of `raw` for the key or keys it concerns.

        The retry of an event that failed for one key concerns that key alone.
        """
        self._heard(event)
        key = self._chain.key(event) if type(event.body) in self._chain.takes else None
        if settles is not None and key is not None:
            key = settles.row.key or key
        recorded = Recorded(raw.offset + 1, event)
        if key == EVERYONE:
            keys = self._state.known_keys()
            for begin in range(0, len(keys), _KEYS_AT_ONCE):
                yield from self._gathering.step()
                at_once = keys[begin : begin + _KEYS_AT_ONCE]
                outcomes = [self._work(one, [Turn(recorded, 0, 0)]) for one in at_once]
                self._gather(raw, source, outcomes)
            self._state.say(event.name, source)
            self._end(raw, source, settles=settles)
        elif key is not None:
            outcome = self._work(key, [*self._told(key), Turn(recorded, 0, 0)])
            self._end(raw, source, [outcome], settles=settles)
        else:
            self._end(raw, source, settles=settles)

    def _told(self, key: str) -> Sequence[Turn]:
        """What a key that appears now must be told of first."""
        if key in self._state.known_keys():
            return []
        self._state.add_key(key)
        turns = []
        for said in self._state.broadcasts():
            event = decode(said.value)
            self._heard(event)
            turns.append(Turn(Recorded(said.offset + 1, event), 0, 0))
        return turns

    def _work(self, key: str, turns: Sequence[Turn]) -> Outcome:
        return work(self._chain, key, turns, partial(self._state.record, key), unpacked)

    def _retried(self, raw: Raw, asked: EventRetried, retry: Event) -> Iterator[Taken]:
        """Handle again what was set aside, at the place of the retry."""
        is_ours = asked.unit == self._chain.name
        kept = self._state.aside(asked.key, asked.event_id) if is_ours else None
        if kept is None or kept.row.settled is not None:
            self._end(raw, Said(raw.offset, raw.value))
            return
        position = raw.offset + 1
        source = Said(kept.offset, kept.value)
        row = msgspec.structs.replace(kept.row, settled=position)
        settles = msgspec.structs.replace(kept, row=row)
        try:
            original = decode(kept.value)
        except EventError as error:
            again = not_handled(position, row.key, row.event_id, error)
            self._end(raw, source, aside=again, settles=settles)
            return
        later = self._between(kept.offset + 1, raw.offset)
        if is_replaced(original, row.key, later, self._state.aside):
            self._end(raw, source, settles=settles)
            return
        # What follows from it was not known before the retry.
        event = msgspec.structs.replace(original, at=max(original.at, retry.at))
        yield from self._handled(raw, event, source, settles)

    def _gather(self, raw: Raw, source: Said, outcomes: Sequence[Outcome]) -> None:
        """What was computed for some keys."""
        for outcome in outcomes:
            for _, rows in outcome.events:
                self._gathering.say(raw, [_message(topic, data) for topic, _, _, data in rows])
            for key, part, position, _, data in outcome.records:
                self._state.put_record(key, part, StateRecord(position, data))
            for row in outcome.set_aside:
                self._put_aside(raw, row, source)

    def _put_aside(self, raw: Raw, row: SetAside, source: Said) -> None:
        """A row with the event itself, wherever the row was made."""
        self._state.put_aside(KeptAside(row, source.offset, source.value))
        self._gathering.tell(raw, row)

    def _end(
        self,
        raw: Raw,
        source: Said,
        outcomes: Sequence[Outcome] = (),
        *,
        aside: SetAside | None = None,
        settles: KeptAside | None = None,
    ) -> None:
        """The message is handled: the cursor goes behind it."""
        if settles is not None:
            self._state.put_aside(settles)
            self._gathering.tell(raw, settles.row)
        if aside is not None:
            self._put_aside(raw, aside, source)
        self._gather(raw, source, outcomes)
        self._gathering.end(raw)


def _message(topic: str, data: bytes) -> Message:
    """An event that was just made, as it is written."""
    head = msgspec.json.decode(data, type=Head)
    return Message(stream=topic, key=head.key, id=head.id, name=head.name, value=data)
