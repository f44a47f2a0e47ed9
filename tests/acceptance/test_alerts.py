"""A whole program tells a real receiver of what it found; killed in between, it loses nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.domain.event import MessageDelivered
from duban.errors import UsageError
from duban.testing.clock import SHANGHAI
from duban.testing.events import checked, read
from duban.testing.office import fill_office

DUBAN = Path(sys.executable).parent / "duban"
_PATIENCE_S = 60.0
# apprise loads its plugins at the first address, and one of them asks for this old module.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


class Receiver(ThreadingHTTPServer):
    """Takes what is posted; `meanwhile` is called before it answers."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.got: list[dict[str, Any]] = []
        self.meanwhile: Callable[[], None] = lambda: None


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        data = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        server = self.server
        assert isinstance(server, Receiver)
        server.got.append({**data, "id": self.headers["X-Duban-Message"]})
        server.meanwhile()
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """An office whose last record is of today."""
    fill_office(tmp_path / "data")
    today = msgspec.structs.replace(checked("b"), id="today", at=datetime.now(SHANGHAI))
    with EmbeddedStore(tmp_path / "data") as store:
        store.log.append([today])
    return tmp_path / "data"


def plan(folder: Path, *channel: str, **more: int) -> Path:
    """An alerts file with one channel and no waiting."""
    path = folder / "alerts.yaml"
    head = [f"{name}: {value}" for name, value in {"window_minutes": 0, **more}.items()]
    path.write_text(
        "\n".join([
            "format: duban.alerts/1", "page: http://duban.local", *head,
            "channels:", "  - name: 渠道", *(f"    {line}" for line in channel),
            "routes:", "  - name: 全部", "    channel: 渠道", "",
        ]),
        encoding="utf-8",
    )  # fmt: skip
    return path


class Serving:
    """`duban serve` as a program of its own."""

    def __init__(self, data: Path, alerts: Path) -> None:
        command = [DUBAN, "serve", "--no-crawl", "--port", "0", "--data", data, "--alerts", alerts]
        self._program = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
            env={**os.environ, "DUBAN_TOKEN": "s3cret"},
        )  # fmt: skip

    def kill(self) -> None:
        self._program.send_signal(signal.SIGKILL)

    def ended(self) -> str:
        return self._program.communicate(timeout=_PATIENCE_S)[1].decode()

    def stop(self) -> str:
        self._program.send_signal(signal.SIGINT)
        return self.ended()


def until(is_so: Callable[[], bool]) -> None:
    end = time.monotonic() + _PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


def receipts(data: Path) -> list[MessageDelivered]:
    with EmbeddedStore(data) as store:
        found = [one.event.body for one in store.log.read("alerts", limit=10_000)]
    return [body for body in found if isinstance(body, MessageDelivered)]


def duban(*arguments: object) -> Result:
    return CliRunner().invoke(group, list(map(str, arguments)))


def test_each_bad_report_is_one_message_and_a_restart_sends_none_again(
    data: Path, tmp_path: Path, receiver: Receiver
) -> None:
    url = f"json://duban:s3cret@127.0.0.1:{receiver.server_port}/in"
    alerts = plan(tmp_path, f"address: {url}")

    first = Serving(data, alerts)
    until(lambda: len(receiver.got) == 2)
    said = first.stop()
    again = Serving(data, alerts)
    time.sleep(2)
    said += again.stop()

    assert len(receiver.got) == 2
    assert {one.route for one in receipts(data)} == {"全部"}
    assert [one.message_id for one in receipts(data)] == [one["id"] for one in receiver.got]
    titles = sorted(one["title"] for one in receiver.got)
    assert [title.partition("，")[0] for title in titles] == [
        "【督办】a县财政局 2024 年度：新发现",
        "【督办】b县财政局 2023 年度：新发现",
    ]
    assert "http://duban.local/reports/a/2024" in receiver.got[0]["message"]
    assert "s3cret" not in said


def test_killed_before_the_answer_comes_it_sends_the_same_message_again_and_no_other(
    data: Path, tmp_path: Path, receiver: Receiver
) -> None:
    alerts = plan(tmp_path, f"address: json://127.0.0.1:{receiver.server_port}/in", most_per_hour=1)
    program = Serving(data, alerts)
    receiver.meanwhile = program.kill
    until(lambda: len(receiver.got) == 1)
    program.ended()
    receiver.meanwhile = lambda: None
    assert receipts(data) == []

    again = Serving(data, alerts)
    until(lambda: len(receiver.got) == 2)
    time.sleep(1)
    again.stop()

    first, second = receiver.got
    assert first["id"] == second["id"]
    assert "可能重复" in second["message"]
    assert "可能重复" not in first["message"]
    (receipt,) = receipts(data)
    assert (receipt.message_id, receipt.purpose) == (first["id"], "digest")


def test_an_office_looks_at_its_alerts_and_keeps_some_quiet(data: Path, tmp_path: Path) -> None:
    listed = duban("alerts", "list", "--data", data)
    assert "a/2024/report" in listed.output
    assert "未发" in listed.output

    quiet = duban(
        "alerts", "silence", "--agency", "a", "--until", "2099-12-31",
        "--reason", "机构改革", "--by", "王主任", "--data", data,
    )  # fmt: skip
    assert quiet.exit_code == 0, quiet.output
    serving = Serving(data, plan(tmp_path, "folder: out"))
    until(lambda: len(list((tmp_path / "out").glob("*.txt"))) == 1)
    serving.stop()

    listed = duban("alerts", "list", "--data", data)
    (a, b) = [line for line in listed.output.splitlines() if "/report" in line]
    assert "静默至 2099-12-31" in a
    assert "未发" in a
    assert "已发 1 次" in b
    assert "由 王主任：机构改革" in listed.output
    shown = duban("alerts", "show", "b/2023", "--data", data)
    assert "经 渠道 送出消息" in shown.output
    as_json = duban("alerts", "list", "--format", "json", "--data", data)
    told = [json.loads(line) for line in as_json.output.splitlines()]
    assert [one["key"] for one in told] == ["a/2024/report", "b/2023/report"]

    beginning = quiet.output.strip().rpartition(" ")[2]
    serving = Serving(data, plan(tmp_path, "folder: out"))
    time.sleep(2)
    assert duban("alerts", "unsilence", beginning, "--data", data).exit_code == 0
    until(lambda: len(list((tmp_path / "out").glob("*.txt"))) == 2)
    serving.stop()


def test_a_test_message_says_that_it_is_one(tmp_path: Path, receiver: Receiver) -> None:
    alerts = plan(tmp_path, f"address: json://127.0.0.1:{receiver.server_port}/in")

    done = duban("alerts", "test", "--alerts", alerts)

    assert (done.exit_code, done.output) == (0, "渠道“渠道”：已送出测试消息。\n")
    assert receiver.got[0]["title"] == "【督办】测试消息，请忽略"


def test_a_channel_that_does_not_work_is_told_by_its_name_alone(tmp_path: Path) -> None:
    alerts = plan(tmp_path, "address: json://u:s3cret@127.0.0.1:9/in")

    done = duban("alerts", "test", "--alerts", alerts)

    assert isinstance(done.exception, UsageError)
    assert "渠道“渠道”：对方没有接受" in done.output
    assert "s3cret" not in done.output + str(done.exception)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (("silence", "--until", "2099-01-01", "--reason", "x"), "请说明静默哪些提醒"),
        (
            ("silence", "--all", "--year", "2024", "--until", "2099-01-01", "--reason", "x"),
            "请说明",
        ),
        (("silence", "--all", "--until", "2020-01-01", "--reason", "x"), "--until 早于今天"),
        (("unsilence", "abc"), "没有编号以“abc”开头"),
        (("show", "nobody"), "没有名称以“nobody”开头的提醒"),
    ],
)
def test_what_cannot_be_asked_is_told(data: Path, asked: tuple[str, ...], told: str) -> None:
    done = duban("alerts", *asked, "--data", data)

    assert isinstance(done.exception, UsageError)
    assert told in str(done.exception)


def test_serve_refuses_an_alerts_file_with_faults_before_it_touches_the_data(
    tmp_path: Path,
) -> None:
    alerts = plan(tmp_path, "address: nosuch://x")

    said = Serving(tmp_path / "data", alerts).ended()

    assert "apprise 不认识" in said
    assert not (tmp_path / "data").exists()


def test_other_bytes_with_the_same_faults_are_no_news(data: Path, tmp_path: Path) -> None:
    alerts = plan(tmp_path, "folder: out")
    serving = Serving(data, alerts)
    until(lambda: len(list((tmp_path / "out").glob("*.txt"))) == 2)
    serving.stop()
    with EmbeddedStore(data) as store:
        store.log.append([read("a", 2024, "一、总体情况", "另有一段", minute=30)])

    serving = Serving(data, alerts)
    time.sleep(3)
    serving.stop()

    assert len(list((tmp_path / "out").glob("*.txt"))) == 2
