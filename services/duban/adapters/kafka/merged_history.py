"""The whole history as Kafka still tells it: key by key, each in the order in which it happened."""

from __future__ import annotations

import heapq
from collections.abc import Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import closing, contextmanager
from datetime import datetime

import msgspec

from duban.adapters.embedded.key_work import not_handled
from duban.adapters.embedded.step_plan import key_in
from duban.adapters.kafka.kafka_event_log import refuse_a_lost_beginning
from duban.adapters.kafka.partition import position_of
from duban.adapters.kafka.partition_reader import PartitionReader, Span
from duban.adapters.kafka.spool import Laid, Spool
from duban.config import KafkaSettings
from duban.domain.event import Event, ReportRead, ReportRejected, decode
from duban.errors import EventError
from duban.ports import Recorded, SetAside

STREAMS = ("posted", "facts", "conclusions", "alerts")
_FACTS = STREAMS.index("facts")
_AT_ONCE = 500
_TOGETHER = 10  # times as many of one key
_RANKS = {stream: rank for rank, stream in enumerate(STREAMS)}
WORTH_PARTS = 5000  # events: to start a process takes as long as some hundred reports

_Place = tuple[datetime, int, int]  # of a reading: its time, partition and offset


class Heard(msgspec.Struct, frozen=True):
    """What is known of partitions that were told: where each ends, and what concerns others too."""

    ends: Mapping[tuple[str, int], int]
    unreadable: Sequence[tuple[SetAside, str]]
    read_at: Mapping[str, _Place]
    rejected: AbstractSet[str]


class HistoryPart(msgspec.Struct, frozen=True):
    """Some partitions, to be told by another process."""

    settings: KafkaSettings
    numbers: Collection[int]
    at_once: int

    @contextmanager
    def opened(self) -> Iterator[MergedHistory]:
        """The part, to be told while the block lasts."""
        with closing(PartitionReader(self.settings)) as reader:
            yield MergedHistory(reader, at_once=self.at_once, numbers=self.numbers)


class MergedHistory:
    """Partition by partition, and within one key by key: all of a key comes together.

    Within a key each stream keeps its own order, and among the streams the earlier event comes
    first: what follows from a fact bears its time. What rejected bytes became is told of another
    key: their reading is told once more, after all. Events that cannot be read are told by
    `unreadable`. With `numbers` only those partitions are told, and no reading again.
    """

    def __init__(
        self,
        reader: PartitionReader,
        *,
        at_once: int = _AT_ONCE,
        numbers: Collection[int] | None = None,
        worth_parts: int = WORTH_PARTS,
    ) -> None:
        self._reader = reader
        self._at_once = at_once
        self._numbers = numbers
        self._worth_parts = worth_parts
        self._ends: dict[tuple[str, int], int] = {}
        self._unreadable: list[tuple[SetAside, str]] = []
        self._read_at: dict[str, _Place] = {}
        self._rejected: set[str] = set()

    def take(self) -> Iterator[Sequence[Recorded]]:
        """What was recorded since it was last asked. Raises StorageError."""
        spans = {stream: self._reader.spans(stream) for stream in STREAMS}
        numbers = spans["facts"] if self._numbers is None else self._numbers
        for number in sorted(numbers):
            with Spool() as spool:
                for stream in STREAMS:
                    held = spans[stream][number]
                    wanted = Span(self._ends.get((stream, number), 0), held.end)
                    refuse_a_lost_beginning(stream, number, held, wanted)
                    self._lay(spool, stream, number, wanted)
                yield from self._batches(spool, number)
            for stream in STREAMS:
                self._ends[stream, number] = spans[stream][number].end
        if self._numbers is None and (again := list(self._readings_of_rejected())):
            yield again

    def count(self) -> int:
        """How many events there are by now."""
        held = [self._reader.spans(stream) for stream in STREAMS]
        return sum(span.end for spans in held for span in spans.values())

    def parts(self, most: int) -> Sequence[HistoryPart]:
        """All partitions in parts of about the same size; none where there is little to tell."""
        sizes: dict[int, int] = {}
        for stream in STREAMS:
            for number, span in self._reader.spans(stream).items():
                sizes[number] = sizes.get(number, 0) + span.end - span.begin
        most = min(most, len(sizes))
        if most < 2 or sum(sizes.values()) < self._worth_parts:
            return ()
        parts: list[list[int]] = [[] for _ in range(most)]
        for number in sorted(sizes, key=lambda one: -sizes[one]):
            min(parts, key=lambda part: sum(sizes[one] for one in part)).append(number)
        return [HistoryPart(self._reader.settings, part, self._at_once) for part in parts]

    def heard(self) -> Heard:
        """What is known by now of what was told."""
        return Heard(self._ends, self._unreadable, self._read_at, self._rejected)

    def join(self, heard: Heard) -> None:
        """A part was told elsewhere, and this was heard."""
        self._ends |= heard.ends
        self._unreadable += heard.unreadable
        self._rejected |= heard.rejected
        for sha256, place in heard.read_at.items():
            self._read_at[sha256] = max(self._read_at.get(sha256, place), place)

    def unreadable(self) -> Sequence[tuple[SetAside, str]]:
        """The events met so far that this program cannot read, each with its name."""
        return self._unreadable

    def _lay(self, spool: Spool, stream: str, number: int, span: Span) -> None:
        for raw in self._reader.each(stream, {number: span}):
            spool.lay(raw.key, Laid(_RANKS[stream], raw.offset, raw.value))

    def _batches(self, spool: Spool, number: int) -> Iterator[list[Recorded]]:
        batch: list[Recorded] = []
        for streams in spool.take():
            parts = (self._decoded(laid, number) for laid in streams)
            batch += heapq.merge(*parts, key=_when)
            if len(batch) >= self._at_once:
                yield from self._cut(batch)
                batch = []
        yield from self._cut(batch)

    def _cut(self, batch: list[Recorded]) -> Iterator[list[Recorded]]:
        """A batch, in parts only where one key has very much to tell."""
        most = _TOGETHER * self._at_once
        for begin in range(0, len(batch), most):
            yield batch[begin : begin + most]

    def _decoded(self, laid: Sequence[Laid], number: int) -> Iterator[Recorded]:
        for one in laid:
            stream = STREAMS[one.stream]
            position = position_of(number, one.offset, self._reader.partitions(stream))
            try:
                event = decode(one.value)
            except EventError as error:
                self._set_aside(stream, number, one, position, error)
                continue
            self._note(event, number, one)
            yield Recorded(position, event)

    def _set_aside(
        self, stream: str, number: int, laid: Laid, position: int, error: EventError
    ) -> None:
        span = Span(laid.offset, laid.offset + 1)
        for raw in self._reader.read(stream, {number: span}):
            row = not_handled(position, key_in(raw.value), raw.id, error)
            self._unreadable.append((row, raw.name))

    def _note(self, event: Event, number: int, laid: Laid) -> None:
        """Remember which bytes were rejected, and where the last reading of any bytes lies."""
        match event.body:
            case ReportRejected(sha256=sha256):
                self._rejected.add(sha256)
            case ReportRead(sha256=sha256):
                place = (event.at, number, laid.offset)
                self._read_at[sha256] = max(self._read_at.get(sha256, place), place)

    def _readings_of_rejected(self) -> Iterator[Recorded]:
        rejected, self._rejected = self._rejected, set()
        for sha256 in sorted(rejected & self._read_at.keys()):
            _, number, offset = self._read_at[sha256]
            span = Span(offset, offset + 1)
            for raw in self._reader.read("facts", {number: span}):
                yield from self._decoded([Laid(_FACTS, raw.offset, raw.value)], number)


def _when(one: Recorded) -> tuple[datetime, int]:
    return one.event.at, _RANKS[one.event.topic]
