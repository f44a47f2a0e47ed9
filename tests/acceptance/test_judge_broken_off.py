"""`duban judge` killed, or interrupted from the keyboard, while its workers are at it."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from duban import assets
from duban.adapters.embedded.store import EmbeddedStore
from duban.testing.events import read, registered
from duban.testing.office import open_office

AGENCIES = 240
_PATIENCE_S = 60.0
_DUBAN = "from duban.cli import main; main()"
#: The command itself, with its workers called however little is to be done.
_JUDGE = (
    "from duban.adapters.embedded import judging; "
    f"judging.judge_again.__kwdefaults__['worth_a_crew_s'] = 0.0; {_DUBAN}"
)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A judged office of many agencies, and other rules beside it."""
    folder = tmp_path_factory.mktemp("office")
    names = [f"a{number:03}" for number in range(AGENCIES)]
    with EmbeddedStore(folder / "data") as store:
        runner = open_office(store)
        store.log.append(registered(name) for name in names)
        store.log.append(
            read(name, year, "一、总体情况") for name in names for year in (2023, 2024)
        )
        runner.run_until_idle()
    rules = Path(shutil.copytree(assets.find("rules"), folder / "rules"))
    [rule] = rules.glob("*/SEC-MISSING.yaml")
    rule.write_text(rule.read_text("utf-8").replace("status: active", "status: shadow"), "utf-8")
    for term in (rules / "deadlines").glob("A49-*.yaml"):
        term.write_text(term.read_text("utf-8").replace("due: 01-31", "due: 01-15"), "utf-8")
    return folder


@pytest.fixture
def office(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(made, tmp_path / "office"))


def judging(office: Path, *options: str) -> subprocess.Popen[str]:
    """The command, begun."""
    given = ["judge", "--rulebook", "rules", "--data", "data", *options]
    return subprocess.Popen(
        [sys.executable, "-c", _JUDGE, *given],
        cwd=office, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        process_group=0,
    )  # fmt: skip


def told(office: Path) -> dict[str, Any]:
    """What the command tells when nobody disturbs it."""
    with judging(office, "--format", "json") as command:
        output, errors = command.communicate(timeout=_PATIENCE_S)
    assert command.returncode == 0, errors
    found: dict[str, Any] = json.loads(output)
    return found


def workers(parent: int) -> list[int]:
    """The worker programs that a process has started."""
    return [pid for pid in _children(parent) if "crew_worker" in _words(pid)]


def _children(parent: int) -> Iterator[int]:
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        if int(fields[1]) == parent:
            yield int(path.parent.name)


def _words(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def until_half_done(command: subprocess.Popen[str], office: Path) -> list[int]:
    """Wait until workers were at it and some agencies are judged, not all: the workers."""
    last = time.monotonic() + _PATIENCE_S
    with closing(sqlite3.connect(office / "data" / "duban.db")) as file:
        while time.monotonic() < last and command.poll() is None:
            [after] = file.execute(
                "SELECT coalesce(broadcast_after, '') FROM cursor WHERE unit = 'agency'"
            ).fetchone()
            if after >= "a096" and (found := workers(command.pid)):
                return found
            time.sleep(0.002)
    command.kill()
    pytest.fail(f"it was not seen half done: {command.communicate()}")


def ended(pids: list[int]) -> bool:
    """Whether the processes end by themselves."""
    last = time.monotonic() + _PATIENCE_S
    while time.monotonic() < last:
        if not any("crew_worker" in _words(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def in_force(office: Path) -> int:
    with closing(sqlite3.connect(office / "data" / "duban.db")) as file:
        return int(file.execute("SELECT count(*) FROM event WHERE topic = 'facts'").fetchone()[0])


def rebuilt_is_equal(office: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _DUBAN, "rebuild", "--verify-only", "--data", "data"],
        cwd=office, capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: answer[name] for name in ("before", "after", "reports", "obligations", "rules")}


@pytest.fixture(scope="module")
def undisturbed(made: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    copy = shutil.copytree(made, tmp_path_factory.mktemp("undisturbed") / "office")
    answer = told(Path(copy))
    assert answer["reports"] == 2 * AGENCIES
    return answer


def test_killed_it_leaves_no_process_and_is_completed_by_the_next(
    office: Path, undisturbed: dict[str, Any]
) -> None:
    with judging(office) as command:
        found = until_half_done(command, office)
        os.kill(command.pid, signal.SIGKILL)
        command.wait(_PATIENCE_S)

    assert ended(found)
    again = told(office)
    assert again["resumed"]
    assert figures(again) == figures(undisturbed)
    assert told(office)["same"]
    rebuilt_is_equal(office)


def test_interrupted_it_says_in_one_line_what_stands_and_how_to_go_on(
    office: Path, undisturbed: dict[str, Any]
) -> None:
    with judging(office) as command:
        found = until_half_done(command, office)
        os.killpg(command.pid, signal.SIGINT)
        output, errors = command.communicate(timeout=_PATIENCE_S)

    assert (command.returncode, output) == (130, "")
    *before, line = errors.splitlines()
    assert all(one.startswith(("系统时钟", "重新判定")) for one in before), errors
    match = re.fullmatch(
        r"已中断：规则集 \S+ 已在执行，重新判定做完 (\d+)%，结果都已保存；"
        "再次运行同一命令即接着做，启动 duban serve 也会接着做。",
        line,
    )
    assert match, line
    assert 0 < int(match[1]) < 100
    assert ended(found)
    again = told(office)
    assert again["resumed"]
    assert figures(again) == figures(undisturbed)
    rebuilt_is_equal(office)


def test_a_rehearsal_that_is_interrupted_says_that_nothing_was_changed(office: Path) -> None:
    before = in_force(office)
    with judging(office, "--dry-run") as command:
        time.sleep(0.1)
        while not any("duban.db" in name for name in _open_files(command.pid)):
            time.sleep(0.005)
        os.killpg(command.pid, signal.SIGINT)
        output, errors = command.communicate(timeout=_PATIENCE_S)

    assert (command.returncode, output) == (130, "")
    assert errors.splitlines()[-1] == "已中断：试算什么都没有改动。"
    assert in_force(office) == before


def _open_files(pid: int) -> list[str]:
    try:
        return [str(path.readlink()) for path in Path(f"/proc/{pid}/fd").iterdir()]
    except OSError:
        return []
