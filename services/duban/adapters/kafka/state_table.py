"""What a unit remembers: told to the changelog first, then kept in RocksDB beside the worker."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Sized
from typing import Any

from faust.types import TP
from rocksdict import WriteBatch

from duban.adapters.kafka.agreement import Doubted, before, doubted, is_agreed, mark_of
from duban.adapters.kafka.partition_reader import PartitionReader, Span
from duban.adapters.kafka.topics import TABLE, changelog
from duban.adapters.kafka.worker_producer import Record, WorkerProducer
from duban.config import KafkaSettings
from duban.errors import StorageError

logger = logging.getLogger(__name__)

_TAKEN_AT_ONCE = 1000  # records
_CORRECTIONS = 5  # in a row; whoever writes on and on is no worker that woke up late


class StateTable:
    """The table of a unit's application.

    A write returns once the changelog has all of it; only then is it kept here. Both take it as
    one, as far as Kafka takes so much at once: a stop at any point leaves all of a step or
    nothing. What is kept here is thus never ahead of the changelog, and the note of how far
    the two agree moves only when nobody else has written between: a worker that stood still, or
    was cut off from Kafka, may write one step after others took over from it. The one whose
    partition it is finds such a step by the offsets of its own, or when it looks, and writes over
    it; each write tells the generation of the group that it is of, so that both know who is late,
    and where it was to lie, so that the next one finds what a killed owner left (see `agreement`).
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
        self._settled: dict[int, int] = {}
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

    async def settle(self, number: int, is_ours: Callable[[], bool]) -> bool:
        """Before anything else is done with a partition that was given to us, False where it was
        taken away: take over what was agreed upon since it was kept here, and go back to that
        where its owner was killed before it could.

        Nobody has gone on from what came later: a write returns only after that.
        """
        if self._settled.get(number) == self._generation():
            return True
        async with self._turns[number]:
            return await self._settle(number, is_ours)

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
                is_settled = is_ours() and await self._settle(number, is_ours)
                begin = self._next(number)
                if is_settled and ends[number] > begin:
                    await self._agree(number, begin, is_ours)

    async def _written(
        self, number: int, writes: Mapping[str, bytes], is_ours: Callable[[], bool]
    ) -> bool:
        begin = self._next(number)
        offsets = await self._tell(number, writes, is_ours, begin)
        if not offsets or not is_ours():
            return False
        is_next = _is_all(offsets, begin)
        with _told():
            self._keep(number, writes, offsets[-1] if is_next else None)
        if is_next:
            return True
        self._settled.pop(number, None)  # where it fails now, nobody may go on from it
        return await self._agree(number, begin, is_ours)

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

    def _keep(self, number: int, writes: Mapping[str, bytes | None], agreed: int | None) -> None:
        """Keep all, and up to which offset that agrees with the changelog, as one."""
        batch = WriteBatch(raw_mode=True)
        for name, value in writes.items():
            if value is None:
                batch.delete(name.encode())
            else:
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
            mark = mark_of(number)
            if any(raw.key == mark and int(raw.value) > self._generation() for raw in raws):
                return None  # it is we who are late
            last = {raw.key: raw.value or None for raw in raws if raw.key != mark}
            wrong = {
                name: own for name, data in last.items() if (own := self.get(number, name)) != data
            }
            if wrong:
                self._tell_of("被停顿后醒来的进程改写，已改正", number, wrong)
            elif not raws or (raws[-1].key == mark and is_agreed(raws[-1])):
                return span.end
            offsets = await self._tell(number, wrong, is_ours, span.end)
            if not offsets:
                return None
            if _is_all(offsets, span.end):
                return offsets[-1] + 1
        raise self._never_ends()

    async def _settle(self, number: int, is_ours: Callable[[], bool]) -> bool:
        generation = self._generation()
        if self._settled.get(number) == generation:
            return True
        for _ in range(_CORRECTIONS):
            found = await asyncio.to_thread(doubted, self._reader, self._stream, number)
            await asyncio.to_thread(self._take_over, number, found.begin)
            if found.begin == found.end:
                self._settled[number] = generation
                return True
            kept = await asyncio.to_thread(self._as_before, number, found)
            self._tell_of("未及核对即被杀死，退回到核对过的", number, kept)
            offsets = await self._tell(number, kept, is_ours, found.end)
            if not offsets or not is_ours():
                return False
            if _is_all(offsets, found.end):
                with _told():
                    self._keep(number, kept, offsets[-1])
        raise self._never_ends()

    def _take_over(self, number: int, end: int) -> None:
        """Keep what the changelog has before an offset, in its order."""
        while (begin := self._next(number)) < end:
            until = min(begin + _TAKEN_AT_ONCE, end)
            raws = self._reader.each(self._stream, {number: Span(begin, until)})
            last = {raw.key: raw.value or None for raw in raws}
            with _told():
                self._keep(number, last, until - 1)

    def _as_before(self, number: int, found: Doubted) -> Mapping[str, bytes | None]:
        """What was agreed upon of all that was written since, or is not kept here yet."""
        begin = min(found.begin, self._next(number))
        span = Span(begin, found.end)
        raws = self._reader.read(self._stream, {number: span})
        names = {raw.key for raw in raws} - {mark_of(number)}
        return before(self._reader, self._stream, number, found.begin, names)

    async def _tell(
        self,
        number: int,
        writes: Mapping[str, bytes | None],
        is_ours: Callable[[], bool],
        begin: int,
    ) -> list[int]:
        """Their offsets on the changelog, once all are acknowledged; none where it is not ours.

        They are to lie from `begin` on.
        """
        mark, generation = mark_of(number), self._generation()
        place = [("id", f"{begin + len(writes)}".encode())]
        records = [
            *(Record(self._topic, number, name.encode(), value) for name, value in writes.items()),
            Record(self._topic, number, mark.encode(), f"{generation}".encode(), place),
        ]
        # What is large in it is compressed already.
        return await self._producer.write(records, packed=False, may=is_ours)

    def _tell_of(self, what: str, number: int, names: Sized) -> None:
        logger.warning(
            "%s：第 %d 分区的状态%s %d 项",
            self._topic, number, what, len(names),
            extra={"action": "state_corrected"},
        )  # fmt: skip

    def _never_ends(self) -> StorageError:
        return StorageError(
            f"Kafka 的主题 {self._topic} 一直被别的程序写入：请停止它。",
            f"Another program keeps writing to the topic {self._topic} on Kafka: please end it.",
        )


def _is_all(offsets: Sequence[int], begin: int) -> bool:
    """Whether nothing lies between them, from an offset on."""
    return offsets == list(range(begin, begin + len(offsets)))


@contextlib.contextmanager
def _told() -> Iterator[None]:
    """RocksDB tells of a full or broken disk by an exception of no kind of its own."""
    try:
        yield
    except Exception as error:
        raise unusable(error) from error


def unusable(error: Exception) -> StorageError:
    """The state folder cannot be read or written: what RocksDB says of it."""
    return StorageError(
        f"状态目录无法使用（{error}）：请检查磁盘空间和权限。",
        f"The state folder cannot be used ({error}): please check the space on its disk and "
        "its permissions.",
    )
