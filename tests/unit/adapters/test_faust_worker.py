"""What a worker reads, from where and when, is told by its own state, not by Faust."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace

import pytest

pytest.importorskip("faust")
pytest.importorskip("kafka")

from aiokafka.errors import IllegalStateError, KafkaConnectionError
from faust.types import TP

from duban.adapters.kafka.faust_worker import FaustWorker
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import Get
from duban.adapters.kafka.taken import Taken
from duban.config import KafkaSettings
from duban.errors import StorageError

SETTINGS = KafkaSettings(addresses=("127.0.0.1:9",), prefix="t-", partitions=3)
OTHER = TP("t-agency-state-changelog", 0)


class Steps:
    """A unit that came so far in each partition."""

    name = "agency"
    streams = ("facts",)
    at_once = batch = waiting = 1
    every_s = 0.0

    def __init__(self, *cursors: int) -> None:
        self.cursors = cursors

    def take(self, raws: Sequence[Raw], get: Get) -> Iterator[Taken]:
        raise NotImplementedError

    def give_up(self, raw: Raw, get: Get, error: Exception) -> Taken:
        raise NotImplementedError

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        assert stream == "facts"
        return self.cursors[partition]

    def close(self) -> None:
        pass


def worker_of(folder: Path, steps: Steps) -> FaustWorker:
    return FaustWorker(
        SETTINGS, steps, folder, session_s=30.0, told=lambda *_: None, say=lambda _: None
    )


def after_tables_were_filled(
    folder: Path, steps: Steps, fetched: dict[TP, int], gone: Sequence[TP] = ()
) -> dict[TP, int]:
    """From where each partition is read, where Faust had fetched so far before they were."""
    read, filled = dict(fetched), set()

    async def settle(number: int, is_ours: Callable[[], bool]) -> bool:
        assert is_ours()
        filled.add(number)
        return True

    async def seek(place: TP, offset: int) -> None:
        assert filled == {0, 1, 2}
        if place in gone:
            raise IllegalStateError(place)
        read[place] = offset

    async def run() -> None:
        worker = worker_of(folder, steps)
        app = worker._app
        app.consumer.assignment = lambda: set(fetched)
        app.consumer.seek = seek
        worker._table.settle = settle
        await worker._assigned(None, list(fetched))
        app.tables.on_actives_ready()  # Faust says so each time after partitions were shared out
        for _ in range(20):
            await asyncio.sleep(0)
        close(worker)

    asyncio.run(run())
    return read


def close(worker: FaustWorker) -> None:
    worker._app.consumer._thread.thread_loop.close()
    worker._reader.close()


def test_what_faust_dropped_while_tables_were_filled_is_fetched_at_once(tmp_path: Path) -> None:
    places = [TP("t-facts", number) for number in range(3)]
    fetched = {**dict(zip(places, (12, 0, 5), strict=True)), OTHER: 40}  # two of the first dropped

    read = after_tables_were_filled(tmp_path, Steps(10, 0, 5), fetched)

    assert read == {**dict(zip(places, (10, 0, 5), strict=True)), OTHER: 40}


def test_a_partition_taken_away_meanwhile_does_not_hinder_the_others(tmp_path: Path) -> None:
    first, second, third = places = [TP("t-facts", number) for number in range(3)]

    read = after_tables_were_filled(
        tmp_path, Steps(1, 2, 3), dict.fromkeys(places, 9), gone=[first]
    )

    assert read == {first: 9, second: 2, third: 3}


def test_nothing_is_taken_while_tables_are_filled(tmp_path: Path) -> None:
    place, taken = TP("t-facts", 0), []
    filled = asyncio.Event()

    async def settle(number: int, is_ours: Callable[[], bool]) -> bool:
        return await filled.wait()

    async def seek(place: TP, offset: int) -> None:
        pass

    async def handle(raws: Sequence[Raw], is_ours: Callable[[], bool]) -> bool:
        taken.append(is_ours())
        return False

    async def run() -> None:
        worker = worker_of(tmp_path, Steps(0, 0, 0))
        app = worker._app
        app.consumer.assignment = lambda: {place}
        app.consumer.seek = seek
        app.consumer.holds = lambda _: True
        worker._delivery.handle = handle
        worker._table.settle = settle
        for generation in (1, 2):
            app.consumer_generation_id = generation
            await worker._assigned(None, [place])
            await worker._take([came(place, generation)])
            app.tables.on_actives_ready()
            await asyncio.sleep(0.01)
            await worker._take([came(place, generation)])
            filled.set()
            await asyncio.sleep(0.01)
            await worker._take([came(place, generation)])
            filled.clear()
        await worker._take([came(place, 1)])
        close(worker)

    asyncio.run(run())
    assert taken == [False, False, True, False, False, True, False]


def came(place: TP, generation: int) -> tuple[None, SimpleNamespace]:
    """What Faust hands over."""
    message = SimpleNamespace(
        tp=place, topic=place.topic, partition=place.partition, offset=7, key=b"a",
        value=b"{}", headers=[], generation_id=generation,
    )  # fmt: skip
    return None, SimpleNamespace(message=message)


@pytest.mark.parametrize(
    ("error", "told", "words"),
    [
        (KafkaConnectionError("gone"), StorageError, "没有处理的都留在 Kafka 上"),
        (Exception("IO error: No space left on device"), StorageError, "请检查磁盘空间"),
        (StorageError("磁盘坏了。", "The disk is broken."), StorageError, "磁盘坏了"),
        (ZeroDivisionError("ours"), ZeroDivisionError, "ours"),
    ],
)
def test_what_made_a_worker_end_is_told_in_words(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    error: Exception,
    told: type[Exception],
    words: str,
) -> None:
    async def fails() -> None:
        worker._fail(error)

    worker = worker_of(tmp_path, Steps())
    monkeypatch.setattr(worker, "_run", fails)
    with pytest.raises(told, match=words):
        worker.run()
