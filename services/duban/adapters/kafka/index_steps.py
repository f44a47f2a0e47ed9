"""The indexer: everything that was recorded, taken into the read models a batch at a time."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Protocol

from duban.adapters.embedded.key_work import not_handled
from duban.adapters.embedded.step_plan import key_in
from duban.adapters.kafka.aside import STREAM as ASIDE
from duban.adapters.kafka.aside import note_in
from duban.adapters.kafka.partition import position_of
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.partition_state import Get, KeptAside, PartitionState
from duban.adapters.kafka.taken import Taken
from duban.domain.event import decode
from duban.errors import EventError, StorageError
from duban.observing import UNOBSERVED, Observer
from duban.ports import Recorded, SetAside

logger = logging.getLogger(__name__)

INDEXER = "indexer"
_EVENTS_AT_ONCE = 50  # an event may be a whole report, and each partition has so many
_PARTITIONS_AT_ONCE = 16  # they only wait: the index writes together what all of them bring


class Indexing(Protocol):
    """The read models as the indexer writes them; taking an event again changes nothing."""

    def apply(self, recorded: Iterable[Recorded]) -> None:
        """Take facts and conclusions, in one step; for several threads."""
        ...

    def forget(self) -> None:
        """Others may have written since what is remembered of earlier steps."""
        ...

    def set_aside(
        self, one: SetAside, *, unit: str, name: str = "", at: datetime | None = None
    ) -> None:
        """Show what a unit set aside, or that it is settled."""
        ...


class IndexSteps:
    """Takes all streams of one partition number; a position is that of `partition.position_of`.

    Less than a whole batch is taken at most once in `every_s`: a report, what follows from it and
    what else comes meanwhile are written once, and shown once. What is set aside here is shown by
    its note, as that of every unit: a row written before it is decided would stay in the index,
    were the event taken after a kill. Who takes a partition says so in its state first. Where
    another stands there, the partition was with another worker meanwhile, and what the index
    remembers may no longer be so.
    """

    name = INDEXER
    streams: tuple[str, ...] = ("posted", "facts", "conclusions", "alerts", ASIDE)
    at_once = _PARTITIONS_AT_ONCE
    batch = _EVENTS_AT_ONCE
    waiting = _EVENTS_AT_ONCE

    def __init__(
        self,
        index: Indexing,
        reader: PartitionReader,
        partitions: int,
        *,
        every_s: float = 0.0,
        observer: Observer = UNOBSERVED,
        close: Callable[[], None] = lambda: None,
    ) -> None:
        self._observer = observer
        self._close = close
        self._index = index
        self._reader = reader
        self._partitions = partitions
        self.every_s = every_s
        self._token = uuid.uuid4().hex

    def take(self, raws: Sequence[Raw], get: Get) -> Iterator[Taken]:
        held = PartitionState(f"{INDEXER}/{raws[0].partition}", get)
        if held.holder() != self._token:
            self._index.forget()
            held.hold(self._token)
            yield Taken(writes=held.writes())
        states: dict[str, PartitionState] = {}
        found: list[Raw] = []
        for raw in raws:
            state = states.setdefault(raw.stream, _state(raw.stream, raw.partition, get))
            cursor = state.cursor()
            if raw.offset < cursor:
                continue
            found += self._between(raw, cursor)
            found.append(raw)
            state.move(raw.offset + 1)
        if not found:
            return
        refused = self._apply(found)
        for row, raw in refused:
            states[raw.stream].put_aside(KeptAside(row, raw.offset, b""))
        writes = {
            name: value for state in states.values() for name, value in state.writes().items()
        }
        yield Taken(
            writes=writes, rows=tuple((raw, row) for row, raw in refused), done=tuple(found)
        )

    def give_up(self, raw: Raw, get: Get, error: Exception) -> Taken:
        state = _state(raw.stream, raw.partition, get)
        cursor = state.cursor()
        if raw.offset > cursor:  # one that was not delivered may be at fault, or one after it
            raw = next(self._between(raw, cursor))
            refused = self._apply_alone(raw)
        else:
            refused = [(self._refused(raw, error), raw)]
        for row, one in refused:
            state.put_aside(KeptAside(row, one.offset, b""))
        state.move(raw.offset + 1)
        rows = tuple((one, row) for row, one in refused if not _is_own_note(one))
        return Taken(writes=state.writes(), rows=rows, done=(raw,))

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        return _state(stream, partition, get).cursor()

    def close(self) -> None:
        self._close()
        self._reader.close()

    def _between(self, raw: Raw, cursor: int) -> Iterator[Raw]:
        for begin in range(cursor, raw.offset, _EVENTS_AT_ONCE):
            span = Span(begin, min(begin + _EVENTS_AT_ONCE, raw.offset))
            yield from self._reader.read(raw.stream, {raw.partition: span})

    def _apply(self, raws: Sequence[Raw]) -> list[tuple[SetAside, Raw]]:
        """Take all in; what no program of this version can read is told."""
        recorded: list[Recorded] = []
        refused: list[tuple[SetAside, Raw]] = []
        for raw in raws:
            try:
                if raw.stream == ASIDE:
                    note = note_in(raw.value)
                    self._index.set_aside(note.row, unit=note.unit, name=note.name, at=note.at)
                else:
                    position = position_of(raw.partition, raw.offset, self._partitions)
                    recorded.append(Recorded(position, decode(raw.value)))
            except EventError as error:
                refused.append((self._refused(raw, error), raw))
        if recorded:
            self._index.apply(recorded)
            self._observer.indexed(recorded)
        return refused

    def _apply_alone(self, raw: Raw) -> list[tuple[SetAside, Raw]]:
        """Take one in, or tell why it cannot be taken; StorageError says nothing of it."""
        try:
            return self._apply([raw])
        except StorageError:
            raise
        except Exception as error:  # whatever it is, later events must go on
            return [(self._refused(raw, error), raw)]

    def _refused(self, raw: Raw, error: Exception) -> SetAside:
        position = position_of(raw.partition, raw.offset, self._partitions)
        return not_handled(position, key_in(raw.value), raw.id, error)


def _is_own_note(raw: Raw) -> bool:
    """Whether it tells what the indexer set aside; where that fails, another note would too."""
    try:
        return raw.stream == ASIDE and note_in(raw.value).unit == INDEXER
    except EventError:
        return False


def _state(stream: str, partition: int, get: Get) -> PartitionState:
    return PartitionState(f"{stream}/{partition}", get)
