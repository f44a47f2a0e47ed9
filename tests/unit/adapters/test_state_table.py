"""What a unit remembers agrees with its changelog, whoever wrote there too late."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Coroutine, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, TypeVar

import pytest

pytest.importorskip("kafka")
pytest.importorskip("aiokafka")
pytest.importorskip("rocksdict")

from aiokafka.errors import KafkaTimeoutError
from aiokafka.record.memory_records import MemoryRecords
from rocksdict import Options, Rdict, WriteBatch

from duban.adapters.kafka.partition_reader import Raw, Span
from duban.adapters.kafka.record_batch import RecordBatch
from duban.adapters.kafka.state_table import StateTable
from duban.adapters.kafka.worker_producer import WorkerProducer
from duban.config import KafkaSettings
from duban.errors import StorageError

T = TypeVar("T")
MARK = "0/generation"
SETTINGS = KafkaSettings(addresses=("127.0.0.1:1",), prefix="t-", partitions=1, timeout_s=1.0)


class Changelog:
    """One partition, as all who write there and read from it have it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.told: list[tuple[str, bytes | None]] = []

    def spans(self, name: str) -> Mapping[int, Span]:
        assert name == "unit-state-changelog"
        return {0: Span(0, len(self.told))}

    def ends(self, name: str) -> Mapping[int, int]:
        return {number: span.end for number, span in self.spans(name).items()}

    def read(self, name: str, wanted: Mapping[int, Span]) -> list[Raw]:
        span = wanted[0]
        return [
            Raw(0, offset, *self._raw(offset), stream=name)
            for offset in range(span.begin, span.end)
        ]

    def _raw(self, offset: int) -> tuple[str, str, str, bytes]:
        name, value = self.told[offset]
        return name, "", "", value or b""

    def close(self) -> None:
        pass


class Producer:
    """Writes at once, unless it is told to refuse."""

    def __init__(self, changelog: Changelog) -> None:
        self._changelog = changelog
        self.refuses = 0

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def send_batch(
        self, batch: RecordBatch, topic: str, *, partition: int
    ) -> asyncio.Future[Any]:
        assert (topic, partition) == ("t-unit-state-changelog", 0)
        future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        if self.refuses:
            self.refuses -= 1
            future.set_exception(KafkaTimeoutError())
            return future
        begin = len(self._changelog.told)
        self._changelog.told += records_of(batch)
        future.set_result(SimpleNamespace(offset=begin))
        return future


def records_of(batch: RecordBatch) -> list[tuple[str, bytes | None]]:
    found = MemoryRecords(bytes(batch._build())).next_batch()
    return [(one.key.decode(), one.value) for one in found]


class Kept:
    """RocksDB as Faust has it, with a note of how far it agrees with the changelog."""

    offset_key = b"agreed"
    is_full = False

    def __init__(self, folder: Path) -> None:
        self._db = Rdict(str(folder / uuid.uuid4().hex), Options(raw_mode=True))

    def _db_for_partition(self, number: int) -> Kept:
        assert number == 0
        return self

    def get(self, name: bytes) -> bytes | None:
        found: bytes | None = self._db.get(name)
        return found

    def write(self, batch: WriteBatch) -> None:
        if self.is_full:
            raise Exception("No space left on device")  # as it comes from RocksDB
        self._db.write(batch)

    def put(self, name: bytes, value: bytes | None) -> None:
        if value is None:
            self._db.delete(name)
        else:
            self._db.put(name, value)

    def all(self) -> dict[str, bytes]:
        left_out = (self.offset_key, MARK.encode())
        return {name.decode(): value for name, value in self._db.items() if name not in left_out}

    @property
    def agreed(self) -> int | None:
        found = self._db.get(self.offset_key)
        return int(found) if found is not None else None

    def persisted_offset(self, place: object) -> int | None:
        return self.agreed

    def set_persisted_offset(self, place: object, offset: int) -> None:
        self._db.put(self.offset_key, str(offset).encode())


class Worker:
    """One of those that have the partition by turns."""

    def __init__(self, changelog: Changelog, generation: int = 1) -> None:
        self.changelog = changelog
        self.generation = generation
        self.kept = Kept(changelog.folder)
        self.producer = Producer(changelog)
        producer = WorkerProducer(SETTINGS, lambda: self.producer)
        self.table = StateTable(
            SETTINGS, "unit", SimpleNamespace(data=self.kept), producer, changelog,
            generation=lambda: self.generation,
        )  # fmt: skip

    def write(self, is_ours: Callable[[], bool] = lambda: True, **writes: bytes) -> bool:
        return run(self.table.write(0, writes, is_ours))

    def write_late(self, **writes: bytes) -> None:
        """Write what was on its way when it stood still, to find out then that it did."""
        answers = iter([True])
        assert not self.write(lambda: next(answers, False), **writes)

    def look_over(self, is_ours: Callable[[], bool] = lambda: True) -> None:
        run(self.table.look_over([0], is_ours))

    def recover(self) -> None:
        """What Faust does when it is given the partition."""
        begin = 0 if self.kept.agreed is None else self.kept.agreed + 1
        for offset, (name, value) in enumerate(self.changelog.told[begin:], begin):
            self.kept.put(name.encode(), value)
            self.kept.set_persisted_offset(None, offset)


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


@pytest.fixture
def changelog(tmp_path: Path) -> Changelog:
    return Changelog(tmp_path)


@pytest.fixture
def worker(changelog: Changelog) -> Worker:
    return Worker(changelog)


def test_everything_is_on_the_changelog_in_its_order_before_it_is_kept(worker: Worker) -> None:
    assert worker.write(part=b"1", cursor=b"2")

    assert worker.changelog.told == [("part", b"1"), ("cursor", b"2"), (MARK, b"1")]
    assert worker.table.get(0, "part") == b"1"
    assert worker.kept.agreed == 2


def test_what_the_changelog_does_not_take_is_not_kept_either(worker: Worker) -> None:
    worker.producer.refuses = 1
    with pytest.raises(StorageError, match="没有收下"):
        worker.write(part=b"1")

    assert worker.kept.all() == {}
    assert worker.write(part=b"1")
    assert worker.kept.agreed == 1


def test_what_is_kept_and_how_far_it_agrees_are_kept_as_one(worker: Worker) -> None:
    worker.write(part=b"1")
    written: list[WriteBatch] = []
    worker.kept.write = written.append  # type: ignore[method-assign]

    worker.write(part=b"2", cursor=b"2")

    assert len(written) == 1
    assert (worker.kept.all(), worker.kept.agreed) == ({"part": b"1"}, 1)
    worker.kept._db.write(written[0])
    assert (worker.kept.all(), worker.kept.agreed) == ({"part": b"2", "cursor": b"2"}, 4)


def test_a_full_disk_is_told_and_what_could_not_be_kept_is_read_again(worker: Worker) -> None:
    worker.kept.is_full = True
    with pytest.raises(StorageError, match="No space left"):
        worker.write(part=b"1", cursor=b"1")

    assert worker.kept.agreed is None
    worker.kept.is_full = False
    worker.recover()
    assert worker.kept.all() == {"part": b"1", "cursor": b"1"}


def test_a_partition_taken_away_while_the_changelog_was_told_is_not_written_here(
    worker: Worker,
) -> None:
    worker.write_late(part=b"1")

    assert worker.changelog.told[0] == ("part", b"1")
    assert worker.kept.all() == {}


def test_a_partition_taken_away_just_before_the_changelog_is_told_is_not_written_there(
    worker: Worker,
) -> None:
    assert not worker.write(lambda: False, part=b"1")

    assert worker.changelog.told == []


def test_a_step_written_too_late_is_written_over_by_the_one_whose_partition_it_is(
    changelog: Changelog,
) -> None:
    late, owner = Worker(changelog, 1), Worker(changelog, 2)
    late.write(part=b"1", cursor=b"1")
    owner.recover()
    owner.write(part=b"2", cursor=b"2")
    late.write_late(part=b"old", cursor=b"old", new=b"?")
    owner.write(part=b"3", cursor=b"3")

    third = Worker(changelog)
    third.recover()

    assert third.kept.all() == owner.kept.all() == {"part": b"3", "cursor": b"3"}


def test_who_wrote_too_late_has_what_all_others_have_when_it_is_its_turn_again(
    changelog: Changelog,
) -> None:
    late, owner = Worker(changelog, 1), Worker(changelog, 2)
    late.write(a=b"1", b=b"1", cursor=b"1")
    owner.recover()
    owner.write(a=b"2", cursor=b"2")
    answers = iter([True, True, False])  # it finds out as it is about to correct the other
    late.write(lambda: next(answers, False), b=b"old", cursor=b"old")
    owner.write(b=b"3", cursor=b"3")

    late.recover()

    assert late.kept.all() == owner.kept.all() == {"a": b"2", "b": b"3", "cursor": b"3"}


def test_a_step_written_too_late_is_written_over_though_nothing_more_is_to_be_written(
    changelog: Changelog,
) -> None:
    late, owner = Worker(changelog, 1), Worker(changelog, 2)
    late.write(a=b"1", b=b"1", cursor=b"1")
    owner.recover()
    owner.write(a=b"2", b=b"2", cursor=b"2")
    late.write_late(b=b"old", cursor=b"old", new=b"?")
    owner.look_over()

    third = Worker(changelog)
    third.recover()

    assert third.kept.all() == owner.kept.all() == {"a": b"2", "b": b"2", "cursor": b"2"}
    count = len(changelog.told)
    owner.look_over()
    assert len(changelog.told) == count


def test_who_was_cut_off_and_knows_nothing_of_it_writes_over_nothing(changelog: Changelog) -> None:
    late, owner = Worker(changelog, 1), Worker(changelog, 2)
    late.write(a=b"1", b=b"1", cursor=b"1")
    owner.recover()
    owner.write(a=b"2", cursor=b"2")

    assert not late.write(b=b"old", cursor=b"old")  # Kafka did not tell it yet
    late.look_over()
    owner.look_over()
    late.recover()

    assert late.kept.all() == owner.kept.all() == {"a": b"2", "b": b"1", "cursor": b"2"}


def test_whose_tables_are_not_filled_any_more_looks_over_nothing(changelog: Changelog) -> None:
    first, second = Worker(changelog, 1), Worker(changelog, 2)
    first.write(a=b"1")
    second.look_over(lambda: False)

    assert changelog.told == [("a", b"1"), (MARK, b"1")]


def test_who_writes_on_and_on_is_told_of(changelog: Changelog) -> None:
    owner = Worker(changelog)
    owner.write(part=b"1")
    send = owner.producer.send_batch

    async def disturbed(*given: Any, **named: Any) -> asyncio.Future[Any]:
        changelog.told.append((f"strange {len(changelog.told)}", b"x"))
        return await send(*given, **named)

    owner.producer.send_batch = disturbed  # type: ignore[method-assign]
    with pytest.raises(StorageError, match="别的程序"):
        owner.write(other=b"2")
