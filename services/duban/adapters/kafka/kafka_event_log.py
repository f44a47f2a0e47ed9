"""The history on Kafka: partitioned by key, kept for ever."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from itertools import islice

from duban.adapters.kafka.partition import offset_after, place_of, position_of
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.publisher import Publisher, message_of
from duban.config import KafkaSettings
from duban.domain.event import Event, Topic, decode
from duban.errors import StorageError
from duban.ports import Recorded

_SCANNED_AT_ONCE = 2000


class KafkaEventLog(AbstractContextManager["KafkaEventLog"]):
    """The log over several partitions.

    A position is `offset × partitions + partition + 1`: it grows within a partition, and so
    within a key, but not with time across keys. Whoever follows the log keeps a place per
    partition (`PartitionReader`); `read` pages through what there is. An event whose id is known
    already is recorded again, and an event for everyone once per partition: who reads recognises
    them. An append that fails may have recorded its first events; appending again is harmless.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._publisher = Publisher(settings)
        self.reader = PartitionReader(settings)

    def append(self, events: Sequence[Event]) -> int:
        self._publisher.publish([message_of(event) for event in events])
        return len(events)

    def read(self, topic: Topic, after: int = 0, limit: int = 1000) -> list[Recorded]:
        partitions = self.reader.partitions(topic)
        held = self.reader.spans(topic)
        wanted = _first(held, after, limit, partitions)
        for number, span in wanted.items():
            refuse_a_lost_beginning(topic, number, held[number], span)
        found = self.reader.read(topic, wanted)
        return sorted((_recorded(one, partitions) for one in found), key=lambda one: one.position)

    def head(self, topic: Topic) -> int:
        partitions = self.reader.partitions(topic)
        return max(
            position_of(number, span.end - 1, partitions) if span.end else 0
            for number, span in self.reader.spans(topic).items()
        )

    def find(self, topic: Topic, event_id: str) -> Recorded | None:
        """Looks through the whole topic: Kafka knows no ids."""
        partitions = self.reader.partitions(topic)
        for number, span in self.reader.spans(topic).items():
            for begin in range(span.begin, span.end, _SCANNED_AT_ONCE):
                part = Span(begin, min(begin + _SCANNED_AT_ONCE, span.end))
                for one in self.reader.read(topic, {number: part}):
                    if one.id == event_id:
                        return _recorded(one, partitions)
        return None

    def close(self) -> None:
        """End the connections."""
        self._publisher.close()
        self.reader.close()

    def __exit__(self, *_: object) -> None:
        self.close()


def _first(held: Mapping[int, Span], after: int, limit: int, partitions: int) -> Mapping[int, Span]:
    """The spans that hold the `limit` lowest positions above `after`."""
    starts = {number: offset_after(after, number, partitions) for number in held}
    positions = (
        range(
            position_of(number, starts[number], partitions),
            position_of(number, span.end, partitions),
            partitions,
        )
        for number, span in held.items()
    )
    ends = dict(starts)
    for position in islice(heapq.merge(*positions), limit):
        number, offset = place_of(position, partitions)
        ends[number] = offset + 1
    return {number: Span(starts[number], ends[number]) for number in held}


def refuse_a_lost_beginning(topic: str, partition: int, held: Span, wanted: Span) -> None:
    """Kafka removed what should be kept for ever: never read on as if it had not been."""
    if wanted.begin < min(held.begin, wanted.end):
        raise StorageError(
            f"主题 {topic} 第 {partition} 分区开头的 {held.begin} 条事件已不在：保留时间被改过。"
            "请用备份恢复，并运行 duban topics check。",
            f"The first {held.begin} events of partition {partition} of {topic} are gone: its "
            "retention was changed. Please restore a backup, and run duban topics check.",
        )


def _recorded(one: Raw, partitions: int) -> Recorded:
    return Recorded(position_of(one.partition, one.offset, partitions), decode(one.value))
