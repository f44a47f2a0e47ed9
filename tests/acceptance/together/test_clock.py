"""A clock that jumps forward and back while the program runs: told, and nothing lost or doubled."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate
from pathlib import Path

from office_at_work import county, crawling, duban, history, missed, until, wrong

from duban.adapters.clock import SHANGHAI
from duban.domain.event import DayBegan
from duban.samples.portal import Portal
from duban.testing.serving import Served, served

#: `duban` over a wall clock that is off by as many hours as stand in a file, and looks at it often.
_MOVED = """
import sys
from datetime import timedelta
from pathlib import Path
from duban.adapters import clock, day_emitter
from duban.cli import main

def moved(wall=clock._wall, hours=Path(sys.argv.pop(1))):
    return wall() + timedelta(hours=float(hours.read_text() or 0))

clock.SystemClock.__init__.__kwdefaults__["wall"] = moved
day_emitter._LOOK_EVERY_S = 0.1
main()
"""

#: Longer than any thread takes from asking for the time to writing it down.
_IN_HAND = timedelta(minutes=1)


class Wall:
    """The hours by which the machine's clock is off."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "hours"
        self.set(0)

    @property
    def program(self) -> list[str | Path]:
        return [sys.executable, "-c", _MOVED, self._file]

    def set(self, hours: float) -> None:
        part = self._file.with_suffix(".part")
        part.write_text(str(hours))
        part.replace(self._file)


def notices(server: Served) -> str:
    with urllib.request.urlopen(f"{server.address}?lang=zh", timeout=20) as page:
        found: str = page.read().decode()
    return found


def days(data: Path) -> list[str]:
    return [one.body.day for one in history(data)["facts"] if isinstance(one.body, DayBegan)]


def test_a_clock_that_jumps_while_the_program_runs(tmp_path: Path) -> None:
    county(tmp_path, agencies=12)
    data, wall = tmp_path / "data", Wall(tmp_path)
    with Portal(tmp_path / "county", release_every_s=3600) as portal:
        options = crawling(tmp_path, portal)
        with served(tmp_path, *options, program=wall.program) as server:
            until(lambda: not missed(tmp_path, portal, data))
            first = days(data)
            assert len(first) == 1

            wall.set(3 * 24)  # believed: an office may sleep for so long
            ahead = datetime.now(SHANGHAI)
            until(lambda: len(days(data)) == 4)
            wall.set(0)  # back: time stands still, and what is posted is taken in all the same
            until(lambda: "系统时钟比最后一条记录慢" in notices(server))
            assert portal.release_one()
            until(lambda: not missed(tmp_path, portal, data))
            wall.set(-48)
            assert portal.release_one()
            until(lambda: not missed(tmp_path, portal, data))
            assert len(days(data)) == 4

            wall.set(700 * 24)  # too far ahead to be believed
            until(lambda: "未予采信" in notices(server))
            assert portal.release_one()
            until(lambda: not missed(tmp_path, portal, data))
            assert len(days(data)) == 4

            stood = max(times(tmp_path))
            wall.set(5 * 24)  # right again
            until(lambda: "系统时钟" not in notices(server))
            until(lambda: len(days(data)) == 6)
            while portal.release_one():
                continue
            until(lambda: not missed(tmp_path, portal, data))
    begun = days(data)
    start = date.fromisoformat(first[0])
    assert begun == [(start + timedelta(days=n)).isoformat() for n in range(6)]
    # A thread may still hold a time that was told before a jump; no clock goes back.
    for at in behind(times(tmp_path)):
        assert ahead - _IN_HAND < at <= ahead or stood - _IN_HAND < at <= stood
    assert wrong(data) == []
    assert duban(tmp_path, "rebuild", "--verify-only").code == 0


def behind(found: list[datetime]) -> Iterator[datetime]:
    """The moments that lie over a minute before the latest of those before them."""
    latest = accumulate(found, max)
    return (at for at, last in zip(found, latest, strict=True) if last - at > timedelta(minutes=1))


def times(folder: Path) -> list[datetime]:
    """When each event was recorded, in the order of the history."""
    listed = duban(folder, "events", "list", "--limit", "5000", "--format", "json")
    lines = [json.loads(line) for line in listed.output.splitlines()]
    return [datetime.fromisoformat(line["event"]["at"]).astimezone(SHANGHAI) for line in lines]
