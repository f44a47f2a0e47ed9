"""Writing to topics: acknowledged by all copies, and in order within each partition."""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec
from kafka import KafkaProducer
from kafka.errors import KafkaError

from duban.adapters.kafka.connection import count_partitions, options, reach
from duban.adapters.kafka.failure import failure, told
from duban.adapters.kafka.partition import partition_of
from duban.adapters.kafka.topics import MAX_EVENT_BYTES, stream
from duban.adapters.kafka.tracing import traceparent
from duban.config import KafkaSettings
from duban.domain.event import EVERYONE, TOPICS, Event, encode
from duban.errors import EventError, StorageError

_Place = tuple[str, int]  # topic on the server, partition


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """An event as it is written: to a stream, under its key, with its encoded bytes.

    `trace` is the id of the trace it belongs to; it begins one of its own where that is empty.
    """

    stream: str
    key: str
    id: str
    name: str
    value: bytes
    trace: str = ""

    @property
    def headers(self) -> list[tuple[str, bytes]]:
        """What tells the event apart without decoding it, and the W3C trace context."""
        return [
            ("id", self.id.encode()),
            ("name", self.name.encode()),
            ("traceparent", traceparent(self.trace, self.id).encode()),
        ]


def message_of(event: Event) -> Message:
    """The event as it is written."""
    return Message(
        stream=TOPICS[event.name],
        key=event.key,
        id=event.id,
        name=event.name,
        value=encode(event),
    )


class Publisher:
    """Writes messages; an event for everyone goes to every partition.

    With `in_turn` a message is sent once those before it in its partition are acknowledged, so
    that a failure never leaves a later one standing without an earlier one; otherwise all are sent
    at once, in order, for who writes all again after a failure. Raises StorageError; what was
    acknowledged by then stays, and writing all again repeats it with the same ids. May be shared
    by threads.
    """

    def __init__(self, settings: KafkaSettings, *, in_turn: bool = True) -> None:
        self._settings = settings
        self._in_turn = in_turn
        self._opening = threading.Lock()
        self._producer: Any = None
        self._cut: dict[str, int] = {}

    def publish(self, messages: Sequence[Message]) -> None:
        """Write all, and return once all are acknowledged."""
        for one in messages:
            refuse_too_large(one)
        try:
            self._publish(messages)
        except StorageError:
            self._forget()
            raise

    def _publish(self, messages: Sequence[Message]) -> None:
        waiting: dict[_Place, deque[Message]] = defaultdict(deque)
        for one in messages:
            for place in self._places(one):
                waiting[place].append(one)
        if not self._in_turn:
            self._settle([(p, self._send(p, one)) for p, queue in waiting.items() for one in queue])
            return
        while waiting:
            sent = [(place, self._send(place, queue.popleft())) for place, queue in waiting.items()]
            self._settle(sent)
            waiting = {place: queue for place, queue in waiting.items() if queue}

    def close(self) -> None:
        """End the connection."""
        with self._opening:
            if self._producer is not None:
                end(self._producer, self._settings.timeout_s)
                self._producer = None

    def _forget(self) -> None:
        """Begin with a new connection next time: an old one may stay deaf after Kafka restarts."""
        with self._opening:
            producer, self._producer = self._producer, None
        if producer is not None:
            end(producer, 0.0)  # what it still held is written again

    def _places(self, one: Message) -> Iterable[_Place]:
        topic = stream(self._settings, one.stream)
        partitions = self._partitions(topic)
        if one.key == EVERYONE:
            return [(topic, number) for number in range(partitions)]
        return [(topic, partition_of(one.key, partitions))]

    def _partitions(self, topic: str) -> int:
        """How many the topic has; StorageError where that is not what is declared."""
        if topic not in self._cut:
            self._cut[topic] = count_partitions(self._settings, topic)
        return self._cut[topic]

    def _send(self, place: _Place, one: Message) -> Any:
        topic, partition = place
        with told(self._settings, topic):
            return self._connected().send(
                topic,
                key=one.key.encode(),
                value=one.value,
                headers=one.headers,
                partition=partition,
            )

    def _settle(self, sent: Sequence[tuple[_Place, Any]]) -> None:
        """Wait for every acknowledgement; the first failure is raised after all are known."""
        failed: StorageError | None = None
        for (topic, _), future in sent:
            try:
                future.get(timeout=2 * self._settings.timeout_s)
            except KafkaError as error:
                failed = failed or failure(self._settings, topic, error)
        if failed is not None:
            raise failed

    def _connected(self) -> Any:
        with self._opening:
            if self._producer is None:
                reach(self._settings)
                wait_ms = int(self._settings.timeout_s * 1000)
                with told(self._settings):
                    self._producer = KafkaProducer(
                        **options(self._settings),
                        acks="all",
                        enable_idempotence=True,
                        allow_auto_create_topics=False,
                        compression_type="gzip",
                        max_request_size=MAX_EVENT_BYTES,
                        max_block_ms=wait_ms,
                        request_timeout_ms=wait_ms,
                        delivery_timeout_ms=wait_ms + 1000,
                    )
            return self._producer


def end(producer: Any, within_s: float) -> None:
    """End a producer, with its thread and its connections, whatever it still holds.

    Its own way does neither where something waits: each one would go on trying for ever.
    """
    try:
        producer.close(timeout=within_s)
    except KafkaError:
        producer._sender.force_close()  # noqa: SLF001 - see above
        producer._closed = True  # noqa: SLF001 - or it tries once more when it is collected


def refuse_too_large(one: Message) -> None:
    """EventError where no topic takes an event of this size."""
    if len(one.value) > MAX_EVENT_BYTES - 1024:
        raise EventError(
            f"事件 {one.id}（{one.name}）有 {len(one.value)} 字节，超出上限，没有写入。",
            f"The event {one.id} ({one.name}) has {len(one.value)} bytes, too many to be written.",
        )
