"""Processes of one worker end together, and say why."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from functools import partial
from pathlib import Path

import pytest

from duban.cli.listening import networks
from duban.distributed.side_by_side import side_by_side
from duban.errors import StorageError

WAIT_LONG = partial(time.sleep, 60)
NOTHING = int


def test_the_cause_of_the_one_that_ended_is_raised_and_the_others_end_too() -> None:
    began = time.monotonic()
    refuse = partial(networks, ("nowhere",))
    with pytest.raises(StorageError, match="nowhere 不是网段"):
        side_by_side({"one": WAIT_LONG, "two": refuse}, NOTHING)

    assert time.monotonic() - began < 30


def test_one_that_ends_without_a_word_is_named() -> None:
    with pytest.raises(StorageError, match="two 意外停止（退出码 7）"):
        side_by_side({"one": WAIT_LONG, "two": partial(os._exit, 7)}, NOTHING)


def test_none_is_started_where_the_check_before_it_says_why_not(tmp_path: Path) -> None:
    def refuse() -> None:
        raise StorageError("no Kafka")

    mark = tmp_path / "started"
    with pytest.raises(StorageError, match="no Kafka"):
        side_by_side({"one": partial(mark.touch)}, NOTHING, check=refuse)

    assert not mark.exists()


_PARENT = """
import time
from functools import partial
from duban.cli.listening import networks
from duban.distributed.side_by_side import side_by_side
if __name__ == "__main__":
    import threading, multiprocessing
    def tell():
        while len(multiprocessing.active_children()) < 2: pass
        print(*[one.pid for one in multiprocessing.active_children()], flush=True)
    threading.Thread(target=tell).start()
    wait_long = partial(time.sleep, 60)
    side_by_side({"one": wait_long, "two": wait_long}, int)
    print("ended", flush=True)
"""


@pytest.fixture
def parent(tmp_path: Path) -> subprocess.Popen[str]:
    script = tmp_path / "parent.py"
    script.write_text(_PARENT, encoding="utf-8")
    return subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE, text=True)


def test_told_to_stop_it_ends_all_in_good_order(parent: subprocess.Popen[str]) -> None:
    with parent:
        assert parent.stdout is not None
        pids = [int(one) for one in parent.stdout.readline().split()]
        parent.terminate()
        assert parent.stdout.readline() == "ended\n"

    assert parent.returncode == 0
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_none_outlives_a_parent_that_was_killed(parent: subprocess.Popen[str]) -> None:
    with parent:
        assert parent.stdout is not None
        pids = [int(one) for one in parent.stdout.readline().split()]
        time.sleep(1.0)
        parent.kill()
        until = time.monotonic() + 20
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            assert time.monotonic() < until
            time.sleep(0.1)


_SLOW_TO_END = """
import os, signal, sys, time
from functools import partial
from pathlib import Path
from duban.distributed.side_by_side import side_by_side

def work(takes_s, mark):
    asked = []
    signal.signal(signal.SIGTERM, lambda *_: asked.append(True))
    os.write(1, b"ready\\n")  # at once, as both say it
    while not asked:
        time.sleep(0.01)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)  # as an event loop that ended leaves it
    time.sleep(takes_s)
    Path(mark).touch()

if __name__ == "__main__":
    marks = sys.argv[1:]
    side_by_side({mark: partial(work, 0.5 + n, mark) for n, mark in enumerate(marks)}, int)
"""


def test_one_that_takes_longer_to_end_is_left_to_end(tmp_path: Path) -> None:
    script, marks = tmp_path / "parent.py", (tmp_path / "quick", tmp_path / "slow")
    script.write_text(_SLOW_TO_END, encoding="utf-8")
    command = [sys.executable, str(script), *map(str, marks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        said = [parent.stdout.readline() for _ in marks]
        parent.terminate()

    assert said == ["ready\n"] * 2
    assert parent.returncode == 0
    assert [mark.exists() for mark in marks] == [True, True]
