"""What Faust is given of ours is what it uses."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

pytest.importorskip("faust")
pytest.importorskip("kafka")

from faust.types import TP

from duban.adapters.kafka.connection import options
from duban.adapters.kafka.faust_app import application_of, producer_of, table_of
from duban.adapters.kafka.faust_parts import Tables
from duban.config import KafkaSettings

SETTINGS = KafkaSettings(addresses=("127.0.0.1:9",), prefix="t-", partitions=3)


def test_whoever_waits_for_the_tables_is_told_each_time_messages_flow(tmp_path: Path) -> None:
    async def run() -> None:
        app = application_of(SETTINGS, "agency", tmp_path, 30.0)
        told: list[int] = []
        tables = app.tables
        assert isinstance(tables, Tables)
        tables.ready = lambda: told.append(len(told))
        tables.on_actives_ready()
        tables.on_actives_ready()

        assert told == [0, 1]

    asyncio.run(run())


def test_kafka_holds_a_fetch_back_for_a_moment_only(tmp_path: Path) -> None:
    async def run() -> int:
        app = application_of(SETTINGS, "agency", tmp_path, 30.0)
        thread = app.consumer._thread
        made = thread._create_worker_consumer(app.transport)
        waits: int = made._fetch_max_wait_ms
        await made.stop()
        thread.thread_loop.close()
        return waits

    assert asyncio.run(run()) <= 500


def test_what_is_known_of_brokers_is_never_old(tmp_path: Path) -> None:
    async def run() -> set[float]:
        app = application_of(SETTINGS, "agency", tmp_path, 30.0)
        thread = app.consumer._thread
        reading = thread._create_worker_consumer(app.transport)
        writing = producer_of(SETTINGS), app.producer._new_producer()
        clients = [reading._client, *(one.client for one in writing)]
        for one in (reading, *writing):
            await one.stop()
        thread.thread_loop.close()
        return {one._metadata_max_age_ms for one in clients}

    assert asyncio.run(run()) == {options(SETTINGS)["metadata_max_age_ms"]} == {30_000}


def test_what_faust_fetched_of_a_changelog_is_put_over_nothing(tmp_path: Path) -> None:
    async def run() -> None:
        app = application_of(SETTINGS, "agency", tmp_path, 30.0)
        table = table_of(app, 3)
        place = TP("t-agency-state-changelog", 0)
        kept = table.data._db_for_partition(0)
        kept.put(b"name", b"newer")
        table.data.set_persisted_offset(place, 7)
        recovery = app.tables.recovery
        message = SimpleNamespace(tp=place, partition=0, offset=5, key=b"name", value=b"older")
        recovery.buffers[table].append(SimpleNamespace(message=message))

        recovery.flush_buffers()  # as where partitions are shared out again

        assert (kept.get(b"name"), table.persisted_offset(place)) == (b"newer", 7)

    asyncio.run(run())


def test_faust_finds_nothing_to_read_of_a_changelog(tmp_path: Path) -> None:
    async def run() -> None:
        app = application_of(SETTINGS, "agency", tmp_path, 30.0)
        table = table_of(app, 3)
        recovery = app.tables.recovery
        for number, end in ((0, 0), (1, 40)):
            place = TP("t-agency-state-changelog", number)
            table.data.set_persisted_offset(place, 3)
            recovery.add_active(table, place)
            recovery.active_highwaters[place] = end - 1
        assert recovery.need_recovery()

        unused: Any = None
        await recovery._build_offsets(
            unused, recovery.active_tps, recovery.active_offsets, "active"
        )

        assert not recovery.need_recovery()

    asyncio.run(run())


async def nothing() -> None:
    pass


async def never() -> None:
    await asyncio.Event().wait()


def reader_of(folder: Path, on_stop: Callable[[], Awaitable[None]]) -> Any:
    """The thread that reads, without a Kafka."""
    thread = application_of(SETTINGS, "agency", folder, 30.0).consumer._thread
    thread.on_start = nothing
    thread.on_thread_stop = on_stop
    return thread


def test_what_is_stopped_before_its_thread_runs_ends(tmp_path: Path) -> None:
    async def run() -> threading.Thread:
        reader = reader_of(tmp_path, nothing)
        begin = reader._start_thread

        def late() -> None:
            time.sleep(0.3)
            begin()

        reader._start_thread = late
        starting = asyncio.create_task(reader.start())
        await asyncio.sleep(0)
        starting.cancel()
        await reader.stop()
        found: threading.Thread = reader._thread
        return found

    thread = asyncio.run(run())
    thread.join(5.0)
    assert not thread.is_alive()


def test_a_thread_that_does_not_end_holds_nobody_up(tmp_path: Path) -> None:
    async def run() -> threading.Thread:
        reader = reader_of(tmp_path, never)
        reader.shutdown_timeout = 0.2
        await reader.start()
        async with asyncio.timeout(5.0):
            await reader.stop()
        found: threading.Thread = reader._thread
        return found

    assert asyncio.run(run()).daemon  # the process ends without it
