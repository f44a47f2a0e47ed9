"""What a unit remembers: told to the changelog first, then kept in RocksDB beside the worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from faust.types import TP
from rocksdict import WriteBatch

from duban.adapters.kafka.partition_reader import PartitionReader, Span
from duban.adapters.kafka.topics import TABLE, changelog
from duban.adapters.kafka.worker_producer import Record, WorkerProducer
from duban.config import KafkaSettings
from duban.errors import StorageError

logger = logging.getLogger(__name__)

_CORRECTIONS = 5  # in a row; whoever writes on and on is no worker that woke up late


class StateTable:
    """The table of a unit's application.

    A write returns once the changelog has all of it; only then is it kept here. Both take it as
    one, as far as Kafka takes so much at once: a stop at any point leaves all of a step or
    nothing. What is kept here is thus never ahead of the changelog, and Faust's note of how far
    the two agree moves only when nobody else has written between: a worker that stood still, or
    was cut off from Kafka, may write one step after others took over from it. The one whose
    partition it is finds such a step by the offsets of its own, or when it looks, and writes over
    it; each write tells the generation of the group that it is of, so that both know who is late.
    Raises StorageError.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        unit: str,
        table: Any,
        producer: WorkerProducer,
        reader: PartitionReader,
        *,
        generation: Callable[[], int],
    ) -> None:
        self._generation = generation
        self._turns: defaultdict[int, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._topic = changelog(settings, unit)
        self._stream = f"{unit}-{TABLE}-changelog"
        self._table = table
        self._producer = producer
        self._reader = reader

    def get(self, number: int, name: str) -> bytes | None:
        """What is kept under a name for a partition."""
        with _told():
            found: bytes | None = self._kept(number).get(name.encode())
        return found

    async def write(
        self, number: int, writes: Mapping[str, bytes], is_ours: Callable[[], bool]
    ) -> bool:
        """Store all for a partition as one; False where it was taken away meanwhile."""
        if not writes:
            return is_ours()
        async with self._turns[number]:
            return await self._written(number, writes, is_ours)

    async def look_over(self, numbers: Iterable[int], is_ours: Callable[[], bool]) -> None:
        """Write over what others wrote of partitions that are ours, and that nobody waits for.

        Whoever takes such a partition next would find the state of two moments there, and tell
        of an event otherwise than it was told. All must be as the changelog had them at first.
        """
        ends = await asyncio.to_thread(self._reader.ends, self._stream)
        for number in numbers:
            async with self._turns[number]:
                begin = self._next(number)
                if is_ours() and ends[number] > begin:
                    await self._agree(number, begin, is_ours)

    async def _written(
        self, number: int, writes: Mapping[str, bytes], is_ours: Callable[[], bool]
    ) -> bool:
        offsets = await self._tell(number, writes, is_ours)
        if not offsets or not is_ours():
            return False
        begin = self._next(number)
        is_next = offsets == list(range(begin, offsets[-1] + 1))
        with _told():
            self._keep(number, writes, offsets[-1] if is_next else None)
        return is_next or await self._agree(number, begin, is_ours)

    async def _agree(self, number: int, begin: int, is_ours: Callable[[], bool]) -> bool:
        """Have the changelog say from an offset on what is kept here; False if it is not ours."""
        end = await self._corrected(number, begin, is_ours)
        if end is None or not is_ours():
            return False
        with _told():
            self._table.data.set_persisted_offset(TP(self._topic, number), end - 1)
        return True

    def _next(self, number: int) -> int:
        """The first offset of the changelog that is not kept here."""
        with _told():
            agreed = self._table.data.persisted_offset(TP(self._topic, number))
        return 0 if agreed is None else agreed + 1

    def _keep(self, number: int, writes: Mapping[str, bytes], agreed: int | None) -> None:
        """Keep all, and up to which offset that agrees with the changelog, as one."""
        batch = WriteBatch(raw_mode=True)
        for name, value in writes.items():
            batch.put(name.encode(), value)
        if agreed is not None:
            batch.put(self._table.data.offset_key, str(agreed).encode())
        self._kept(number).write(batch)

    def _kept(self, number: int) -> Any:
        """RocksDB as Faust opened it; its own way to it asks for the event in hand each time."""
        return self._table.data._db_for_partition(number)  # noqa: SLF001 - as the docstring says

    async def _corrected(self, number: int, begin: int, is_ours: Callable[[], bool]) -> int | None:
        """Write over what others wrote from an offset on; where the changelog ends then.

        None where the partition was taken away.
        """
        for _ in range(_CORRECTIONS):
            spans = await asyncio.to_thread(self._reader.spans, self._stream)
            span = Span(max(begin, spans[number].begin), spans[number].end)
            raws = await asyncio.to_thread(self._reader.read, self._stream, {number: span})
            mark = _generation_of(number)
            if any(raw.key == mark and int(raw.value) > self._generation() for raw in raws):
                return None  # it is we who are late
            last = {raw.key: raw.value or None for raw in raws if raw.key != mark}
            wrong = {
                name: own for name, data in last.items() if (own := self.get(number, name)) != data
            }
            if not wrong:
                return span.end
            logger.warning(
                "%s：第 %d 分区的状态被停顿后醒来的进程改写，已改正 %d 项",
                self._topic, number, len(wrong),
                extra={"action": "state_corrected"},
            )  # fmt: skip
            offsets = await self._tell(number, wrong, is_ours)
            if not offsets:
                return None
            if offsets == list(range(span.end, span.end + len(offsets))):
                return offsets[-1] + 1
        raise StorageError(
            f"Kafka 的主题 {self._topic} 一直被别的程序写入：请停止它。",
            f"Another program keeps writing to the topic {self._topic} on Kafka: please end it.",
        )

    async def _tell(
        self, number: int, writes: Mapping[str, bytes | None], is_ours: Callable[[], bool]
    ) -> list[int]:
        """Their offsets on the changelog, once all are acknowledged; none where it is not ours."""
        generation = str(self._generation()).encode()
        records = [
            Record(self._topic, number, name.encode(), value)
            for name, value in (*writes.items(), (_generation_of(number), generation))
        ]
        # What is large in it is compressed already.
        return await self._producer.write(records, packed=False, may=is_ours)


def _generation_of(number: int) -> str:
    """Under what a write tells which generation of the group it is of."""
    return f"{number}/generation"


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """RocksDB tells of a full or broken disk by an exception of no kind of its own."""
    try:
        yield
    except Exception as error:
        raise StorageError(
            f"状态目录无法使用（{error}）：请检查磁盘空间和权限。",
            f"The state folder cannot be used ({error}): please check the space on its disk and "
            "its permissions.",
        ) from error
