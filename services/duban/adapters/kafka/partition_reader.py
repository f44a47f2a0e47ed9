"""Reading topics, partition by partition and up to what was there when it was asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import msgspec
from kafka import KafkaConsumer, TopicPartition
from kafka.errors import KafkaTimeoutError

from duban.adapters.kafka.connection import count_partitions, options, reach
from duban.adapters.kafka.failure import told
from duban.adapters.kafka.topics import MAX_EVENT_BYTES, stream
from duban.adapters.kafka.tracing import trace_in
from duban.config import KafkaSettings
from duban.errors import StorageError

_POLL_MS = 200
_RECORDS_AT_ONCE = 500


class Raw(msgspec.Struct, frozen=True):
    """An event as it lies in a partition, not decoded; id and name are those of its headers.

    `trace` is the id of the trace that its headers name, empty where they name none; `stream` is
    whose partition it is.
    """

    partition: int
    offset: int
    key: str
    id: str
    name: str
    value: bytes
    trace: str = ""
    stream: str = ""


class Span(msgspec.Struct, frozen=True):
    """The offsets from `begin` to before `end` of a partition."""

    begin: int
    end: int


class PartitionReader:
    """Reads spans of partitions; belongs to no consumer group and commits nothing.

    Raises StorageError. May be shared by threads, which wait for one another.
    """

    def __init__(self, settings: KafkaSettings) -> None:
        self._settings = settings
        self._using = threading.Lock()
        self._consumer: Any = None
        self._is_closed = False
        self._cut: dict[str, int] = {}

    @property
    def settings(self) -> KafkaSettings:
        """Where it reads."""
        return self._settings

    def partitions(self, name: str) -> int:
        """How many partitions the topic of a stream has: as many as are set."""
        topic = stream(self._settings, name)
        if topic not in self._cut:
            self._cut[topic] = count_partitions(self._settings, topic)
        return self._cut[topic]

    def spans(self, name: str) -> Mapping[int, Span]:
        """What each partition of a stream holds now."""
        places = [self._place(name, number) for number in range(self.partitions(name))]
        with self._used(name) as consumer:
            begins, ends = consumer.beginning_offsets(places), consumer.end_offsets(places)
        return {one.partition: Span(begins[one], ends[one]) for one in places}

    def ends(self, name: str) -> Mapping[int, int]:
        """Where each partition of a stream ends now."""
        places = [self._place(name, number) for number in range(self.partitions(name))]
        with self._used(name) as consumer:
            found = consumer.end_offsets(places)
        return {one.partition: found[one] for one in places}

    def read(self, name: str, wanted: Mapping[int, Span]) -> list[Raw]:
        """The events of the spans, in order within each partition."""
        return list(self.each(name, wanted))

    def each(self, name: str, wanted: Mapping[int, Span]) -> Iterator[Raw]:
        """The same one by one, however many; nobody else reads until the last was taken."""
        spans = {
            self._place(name, number): span
            for number, span in wanted.items()
            if span.begin < span.end
        }
        if not spans:
            return
        with self._used(name) as consumer:
            consumer.assign(list(spans))
            consumer.resume(*spans)  # what was read to its end before stays paused otherwise
            for place, span in spans.items():
                consumer.seek(place, span.begin)
            yield from self._take(consumer, spans, name)

    def close(self) -> None:
        """End the connection; nothing is read any more, also for those who wait already."""
        self._is_closed = True
        with self._using:
            if self._consumer is not None:
                self._consumer.close()
                self._consumer = None

    def _take(self, consumer: Any, spans: dict[TopicPartition, Span], name: str) -> Iterator[Raw]:
        left, until = dict(spans), time.monotonic() + self._settings.timeout_s
        while left:
            found = consumer.poll(timeout_ms=_POLL_MS)
            if found:
                until = time.monotonic() + self._settings.timeout_s
            elif time.monotonic() > until:
                raise KafkaTimeoutError
            for place, records in found.items():
                yield from (_raw(one, name) for one in records if one.offset < spans[place].end)
            for place in [p for p in left if consumer.position(p) >= spans[p].end]:
                del left[place]
                consumer.pause(place)

    def _place(self, name: str, partition: int) -> TopicPartition:
        return TopicPartition(stream(self._settings, name), partition)

    @contextmanager
    def _used(self, name: str) -> Iterator[Any]:
        with self._using, told(self._settings, stream(self._settings, name)):
            if self._is_closed:
                raise StorageError(
                    "与 Kafka 的连接已经结束。", "The connection to Kafka has ended."
                )
            yield self._connected()

    def _connected(self) -> Any:
        if self._consumer is None:
            reach(self._settings)
            self._consumer = KafkaConsumer(
                **options(self._settings),
                group_id=None,
                enable_auto_commit=False,
                auto_offset_reset="none",
                allow_auto_create_topics=False,
                max_poll_records=_RECORDS_AT_ONCE,
                max_partition_fetch_bytes=MAX_EVENT_BYTES // 4,
                fetch_max_wait_ms=_POLL_MS,
                # gzip has a checksum of its own; Kafka's takes longer in Python than all else
                check_crcs=False,
            )
        return self._consumer


def _raw(record: Any, name: str) -> Raw:
    place = record.partition, record.offset
    return raw_of(name, *place, record.key, record.headers, record.value)


def raw_of(
    name: str,
    partition: int,
    offset: int,
    key: bytes | None,
    headers: Iterable[tuple[str, bytes | None]],
    value: bytes | None,
) -> Raw:
    """A record of any client; what another program wrote may be anything: shown, not trusted."""
    named = dict(headers)
    return Raw(
        partition=partition,
        offset=offset,
        key=_text(key),
        id=_text(named.get("id")),
        name=_text(named.get("name")),
        value=value or b"",
        trace=trace_in(_text(named.get("traceparent"))),
        stream=name,
    )


def _text(data: bytes | None) -> str:
    return (data or b"").decode(errors="replace")
