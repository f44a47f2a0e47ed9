"""Processes that fill indices: what they are heard to say, and that none is left over."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable
from multiprocessing import active_children, forkserver
from pathlib import Path

import pytest

pytest.importorskip("elasticsearch")

from tests.unit.elastic import parts
from tests.unit.elastic.parts import Part, fill

from duban.adapters.elastic.apart import is_ready
from duban.adapters.elastic.failure import MissingError
from duban.errors import StorageError


def until(is_so: Callable[[], bool], most_s: float = 60.0) -> None:
    end = time.monotonic() + most_s
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_is_heard_of_each_part_is_told() -> None:
    assert sorted(map(str, fill(Part("one"), Part("two")))) == ["one", "two"]
    assert active_children() == []


def test_an_error_of_a_process_is_one_of_the_rebuild_and_ends_the_others(tmp_path: Path) -> None:
    with pytest.raises(MissingError, match="没有索引") as caught:
        fill(Part("stay", str(tmp_path)), Part("missing"))

    assert caught.value.english == "no index"
    assert active_children() == []


@pytest.mark.parametrize("then", ["fault", "killed"])
def test_a_process_that_ends_without_a_word_is_an_error(then: str) -> None:
    with pytest.raises(StorageError, match="意外停止"):
        fill(Part("none"), Part(then))

    assert active_children() == []


def test_where_no_process_can_be_started_it_is_not_ready(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse() -> None:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(forkserver, "ensure_running", refuse)

    assert not is_ready([Part("one")])
    assert "Resource temporarily unavailable" in caplog.text


def test_no_process_outlives_the_one_that_rebuilds(tmp_path: Path) -> None:
    command = [sys.executable, parts.__file__, str(tmp_path)]
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as rebuilding:
        until(lambda: len(list(tmp_path.iterdir())) == 2 or rebuilding.poll() is not None)
        rebuilding.send_signal(signal.SIGKILL)

    children = [one.name for one in tmp_path.iterdir()]
    assert len(children) == 2
    until(lambda: not any(Path("/proc", one).exists() for one in children))
