"""What a unit remembers agrees with its changelog, whoever wrote there too late."""

from __future__ import annotations

import asyncio
import itertools
import random
import uuid
from collections.abc import Callable, Coroutine, Iterator, Mapping
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

from duban.adapters.kafka.origin import OtherTopicsError
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
        self.ids: dict[int, str] = {}
        self.reads = 0
        self.shared_out = itertools.count(10)

    def spans(self, name: str) -> Mapping[int, Span]:
        assert name == "unit-state-changelog"
        return {0: Span(0, len(self.told))}

    def ends(self, name: str) -> Mapping[int, int]:
        return {number: span.end for number, span in self.spans(name).items()}

    def read(self, name: str, wanted: Mapping[int, Span]) -> list[Raw]:
        return list(self.each(name, wanted))

    def each(self, name: str, wanted: Mapping[int, Span]) -> Iterator[Raw]:
        span = wanted[0]
        for offset in range(span.begin, span.end):
            self.reads += 1
            yield Raw(0, offset, *self._raw(offset), stream=name)

    def _raw(self, offset: int) -> tuple[str, str, str, bytes]:
        name, value = self.told[offset]
        return name, self.ids.get(offset, ""), "", value or b""

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
        for offset, (name, value, place) in enumerate(records_of(batch), begin):
            self._changelog.told.append((name, value))
            self._changelog.ids[offset] = place
        future.set_result(SimpleNamespace(offset=begin))
        return future


def records_of(batch: RecordBatch) -> list[tuple[str, bytes | None, str]]:
    found = MemoryRecords(bytes(batch._build())).next_batch()
    return [
        (one.key.decode(), one.value, dict(one.headers).get("id", b"").decode()) for one in found
    ]


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
        producer = WorkerProducer(SETTINGS, lambda: self.producer, lambda within_s: self.check())
        self.table = StateTable(
            SETTINGS, "unit", SimpleNamespace(data=self.kept), producer, changelog,
            generation=lambda: self.generation,
        )  # fmt: skip

    def check(self) -> None:
        """Whether topics are the same: as far as a test does not say otherwise."""

    def write(self, is_ours: Callable[[], bool] = lambda: True, **writes: bytes) -> bool:
        return run(self.table.write(0, writes, is_ours))

    def write_late(self, **writes: bytes) -> None:
        """Write what was on its way when it stood still, to find out then that it did."""
        answers = iter([True])
        assert not self.write(lambda: next(answers, False), **writes)

    def look_over(self, is_ours: Callable[[], bool] = lambda: True) -> None:
        run(self.table.look_over([0], is_ours))

    def settle(self, is_ours: Callable[[], bool] = lambda: True) -> bool:
        return run(self.table.settle(0, is_ours))

    def take_over(self) -> dict[str, bytes]:
        """What it goes on from."""
        assert self.settle()
        return self.kept.all()

    def recover(self) -> None:
        """Partitions are shared out, and it is given the one."""
        self.generation = next(self.changelog.shared_out)
        assert self.settle()


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


def test_to_a_changelog_that_was_made_anew_nothing_is_written_nor_kept_here(
    worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def others() -> None:
        raise OtherTopicsError("主题已重新建立")

    monkeypatch.setattr(worker, "check", others)
    with pytest.raises(OtherTopicsError):
        worker.write(a=b"1")

    assert worker.changelog.told == []
    assert worker.kept.all() == {}


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

    assert third.take_over() == owner.kept.all() == {"part": b"3", "cursor": b"3"}


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

    assert third.take_over() == owner.kept.all() == {"a": b"2", "b": b"2", "cursor": b"2"}
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


@pytest.fixture
def disputed(changelog: Changelog) -> Worker:
    """The owner of a partition into which another wrote late; nobody has looked since."""
    late, owner = Worker(changelog, 1), Worker(changelog, 2)
    late.write(a=b"1", b=b"1", cursor=b"1")
    assert owner.take_over() == {"a": b"1", "b": b"1", "cursor": b"1"}
    owner.write(a=b"2", b=b"2", cursor=b"2")
    late.write_late(b=b"old", cursor=b"old", new=b"?")
    return owner


AGREED = {"a": b"2", "b": b"2", "cursor": b"2"}


def test_a_late_step_whose_owner_was_killed_before_it_looked_is_undone_by_the_next(
    changelog: Changelog, disputed: Worker
) -> None:
    third, fourth = Worker(changelog, 3), Worker(changelog, 4)

    assert third.take_over() == AGREED
    assert third.write(a=b"3", cursor=b"3")
    count = len(changelog.told)
    assert fourth.settle()

    assert fourth.kept.all() == third.kept.all() == AGREED | {"a": b"3", "cursor": b"3"}
    assert len(changelog.told) == count


def test_it_is_undone_too_where_no_event_comes_any_more(
    changelog: Changelog, disputed: Worker
) -> None:
    third, fourth = Worker(changelog, 3), Worker(changelog, 4)

    third.look_over()

    assert third.kept.all() == fourth.take_over() == AGREED


def test_a_step_of_an_owner_that_was_killed_before_it_saw_the_late_one_was_not_made(
    changelog: Changelog, disputed: Worker
) -> None:
    answers = iter([True])
    assert not disputed.write(lambda: next(answers, False), a=b"3", cursor=b"3")

    assert Worker(changelog, 3).take_over() == AGREED
    assert disputed.take_over() == AGREED


def test_a_step_that_could_not_be_agreed_upon_is_not_gone_on_from(
    changelog: Changelog, disputed: Worker
) -> None:
    assert disputed.settle()
    send, sent = disputed.producer.send_batch, []

    async def once(*given: Any, **named: Any) -> asyncio.Future[Any]:
        sent.append(given)
        disputed.producer.refuses = len(sent) == 2
        return await send(*given, **named)

    disputed.producer.send_batch = once  # type: ignore[method-assign]
    with pytest.raises(StorageError):
        disputed.write(a=b"3", cursor=b"3")

    assert disputed.settle()
    assert disputed.kept.all() == AGREED
    assert Worker(changelog, 3).take_over() == AGREED


def test_who_was_killed_as_it_went_back_is_followed_by_one_that_does(
    changelog: Changelog, disputed: Worker
) -> None:
    third = Worker(changelog, 3)
    third.producer.refuses = 1
    with pytest.raises(StorageError):
        third.settle()
    assert not third.settle(lambda: False)

    assert Worker(changelog, 4).take_over() == AGREED


def test_what_is_agreed_upon_though_others_wrote_the_same_between_stands(
    changelog: Changelog,
) -> None:
    owner = Worker(changelog)
    owner.write(a=b"1", cursor=b"1")
    changelog.told.append(("cursor", b"2"))  # as where an answer was lost and it wrote again
    assert owner.write(cursor=b"2")

    assert Worker(changelog, 2).take_over() == {"a": b"1", "cursor": b"2"}


def test_of_a_step_whose_end_never_came_nothing_is_kept(changelog: Changelog) -> None:
    Worker(changelog).write(a=b"1", cursor=b"1")
    changelog.told += [("a", b"2"), ("b", b"2")]  # it was too large for one write

    assert Worker(changelog, 2).take_over() == {"a": b"1", "cursor": b"1"}


def test_what_an_older_program_wrote_is_believed(changelog: Changelog) -> None:
    changelog.told += [("a", b"1"), ("cursor", b"1")]
    assert Worker(changelog, 1).take_over() == {"a": b"1", "cursor": b"1"}

    changelog.told += [("a", b"2"), (MARK, b"1")]
    newer = Worker(changelog, 2)
    assert newer.take_over() == {"a": b"2", "cursor": b"1"}
    assert len(changelog.told) == 4

    newer.write(cursor=b"2")
    changelog.told += [("a", b"3"), (MARK, b"3")]
    assert Worker(changelog, 4).take_over() == {"a": b"3", "cursor": b"2"}
    assert len(changelog.told) == 8


def test_a_partition_is_looked_at_once_by_whoever_is_given_it(changelog: Changelog) -> None:
    Worker(changelog).write(a=b"1", b=b"1", cursor=b"1")
    second = Worker(changelog, 2)
    second.take_over()
    reads = changelog.reads
    assert reads == 5  # the last record, and all of them

    assert second.settle()
    assert changelog.reads == reads
    second.generation = 3
    assert second.settle()
    assert changelog.reads == reads + 1


def test_what_came_to_lie_in_its_place_after_the_tables_were_filled_is_gone_on_from(
    changelog: Changelog, disputed: Worker
) -> None:
    third = Worker(changelog, 3)
    disputed.look_over()  # it was not dead
    disputed.write(a=b"3", cursor=b"3")
    Worker(changelog, 1).write_late(b=b"old")

    assert third.settle()
    assert third.kept.all() == AGREED | {"a": b"3", "cursor": b"3"}
    assert Worker(changelog, 4).take_over() == third.kept.all()


@pytest.mark.parametrize("seed", range(40))
def test_whatever_comes_late_and_whoever_is_killed_state_is_that_of_one_moment(
    changelog: Changelog, seed: int
) -> None:
    """Each step tells of all parts, so that parts of two moments are seen; none that is made is
    lost.
    """
    chance = random.Random(seed)
    workers = [Worker(changelog, 1)]
    made = 0
    for number in range(1, 25):
        owner = workers[-1]
        step = step_of(chance, owner.kept.all(), number)
        match chance.choice(["step", "step", "late", "killed", "look", "handed on"]):
            case "step":
                assert owner.write(**step)
                made = number
            case "late" if len(workers) > 1:
                late = chance.choice(workers[:-1])
                late.write_late(**step_of(chance, late.kept.all(), number))
            case "killed":
                answers = iter([True] * chance.randint(1, 3))
                owner.write(lambda left=answers: next(left, False), **step)  # type: ignore[misc]
                workers.append(Worker(changelog, owner.generation + 1))
                workers[-1].take_over()
            case "look":
                owner.look_over()
            case "handed on":
                back = chance.choice(workers)
                back.generation = owner.generation + 1
                workers.remove(back)
                workers.append(back)
                back.take_over()
        assert workers[-1].kept.all().get("cursor", b"00") >= b"%02d" % made

    found = Worker(changelog, 99).take_over()
    assert found.get("cursor", b"00") >= b"%02d" % made
    assert found.pop("sum", b"") == sum_of(found)


def step_of(chance: random.Random, state: dict[str, bytes], number: int) -> dict[str, bytes]:
    data = b"%02d" % number
    step = {name: data for name in "abcde" if chance.random() < 0.4} | {"cursor": data}
    after = {name: value for name, value in state.items() if name != "sum"} | step
    return step | {"sum": sum_of(after)}


def sum_of(state: Mapping[str, bytes]) -> bytes:
    return b" ".join(b"%s=%s" % (name.encode(), state[name]) for name in sorted(state))


def test_a_large_changelog_is_taken_over_bit_by_bit(changelog: Changelog) -> None:
    changelog.told += [(f"{number % 700}", f"{number}".encode()) for number in range(2500)]
    changelog.told += [("7", None), (MARK, b"1")]
    second = Worker(changelog, 2)

    assert second.take_over() == {
        f"{name}": f"{name + 2100 if name < 400 else name + 1400}".encode()
        for name in range(700)
        if name != 7
    }
    assert second.kept.agreed == len(changelog.told) - 1
