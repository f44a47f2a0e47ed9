"""What a worker writes to Kafka: in order within each partition, and acknowledged by all copies."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from aiokafka.errors import KafkaError

from duban.adapters.kafka.failure import where
from duban.adapters.kafka.origin import SAME_S, Check
from duban.adapters.kafka.partition import partition_of
from duban.adapters.kafka.publisher import Message, refuse_too_large
from duban.adapters.kafka.record_batch import RecordBatch
from duban.adapters.kafka.topics import MAX_EVENT_BYTES, stream
from duban.config import KafkaSettings
from duban.domain.event import EVERYONE
from duban.errors import StorageError

_TOGETHER_S = 0.1  # how long a write may wait for those of other lanes
_MOST_BYTES = MAX_EVENT_BYTES - 64 * 1024  # of a batch, its header and the request's left room


class Record(msgspec.Struct, frozen=True):
    """What lies on a topic; no value says that what had the key before is gone."""

    topic: str
    partition: int
    key: bytes
    value: bytes | None
    headers: Sequence[tuple[str, bytes]] = ()


class WorkerProducer:
    """Writes from the loop of a worker, over one connection, which `make` gives.

    What several lanes write at about the same time goes out together. A write that is not
    acknowledged in time is still tried, before any later one of its partition: whoever writes it
    again repeats it. Raises StorageError, and before anything is written what `check` raises where
    the topics are others by now.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        make: Callable[[], Any],
        check: Check = lambda within_s: None,
    ) -> None:
        self._settings = settings
        self._make = make
        self._check = check
        self._opening = asyncio.Lock()
        self._producer: Any = None

    async def publish(self, messages: Sequence[Message]) -> None:
        """Write events to their streams; one for everyone goes to every partition."""
        for one in messages:
            refuse_too_large(one)
        records = [record for one in messages for record in self._records(one)]
        await self.write(records, packed=True)

    async def write(
        self,
        records: Sequence[Record],
        *,
        packed: bool,
        may: Callable[[], bool] = lambda: True,
    ) -> list[int]:
        """Write all at once; their offsets by partition, once all are acknowledged.

        Of each partition all is written or nothing, as far as Kafka takes so much at once.
        `packed` compresses. `may` is asked at the last moment: where it says no, nothing is
        written.
        """
        producer = await self._opened()
        topics = ", ".join(dict.fromkeys(one.topic for one in records))
        await asyncio.to_thread(self._check, SAME_S)
        await asyncio.sleep(_TOGETHER_S - time.monotonic() % _TOGETHER_S)
        if not may():
            return []
        try:
            async with asyncio.timeout(2 * self._settings.timeout_s):
                sent = [
                    (
                        batch.record_count(),
                        await producer.send_batch(batch, topic, partition=number),
                    )
                    for (topic, number), batch in _batches(records, packed=packed)
                ]
                told = await asyncio.gather(*(future for _, future in sent))
                return [
                    offset
                    for (count, _), one in zip(sent, told, strict=True)
                    for offset in range(one.offset, one.offset + count)
                ]
        except TimeoutError as error:
            raise self._failed(topics, "没有应答", "no answer") from error
        except KafkaError as error:
            await self._forget(producer)
            raise self._failed(topics, type(error).__name__, type(error).__name__) from error

    async def close(self) -> None:
        """End the connection, once what was given is acknowledged."""
        if self._producer is not None:
            await self._end(self._producer)

    def _records(self, message: Message) -> Sequence[Record]:
        topic, partitions = stream(self._settings, message.stream), self._settings.partitions
        if message.key == EVERYONE:
            numbers: Sequence[int] = range(partitions)
        else:
            numbers = [partition_of(message.key, partitions)]
        key = message.key.encode()
        return [Record(topic, one, key, message.value, message.headers) for one in numbers]

    async def _opened(self) -> Any:
        async with self._opening:
            if self._producer is None:
                producer = self._make()
                try:
                    await producer.start()
                except KafkaError as error:
                    await self._end(producer)
                    raise self._failed("", type(error).__name__, type(error).__name__) from error
                self._producer = producer
            return self._producer

    async def _forget(self, producer: Any) -> None:
        """Begin with a new connection next time: one that failed for good takes nothing more."""
        if self._producer is producer:
            self._producer = None
            await self._end(producer)

    async def _end(self, producer: Any) -> None:
        with contextlib.suppress(KafkaError, TimeoutError):
            await asyncio.wait_for(producer.stop(), self._settings.timeout_s)

    def _failed(self, topics: str, zh: str, en: str) -> StorageError:
        at = where(self._settings)
        return StorageError(
            f"Kafka（{at}）没有收下给主题 {topics} 的内容（{zh}）：请检查 Kafka 是否正常。",
            f"Kafka at {at} did not take what was written to {topics} ({en}): please check "
            "whether it runs well.",
        )


def _batches(
    records: Sequence[Record], *, packed: bool
) -> Iterator[tuple[tuple[str, int], RecordBatch]]:
    """The records of each partition in as few batches as Kafka takes, in order."""
    places: dict[tuple[str, int], list[Record]] = defaultdict(list)
    for one in records:
        places[one.topic, one.partition].append(one)
    for place, those in places.items():
        batch = RecordBatch(_MOST_BYTES, packed=packed)
        for one in those:
            if not _append(batch, one):
                yield place, batch
                batch = RecordBatch(_MOST_BYTES, packed=packed)
                _append(batch, one)
        yield place, batch


def _append(batch: RecordBatch, one: Record) -> bool:
    """Put a record into a batch; False where there is no room."""
    headers = list(one.headers)
    added = batch.append(timestamp=None, key=one.key, value=one.value, headers=headers)
    return added is not None
