"""What a unit remembers: told to the changelog first, then kept in RocksDB beside the worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
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
    the two agree moves only when nobody else has written between: a worker that stood still may
    write one step after others took over from it. The one whose partition it is finds such a step
    by the offsets of its own, and writes over it. Raises StorageError.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        unit: str,
        table: Any,
        producer: WorkerProducer,
        reader: PartitionReader,
    ) -> None:
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
        offsets = await self._tell(number, writes)
        if not is_ours():
            return False
        place = TP(self._topic, number)
        with _told():
            agreed = self._table.data.persisted_offset(place)
            begin = 0 if agreed is None else agreed + 1
            is_next = offsets == list(range(begin, offsets[-1] + 1))
            self._keep(number, writes, offsets[-1] if is_next else None)
        if is_next:
            return True
        end = await self._corrected(number, begin, is_ours)
        if end is None or not is_ours():
            return False
        with _told():
            self._table.data.set_persisted_offset(place, end - 1)
        return True

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
            last = {raw.key: raw.value or None for raw in raws}
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
            if not is_ours():
                return None
            offsets = await self._tell(number, wrong)
            if offsets == list(range(span.end, span.end + len(offsets))):
                return offsets[-1] + 1
        raise StorageError(
            f"Kafka 的主题 {self._topic} 一直被别的程序写入：请停止它。",
            f"Another program keeps writing to the topic {self._topic} on Kafka: please end it.",
        )

    async def _tell(self, number: int, writes: Mapping[str, bytes | None]) -> list[int]:
        """Their offsets on the changelog, once all are acknowledged."""
        records = [
            Record(self._topic, number, name.encode(), value) for name, value in writes.items()
        ]
        return await self._producer.write(records, packed=False)  # what is large in it is already


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
