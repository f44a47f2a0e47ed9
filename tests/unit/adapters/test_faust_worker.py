"""Where a worker reads on from is told by its cursors, not by what Faust has fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

pytest.importorskip("faust")
pytest.importorskip("kafka")

from aiokafka.errors import IllegalStateError
from faust.types import TP

from duban.adapters.kafka.faust_worker import FaustWorker
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import Get
from duban.adapters.kafka.taken import Taken
from duban.config import KafkaSettings

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


def after_tables_were_filled(
    folder: Path, steps: Steps, fetched: dict[TP, int], gone: Sequence[TP] = ()
) -> dict[TP, int]:
    """From where each partition is read, where Faust had fetched so far before they were."""
    read = dict(fetched)

    async def seek(place: TP, offset: int) -> None:
        if place in gone:
            raise IllegalStateError(place)
        read[place] = offset

    async def run() -> None:
        worker = FaustWorker(
            SETTINGS, steps, folder, session_s=30.0, told=lambda *_: None, say=lambda _: None
        )
        app = worker._app
        app.consumer.assignment = lambda: set(fetched)
        app.consumer.seek = seek
        app.tables.on_actives_ready()  # Faust says so each time after partitions were shared out
        for _ in range(20):
            await asyncio.sleep(0)
        app.consumer._thread.thread_loop.close()
        worker._reader.close()

    asyncio.run(run())
    return read


def test_what_faust_dropped_while_tables_were_filled_is_fetched_at_once(tmp_path: Path) -> None:
    first, second = TP("t-facts", 0), TP("t-facts", 2)
    fetched = {first: 12, second: 5, OTHER: 40}  # two of the first were dropped

    read = after_tables_were_filled(tmp_path, Steps(10, 0, 5), fetched)

    assert read == {first: 10, second: 5, OTHER: 40}


def test_a_partition_taken_away_meanwhile_does_not_hinder_the_others(tmp_path: Path) -> None:
    first, second = TP("t-facts", 0), TP("t-facts", 1)

    read = after_tables_were_filled(tmp_path, Steps(1, 2), {first: 9, second: 9}, gone=[first])

    assert read == {first: 9, second: 2}
