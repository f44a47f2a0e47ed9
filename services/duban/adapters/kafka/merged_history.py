"""The whole history in the order in which it happened, as far as Kafka still tells it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice

from duban.adapters.embedded.key_work import not_handled
from duban.adapters.embedded.step_plan import key_in
from duban.adapters.kafka.kafka_event_log import refuse_a_lost_beginning
from duban.adapters.kafka.partition import position_of
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.domain.event import Event, decode
from duban.errors import EventError
from duban.ports import Recorded, SetAside

STREAMS = ("posted", "facts", "conclusions", "alerts")
_AT_ONCE = 500
_RANKS = {stream: rank for rank, stream in enumerate(STREAMS)}


class MergedHistory:
    """Partition by partition; within one, a fact comes before what follows from it.

    Each stream keeps its own order, and among the streams the earlier event comes first: what
    follows from a fact bears its time. Events that cannot be read are told by `unreadable`.
    """

    def __init__(self, reader: PartitionReader, *, at_once: int = _AT_ONCE) -> None:
        self._reader = reader
        self._at_once = at_once
        self._ends: dict[tuple[str, int], int] = {}
        self._unreadable: list[tuple[SetAside, str]] = []

    def take(self) -> Iterator[Sequence[Recorded]]:
        """What was recorded since it was last asked. Raises StorageError."""
        spans = {stream: self._reader.spans(stream) for stream in STREAMS}
        for number in sorted(spans["facts"]):
            parts = []
            for stream in STREAMS:
                held = spans[stream][number]
                wanted = Span(self._ends.get((stream, number), 0), held.end)
                refuse_a_lost_beginning(stream, number, held, wanted)
                parts.append(self._read(stream, number, wanted))
            merged = heapq.merge(*parts, key=_when)
            while batch := list(islice(merged, self._at_once)):
                yield batch
            for stream in STREAMS:
                self._ends[stream, number] = spans[stream][number].end

    def count(self) -> int:
        """How many events there are by now."""
        held = [self._reader.spans(stream) for stream in STREAMS]
        return sum(span.end for spans in held for span in spans.values())

    def unreadable(self) -> Sequence[tuple[SetAside, str]]:
        """The events met so far that this program cannot read, each with its name."""
        return self._unreadable

    def _read(self, stream: str, number: int, span: Span) -> Iterator[Recorded]:
        partitions = self._reader.partitions(stream)
        for begin in range(span.begin, span.end, self._at_once):
            part = Span(begin, min(begin + self._at_once, span.end))
            for raw in self._reader.read(stream, {number: part}):
                position = position_of(number, raw.offset, partitions)
                event = self._decoded(raw, position)
                if event is not None:
                    yield Recorded(position, event)

    def _decoded(self, raw: Raw, position: int) -> Event | None:
        try:
            return decode(raw.value)
        except EventError as error:
            row = not_handled(position, key_in(raw.value), raw.id, error)
            self._unreadable.append((row, raw.name))
            return None


def _when(one: Recorded) -> tuple[datetime, int]:
    return one.event.at, _RANKS[one.event.topic]
