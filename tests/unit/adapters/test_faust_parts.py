"""What Faust is given of ours is what it uses."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

pytest.importorskip("faust")

from duban.adapters.kafka.faust_app import application_of
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
