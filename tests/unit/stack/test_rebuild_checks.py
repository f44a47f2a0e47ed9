"""Each check of a rebuild that is killed and begun again can fail."""

from __future__ import annotations

import os
import random
import sys
import time
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("elasticsearch")

from tests.drill_stack import reader as reading
from tests.drill_stack import rebuild_command
from tests.drill_stack.lying import Lying
from tests.drill_stack.reader import Reader, Seen
from tests.drill_stack.rebuild_check import (
    after_an_end,
    ends_as_it_may,
    nothing_outlives,
    reading_goes_on,
)
from tests.drill_stack.rebuild_command import Command, Victim
from tests.stack.commands import program

from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.mappings import MODELS, alias
from duban.config import ElasticSettings
from duban.errors import StorageError

PREFIX = "d8-"
SETTINGS = ElasticSettings(url="http://127.0.0.1:9", prefix=PREFIX)


def whole(number: int) -> dict[str, list[str]]:
    made = Generation(PREFIX, number)
    found = {made.index(one): [made.entry(one), alias(PREFIX, one)] for one in MODELS}
    return {**found, f"{PREFIX}lease": []}


def unread(number: int) -> dict[str, list[str]]:
    made = Generation(PREFIX, number)
    return {made.index(one): [made.entry(one)] for one in MODELS}


def told(lying: Lying) -> list[str]:
    return list(after_an_end(lying, PREFIX))


def test_one_whole_set_that_can_be_written_is_as_it_should_be() -> None:
    assert told(Lying(whole(3))) == []


def test_indices_that_were_left_behind_are_told() -> None:
    lines = told(Lying(whole(3) | unread(4)))

    assert len(lines) == len(MODELS)
    assert f"left behind: {PREFIX}reports-000004" in lines


def test_aliases_that_point_to_two_sets_are_told() -> None:
    mixed = whole(3) | unread(4)
    mixed[f"{PREFIX}reports-000003"].remove(f"{PREFIX}reports")
    mixed[f"{PREFIX}reports-000004"].append(f"{PREFIX}reports")
    assert any(f"aliases of {PREFIX}reports-000003" in line for line in told(Lying(mixed)))

    twice = whole(3) | whole(4)
    assert any(f"{PREFIX}state points to" in line for line in told(Lying(twice)))


def test_no_set_or_one_that_is_not_whole_is_told() -> None:
    assert told(Lying({})) == [f"{PREFIX}state points to []"]
    lacking = whole(3)
    lacking.pop(f"{PREFIX}findings-000003")
    assert told(Lying(lacking)) == [f"missing: {PREFIX}findings-000003"]
    unwritten = whole(3)
    unwritten[f"{PREFIX}findings-000003"] = [f"{PREFIX}findings"]  # nobody can write to it
    assert any("aliases of" in line for line in told(Lying(unwritten)))


def test_indices_closed_to_writing_and_a_lease_that_is_held_are_told() -> None:
    assert any("closed" in line for line in told(Lying(whole(3), [f"{PREFIX}state-000003"])))
    assert any("lease" in line for line in told(Lying(whole(3), (), "somebody")))


def test_pages_that_are_refused_or_go_back_or_that_nobody_read_are_told() -> None:
    seen = [Seen(2, 10), Seen(2, 10), Seen(3, 12)]
    assert list(reading_goes_on(seen, [])) == []
    assert len(list(reading_goes_on(seen, ["no such index"]))) == 1
    assert len(list(reading_goes_on([], []))) == 1
    assert len(list(reading_goes_on([*seen, Seen(2, 13)], []))) == 1
    assert len(list(reading_goes_on([*seen, Seen(3, 11)], []))) == 1


def test_an_end_of_another_kind_or_none_is_told() -> None:
    assert list(ends_as_it_may(0, (0,), "")) == []
    assert list(ends_as_it_may(2, (0, 2), "填充索引的一个进程意外停止")) == []
    assert len(list(ends_as_it_may(None, (0, 2), ""))) == 1
    assert len(list(ends_as_it_may(1, (0, 2), "有不同"))) == 1
    assert len(list(ends_as_it_may(2, (0, 2), "Traceback (most recent call last):\n"))) == 1
    assert list(nothing_outlives([])) == []
    assert len(list(nothing_outlives(["12 python"]))) == 1


def test_a_reader_tells_what_it_saw_and_what_refused_it_unless_that_had_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reading, "_PAUSE_S", 0.01)

    def refuse(*_: Any) -> None:
        raise StorageError("没有索引", "no index")

    monkeypatch.setattr("duban.adapters.elastic.overview_query.overview", refuse)
    with Reader(SETTINGS, 1) as reader:
        with reader.refusing():
            time.sleep(0.3)
            assert reader.refused == []
        time.sleep(0.3)

    assert reader.refused
    assert reader.seen == []


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Stands for the command: a child that outlives its parent, in the same session."""
    path = tmp_path / "duban"
    path.write_text(
        f"#!{sys.executable}\nimport subprocess, sys, time\n"
        "print('begun', flush=True)\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "time.sleep(60)\n"
    )
    path.chmod(0o755)
    monkeypatch.setattr(rebuild_command, "program", lambda: str(path))
    monkeypatch.setattr(rebuild_command, "_ENDING_S", 0.2)
    return path


@pytest.mark.parametrize(
    ("victim", "left"), [("parent", 1), ("all", 0), ("child", 0)], ids=["parent", "all", "child"]
)
def test_whoever_outlives_the_parent_is_found_and_ended(
    script: Path, tmp_path: Path, victim: Victim, left: int
) -> None:
    with Command(os.environ, 2, tmp_path / "log") as command:
        until = time.monotonic() + 30
        while len(command._living()) < 2:
            assert time.monotonic() < until
        assert command.kill(victim, random.Random(1))
        if victim == "child":
            assert not command.has_ended
            assert command.kill("parent", random.Random(1))
        assert command.end(30) is not None
        assert not command.kill("parent", random.Random(1))
        assert len(command.outliving()) == left
        assert command.said() == "begun\n"
    assert command._living() == []


def test_the_real_command_is_the_one_that_is_installed_beside_us() -> None:
    assert Path(program()).exists()
