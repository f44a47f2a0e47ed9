"""A machine whose clock was moved: the pages say so, no day is lost, none begins twice."""

from __future__ import annotations

import json
import urllib.request
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import msgspec
import pytest
from click.testing import CliRunner

from duban import assets
from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.clock import SHANGHAI
from duban.adapters.day_emitter import DayEmitter
from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.domain.event import Event
from duban.testing.events import checked, registered
from duban.testing.serving import served


class Stopped(NamedTuple):
    """A clock that stands still."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def recorded(folder: Path, gap: timedelta) -> None:
    """A history whose last fact lies so far from now: as if the clock had been moved since."""
    last = datetime.now(SHANGHAI) + gap
    with EmbeddedStore(folder / "data") as store:
        events: list[Event] = [registered("a", "甲县财政局"), checked("a")]
        store.log.append(
            msgspec.structs.replace(one, at=last - timedelta(minutes=2 - n))
            for n, one in enumerate(events)
        )
        clock = Stopped(last)
        library = CalendarLibrary(store.blobs, store.states)
        calendar = library.release(assets.find("rules", None), clock)
        DayEmitter(store.states, clock, calendar).emit()


def front(address: str, lang: str) -> str:
    with urllib.request.urlopen(f"{address}?lang={lang}", timeout=20) as page:
        return " ".join(page.read().decode().split())


def times(folder: Path) -> list[datetime]:
    """When each event was recorded, in the order of the history."""
    listed = CliRunner().invoke(
        group,
        ["events", "list", "--limit", "5000", "--format", "json", "--data", str(folder / "data")],
    )
    return [
        datetime.fromisoformat(json.loads(line)["event"]["at"])
        for line in listed.stdout.splitlines()
    ]


def days(folder: Path) -> list[str]:
    with EmbeddedStore(folder / "data") as store:
        bodies = [one.event.body for one in store.log.read("facts", 0, 5000)]
    return [day for body in bodies if (day := getattr(body, "day", None))]


@pytest.mark.parametrize(
    ("gap", "starts", "zh", "en"),
    [
        (timedelta(hours=1), 1, "系统时钟比最后一条记录慢 1.0 小时", "1.0 hours behind"),
        (timedelta(days=365), 2, "系统时钟比最后一条记录慢 365 天", "8760.0 hours behind"),
        (
            timedelta(days=-3 * 365),
            1,
            "系统时钟比最后一条记录快 1095 天",
            "ahead of the last record",
        ),
    ],
)
def test_a_clock_moved_between_two_runs_is_told_and_time_never_runs_back(
    tmp_path: Path, gap: timedelta, starts: int, zh: str, en: str
) -> None:
    recorded(tmp_path, gap)

    for _ in range(starts):
        with served(tmp_path, "--no-crawl") as server:
            assert zh in front(server.address, "zh")
            assert en in front(server.address, "en")

    told = times(tmp_path)
    assert told == sorted(told)
    assert len(set(days(tmp_path))) == len(days(tmp_path)) == 1


def test_a_machine_that_really_slept_for_three_years_goes_on_when_somebody_says_so(
    tmp_path: Path,
) -> None:
    recorded(tmp_path, timedelta(days=-3 * 365))

    with served(tmp_path, "--no-crawl", "--accept-clock") as server:
        assert "系统时钟" not in front(server.address, "zh")

    told = days(tmp_path)
    assert len(told) > 1000
    assert told == sorted(set(told))
    first, last = datetime.fromisoformat(told[0]), datetime.fromisoformat(told[-1])
    assert (last - first).days + 1 == len(told)
