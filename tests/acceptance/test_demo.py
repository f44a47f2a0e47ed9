"""`duban demo` as a newcomer runs it: findings within a minute, a clean end, and on from there."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

DUBAN = Path(sys.executable).parent / "duban"
PATIENCE_S = 60


@contextmanager
def demo(data: Path) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A running demo and its address; whatever happens it is ended."""
    process = subprocess.Popen(
        [DUBAN, "demo", "--data", data, "--agencies", "6", "--every", "1", "--port", "18470"],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr is not None
        for line in process.stderr:
            if found := re.search(r"页面：\s*(http://\S+)", line):
                yield found[1], process
                return
        raise AssertionError("the demo ended before it printed its address")
    finally:
        process.kill()
        process.communicate()


def overview(address: str) -> dict[str, Any]:
    with urlopen(address + "api/v1/overview", timeout=10) as answer:
        return json.load(answer)


def wait_for(address: str, wanted: str, least: int) -> dict[str, Any]:
    start = time.monotonic()
    while (figures := overview(address)["ledger"])[wanted] < least:
        assert time.monotonic() - start < PATIENCE_S, figures
        time.sleep(0.5)
    return figures


def read(figures: dict[str, Any]) -> int:
    """How many reports were read and judged."""
    return int(figures["compliant"] + figures["failing"])


def stop(process: subprocess.Popen[str]) -> str:
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in said
    return said


def test_the_demo_finds_something_soon_ends_cleanly_and_goes_on(tmp_path: Path) -> None:
    with demo(tmp_path) as (address, process):
        before = read(wait_for(address, "failing", 1))
        assert "已停止" in stop(process)

    with demo(tmp_path) as (address, process):
        assert read(wait_for(address, "owed", 1)) >= before
        wait_for(address, "compliant", 1)
        with urlopen(address + "findings.csv", timeout=10) as answer:
            rows = answer.read().decode("utf-8-sig").splitlines()[1:]
        fingerprints = [row.split(",")[-2] for row in rows]
        assert len(fingerprints) == len(set(fingerprints)) > 0
        stop(process)


def test_a_busy_port_is_told_in_one_sentence(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [DUBAN, "serve", "--no-crawl", "--data", tmp_path, "--port", port],
            capture_output=True,
            text=True,
            timeout=60,
        )
    assert done.returncode == 2
    chinese, english = done.stderr.strip().splitlines()
    assert f"端口 {port} 已被占用" in chinese
    assert port in english


def test_a_data_folder_that_is_a_file_is_told_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("", encoding="utf-8")
    done = subprocess.run(
        [DUBAN, "serve", "--no-crawl", "--data", tmp_path / "data", "--port", "0"],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
