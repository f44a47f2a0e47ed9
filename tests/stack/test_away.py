"""Kafka is away for a while: a worker says so once, and goes on by itself afterwards."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")

from tests.stack.commands import Commands, metric
from tests.stack.fetch import Programs
from tests.stack.kafka_server import KafkaServer
from tests.stack.server import LOOPBACK, free_ports

from duban.adapters.kafka import admin
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.config import KafkaSettings
from duban.testing.events import registered

_ASKED_AGAIN_S = 6.0  # somebody waits for Kafka by then
_CONTAINERS_GRACE_S = 60  # stop_grace_period of docker-compose.yml


def test_an_outage_is_one_line_of_the_log_and_told_where_readiness_is_asked(
    programs: Programs, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    with KafkaServer(programs) as server:
        settings = KafkaSettings(addresses=(server.address,), partitions=1)
        admin.apply(settings)
        environment = {
            "DUBAN_KAFKA_ADDRESS": server.address,
            "DUBAN_KAFKA_PARTITIONS": "1",
            "DUBAN_KAFKA_TIMEOUT": "3",
        }
        with Commands(tmp_path, environment) as commands:
            commands.start("worker", "worker", "--only", "agency", "--port", str(port))
            commands.wait_until(lambda: readiness(port) == 200)
            before = len(commands.said())

            server.kill()
            commands.wait_until(lambda: readiness(port) == 503, 60)
            told = commands.said()[before:].splitlines()
            server.start()
            with KafkaEventLog(settings) as log:
                log.append([registered("a")])
            commands.wait_until(lambda: bool(metric(port, "duban_events_total")))
            commands.wait_until(lambda: readiness(port) == 200)

            assert set(commands.stop().values()) == {0}

    assert len(told) == 1
    assert "没有处理的都留在 Kafka 上" in told[0]
    assert "又连上了 Kafka" in (tmp_path / "worker.log").read_text("utf-8")


def test_a_worker_ends_also_where_kafka_does_not_say_a_word(
    programs: Programs, tmp_path: Path
) -> None:
    (port,) = free_ports(1)
    with KafkaServer(programs) as server:
        settings = KafkaSettings(addresses=(server.address,), partitions=1)
        admin.apply(settings)
        environment = {"DUBAN_KAFKA_ADDRESS": server.address, "DUBAN_KAFKA_PARTITIONS": "1"}
        with Commands(tmp_path, environment) as commands:
            commands.start("worker", "worker", "--only", "agency", "--port", str(port))
            commands.wait_until(lambda: readiness(port) == 200)
            with server.silent():
                time.sleep(_ASKED_AGAIN_S)
                since = time.monotonic()
                assert set(commands.stop().values()) == {0}
                took_s = time.monotonic() - since

    assert took_s < _CONTAINERS_GRACE_S - 10
    assert "接手的进程会补上" in (tmp_path / "worker.log").read_text("utf-8")


def readiness(port: int) -> int:
    """The status of /readyz; 0 while nobody answers."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/readyz", timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0
