"""The servers of the tests are real, keep their data over a restart, and never outlive a run."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
import uuid
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("kafka")

from kafka.admin import KafkaAdminClient
from tests.stack.fetch import Programs
from tests.stack.kafka_server import KafkaServer

GUARD = Path(__file__).parent / "guard.py"


@pytest.mark.long
def test_a_broker_killed_and_started_again_has_what_was_acknowledged(programs: Programs) -> None:
    with KafkaServer(programs) as server:
        client = KafkaAdminClient(bootstrap_servers=server.address)
        client.create_topics({"kept": {"num_partitions": 1}}, wait_for_metadata=True)
        client.close()

        server.kill()
        server.start()

        client = KafkaAdminClient(bootstrap_servers=server.address)
        assert client.list_topics() == ["kept"]
        client.close()
        folder = server.folder
    assert not folder.exists()


def test_the_search_server_finds_a_chinese_phrase(elastic: str) -> None:
    index = f"{elastic}/t{uuid.uuid4().hex}"
    _ask("PUT", f"{index}/_doc/1?refresh=true", {"title": "政府信息公开工作年度报告"})

    query = {"query": {"match_phrase": {"title": "工作年度"}}}
    found = _ask("POST", f"{index}/_search", query)
    _ask("DELETE", index, None)

    assert [one["_id"] for one in found["hits"]["hits"]] == ["1"]


def test_a_server_ends_and_leaves_nothing_when_who_started_it_is_killed(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    told = tmp_path / "pid"
    child = f"import os, time; open({str(told)!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    server = [sys.executable, str(GUARD), "-", str(folder), sys.executable, "-c", child]
    starter = (
        "import subprocess, time\n"
        f"subprocess.Popen({server!r}, stdin=subprocess.PIPE)\n"
        "time.sleep(600)\n"
    )
    process = subprocess.Popen([sys.executable, "-c", starter])
    _wait(lambda: told.is_file() and told.read_text() != "")
    pid = int(told.read_text())
    assert _runs(pid)

    os.kill(process.pid, signal.SIGKILL)
    process.wait()

    _wait(lambda: not _runs(pid) and not folder.exists())


def _ask(method: str, url: str, body: object) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json"}
    request = urllib.request.Request(url, data, headers, method=method)
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)


def _wait(until: object) -> None:
    assert callable(until)
    for _ in range(200):
        if until():
            return
        time.sleep(0.05)
    raise AssertionError


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().split()[2] != "Z"
    except FileNotFoundError:
        return False
