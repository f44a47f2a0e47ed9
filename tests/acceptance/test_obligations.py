"""The machine, started and started again: calendar, roster and days become obligations once."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest

from duban import bootstrap
from duban.adapters.clock import SystemClock
from duban.bootstrap import Machine
from duban.config import Settings
from duban.domain.agency import Agency
from duban.domain.event import DayBegan, ObligationDue
from duban.domain.view import Scope
from duban.testing.clock import MovableClock
from duban.testing.events import at, checked

COLUMN = "http://127.0.0.1:9/list"
ROSTER = [
    Agency(id="a", name="望岚县财政局", kind="dept_county", columns=(COLUMN,)),
    Agency(id="b", name="望岚县人民政府", kind="county_gov", columns=(COLUMN,)),
]


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> MovableClock:
    """The wall clock of the machine: 2 January 2025."""
    wall = MovableClock()
    monkeypatch.setattr(bootstrap, "SystemClock", partial(SystemClock, wall=wall.now))
    return wall


def lived(folder: Path, roster: list[Agency] | None = None, **given: bool) -> Machine:
    """A machine that handled all there is, and was ended."""
    settings = Settings(data=folder, readers=1, **given)
    with Machine(settings, roster) as machine:
        machine.start(crawl=False)
        machine.runner.stop()
        machine.runner.run_until_idle()
    return machine


def told(folder: Path) -> list[tuple[str, int, str]]:
    with Machine(Settings(data=folder, readers=1), None) as machine:
        bodies = [one.event.body for one in machine.store.log.read("conclusions")]
    return [
        (body.agency_id, body.obligation.year, body.obligation.stage)
        for body in bodies
        if isinstance(body, ObligationDue)
    ]


def days(folder: Path) -> list[str]:
    with Machine(Settings(data=folder, readers=1), None) as machine:
        bodies = [one.event.body for one in machine.store.log.read("facts", limit=9_999)]
    return [body.day for body in bodies if isinstance(body, DayBegan)]


def test_a_season_over_several_starts(tmp_path: Path, wall: MovableClock) -> None:
    lived(tmp_path, ROSTER)
    assert told(tmp_path) == [
        *(("a", year, stage) for year, stage in ((2023, "blocked"), (2024, "not_yet_due"))),
        *(("b", year, stage) for year, stage in ((2023, "blocked"), (2024, "not_yet_due"))),
    ]

    lived(tmp_path)
    assert len(told(tmp_path)) == 4  # another start says nothing new

    wall.move(timedelta(days=30))
    lived(tmp_path)
    assert days(tmp_path) == [
        *(f"2025-01-{day:02}" for day in range(2, 32)),
        "2025-02-01",
    ]
    assert told(tmp_path)[-1] == ("a", 2024, "blocked")
    assert ("b", 2024, "blocked") not in told(tmp_path)


def test_a_column_read_after_the_last_day_shows_who_is_missing(
    tmp_path: Path, wall: MovableClock
) -> None:
    wall.move(timedelta(days=40))
    with Machine(Settings(data=tmp_path, readers=1), ROSTER) as machine:
        machine.start(crawl=False)
        machine.runner.stop()
        machine.store.log.append([checked("a", COLUMN, whole=True, minute=41 * 24 * 60)])
        machine.runner.run_until_idle()
        rows = {(row.agency_id, row.year): row.state for row in machine.store.index.matrix(Scope())}

    assert rows["a", 2024] == "absent"
    assert rows["b", 2024] == "not_yet_due"


def test_a_clock_set_back_or_far_ahead_begins_no_day(tmp_path: Path, wall: MovableClock) -> None:
    lived(tmp_path, ROSTER)
    wall.move(timedelta(days=-9))
    machine = lived(tmp_path)
    assert "慢" in str(machine.clock.problem())

    wall.move(timedelta(days=8 * 365))
    machine = lived(tmp_path)
    assert "快" in str(machine.clock.problem())
    assert days(tmp_path) == ["2025-01-02"]

    lived(tmp_path, accept_clock=True)
    assert len(days(tmp_path)) == 1 + 8 * 365 - 9
    assert at(0).date().isoformat() == days(tmp_path)[0]
