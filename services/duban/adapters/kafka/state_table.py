"""What a unit remembers: told to the changelog first, then kept in RocksDB beside the worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from faust.types import TP

from duban.adapters.kafka.partition_reader import PartitionReader, Span
from duban.adapters.kafka.topics import TABLE, changelog
from duban.adapters.kafka.worker_producer import Record, WorkerProducer
from duban.config import KafkaSettings
from duban.errors import StorageError

logger = logging.getLogger(__name__)

_CORRECTIONS = 5  # in a row; whoever writes on and on is no worker that woke up late


class StateTable:
    """The table of a unit's application, as the partition of the event in hand has it.

    A write returns once the changelog has all of it, in its order; only then is it kept here. What
    is kept here is thus never ahead of the changelog, and Faust's note of how far the two agree
    moves only when nobody else has written between: a worker that stood still may write one step
    after others took over from it. The one whose partition it is finds such a step by the offsets
    of its own, and writes over it. Raises StorageError.
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

    def get(self, name: str) -> bytes | None:
        """What is kept under a name."""
        with _told():
            found: bytes | None = self._table.data.get(name.encode())
        return found

    async def write(
        self, number: int, writes: Mapping[str, bytes], is_ours: Callable[[], bool]
    ) -> bool:
        """Store all for a partition; False where it was taken away meanwhile."""
        if not writes:
            return is_ours()
        offsets = await self._tell(number, writes)
        if not is_ours():
            return False
        place = TP(self._topic, number)
        with _told():
            for name, value in writes.items():
                self._table.data[name.encode()] = value
            agreed = self._table.data.persisted_offset(place)
        begin = 0 if agreed is None else agreed + 1
        end = offsets[-1] + 1
        if offsets != list(range(begin, end)):
            corrected = await self._corrected(number, begin, is_ours)
            if corrected is None or not is_ours():
                return False
            end = corrected
        with _told():
            self._table.data.set_persisted_offset(place, end - 1)
        return True

    async def _corrected(self, number: int, begin: int, is_ours: Callable[[], bool]) -> int | None:
        """Write over what others wrote from an offset on; where the changelog ends then.

        None where the partition was taken away.
        """
        for _ in range(_CORRECTIONS):
            spans = await asyncio.to_thread(self._reader.spans, self._stream)
            span = Span(max(begin, spans[number].begin), spans[number].end)
            raws = await asyncio.to_thread(self._reader.read, self._stream, {number: span})
            last = {raw.key: raw.value or None for raw in raws}
            wrong = {name: own for name, data in last.items() if (own := self.get(name)) != data}
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
        return await self._producer.write(
            [Record(self._topic, number, name.encode(), value) for name, value in writes.items()]
        )


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
