"""A worker on a Kafka that is encrypted and asks for a login."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")

from tests.stack.fetch import Programs
from tests.stack.kafka_server import PASSWORD, USER, KafkaServer
from tests.stack.server import free_ports

from duban.adapters.kafka import admin
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.config_source import kafka_settings
from duban.testing.events import registered

_PATIENCE_S = 180.0


@pytest.fixture(scope="module")
def server(programs: Programs) -> Iterator[KafkaServer]:
    """A broker with a login and encryption."""
    with KafkaServer(programs) as started:
        yield started


def secured(server: KafkaServer, tmp_path: Path, password: str) -> Mapping[str, str]:
    """The settings as an office gives them: the password in a file of its own."""
    file = tmp_path / "password"
    file.write_text(f"{password}\n")
    return {
        "DUBAN_KAFKA_ADDRESS": server.tls_address,
        "DUBAN_KAFKA_PARTITIONS": "1",
        "DUBAN_KAFKA_TLS": "true",
        "DUBAN_KAFKA_CA_FILE": str(server.ca_file),
        "DUBAN_KAFKA_USER": USER,
        "DUBAN_KAFKA_PASSWORD_FILE": str(file),
        "DUBAN_KAFKA_MECHANISM": "PLAIN",
        "DUBAN_BLOBS_URL": str(tmp_path / "originals"),
    }


def asked(port: int, path: str) -> str:
    """What a worker answers; empty while it does not."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=10) as answer:
            found: str = answer.read().decode()
            return found
    except (OSError, urllib.error.URLError):
        return ""


def taken(port: int) -> float:
    """How many events the worker took."""
    lines = asked(port, "/metrics").splitlines()
    return sum(float(one.split()[-1]) for one in lines if one.startswith("duban_events_total{"))


def test_a_worker_takes_events_over_an_encrypted_connection_with_a_login(
    server: KafkaServer, tmp_path: Path
) -> None:
    environment = secured(server, tmp_path, PASSWORD)
    settings = kafka_settings(environment=environment)
    (port,) = free_ports(1)
    admin.apply(settings)
    with KafkaEventLog(settings) as log:
        log.append([registered("a")])
    command = [str(Path(sys.executable).with_name("duban")), "worker", "--only", "agency"]
    with (tmp_path / "worker.log").open("wb") as said:
        worker = subprocess.Popen(
            [*command, "--data", str(tmp_path / "data"), "--port", str(port), "--verbose"],
            env={**os.environ, **environment}, stdout=said, stderr=said,
        )  # fmt: skip
    try:
        until = time.monotonic() + _PATIENCE_S
        while not taken(port):
            assert worker.poll() is None, (tmp_path / "worker.log").read_text()[-3000:]
            assert time.monotonic() < until, (tmp_path / "worker.log").read_text()[-3000:]
            time.sleep(0.5)
    finally:
        worker.send_signal(signal.SIGTERM)
        code = worker.wait(60)

    assert code == 0
    assert PASSWORD not in (tmp_path / "worker.log").read_text()


def test_a_worker_with_a_wrong_password_ends_with_one_line(
    server: KafkaServer, tmp_path: Path
) -> None:
    environment = {**secured(server, tmp_path, "falsch"), "DUBAN_KAFKA_TIMEOUT": "5"}
    command = [str(Path(sys.executable).with_name("duban")), "worker", "--only", "agency"]

    done = subprocess.run(
        [*command, "--data", str(tmp_path / "data")], env={**os.environ, **environment},
        capture_output=True, text=True, check=False, timeout=_PATIENCE_S,
    )  # fmt: skip

    zh, en = done.stderr.splitlines()
    assert done.returncode == 2
    assert f"不接受用户 {USER} 的登录" in zh
    assert en.startswith("Error: ")
    assert "falsch" not in done.stderr
