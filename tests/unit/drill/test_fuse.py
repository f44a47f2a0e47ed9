"""The fuse of the drills ends a process at the point it is told, and only there."""

from __future__ import annotations

import os
import sqlite3
from functools import partial
from pathlib import Path

import pytest
from tests.drill.fuse import Point, counted, is_killed_at, undisturbed

_ROWS = "INSERT INTO row WITH RECURSIVE n(i) AS (SELECT 1 UNION SELECT i + 1 FROM n LIMIT 5000) "


def _write(folder: Path) -> None:
    folder.mkdir(exist_ok=True)
    for number in range(3):
        (folder / str(number)).mkdir(exist_ok=True)


def _fill(path: Path) -> None:
    file = sqlite3.connect(path)
    file.execute("CREATE TABLE row (i)")
    file.execute(_ROWS + "SELECT i FROM n")


def _fail() -> None:
    raise ValueError("the work itself is wrong")


def test_the_points_of_a_work_are_the_same_each_time(tmp_path: Path) -> None:
    first = counted(partial(_write, tmp_path / "a"))

    assert counted(partial(_write, tmp_path / "b")) == first
    assert first.all > first.storing >= 4


def test_each_storing_point_ends_it_before_the_next_thing_is_stored(tmp_path: Path) -> None:
    points = counted(partial(_write, tmp_path / "whole")).storing
    found = []
    for number in range(1, points + 1):
        folder = tmp_path / f"to {number}"
        assert is_killed_at(Point(number, storing=True), partial(_write, folder))
        found.append(len(list(folder.rglob("*"))) if folder.exists() else -1)

    assert found == sorted(found)
    assert set(found) == {-1, 0, 1, 2}


def test_past_its_last_point_a_work_ends_by_itself(tmp_path: Path) -> None:
    points = counted(partial(_write, tmp_path / "whole"))

    assert is_killed_at(Point(points.all), partial(_write, tmp_path / "last"))
    for storing in (False, True):
        past = Point(points.all + 1000, storing=storing)
        assert not is_killed_at(past, partial(_write, tmp_path / f"past {storing}"))
        assert (tmp_path / f"past {storing}" / "2").exists()


def test_a_statement_has_points_inside_it(tmp_path: Path) -> None:
    points = counted(partial(_fill, tmp_path / "whole.db"))

    assert points.all > 100  # two statements
    assert is_killed_at(Point(points.all // 2), partial(_fill, tmp_path / "half.db"))


def test_work_that_fails_by_itself_is_no_kill() -> None:
    with pytest.raises(RuntimeError, match="the work itself is wrong"):
        is_killed_at(Point(1_000_000), _fail)
    with pytest.raises(RuntimeError, match="the work itself is wrong"):
        undisturbed(_fail)
    with pytest.raises(RuntimeError, match="not by the drill"):
        undisturbed(lambda: os.kill(os.getpid(), 9))
