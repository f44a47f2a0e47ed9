"""A made county, an office over it, its commands, and what must hold of its data at the end."""

from __future__ import annotations

import shutil
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import yaml
from tests.drill import check

from duban import assets
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain import event as events
from duban.domain.event import Event, Topic
from duban.samples import make
from duban.samples.portal import Portal

DUBAN = Path(sys.executable).parent / "duban"
PATIENCE_S = 120.0
_TOPICS: tuple[Topic, ...] = ("posted", "facts", "conclusions", "alerts")
_WHAT_IT_SAYS = (events.ReportRead, events.ReportRejected)
_WAITS = (
    "另一个 duban 正在处理数据目录",
    "另一个 duban rebuild 正在运行",
    "另一个程序正在写",
)


class Run(NamedTuple):
    """A command that came to its end."""

    words: tuple[str, ...]
    code: int
    output: str
    errors: str

    @property
    def is_done(self) -> bool:
        """Whether it did what it is for; a backup tells by its code that an original is lost."""
        return self.code == 0 or (self.words[0] == "backup" and self.code == 1)

    @property
    def told(self) -> list[str]:
        """The sentences in which it says why it could not do it."""
        return [line for line in self.errors.splitlines() if line.startswith("错误：")]

    @property
    def faults(self) -> list[str]:
        """What is wrong with how it ended; where it waits for another, one line says so."""
        if self.is_done:
            return []
        if self.code == 2 and len(self.told) == 1 and any(why in self.told[0] for why in _WAITS):
            return []
        return [f"{self.words} ended with {self.code}: {self.output}{self.errors}"]


def duban(folder: Path, *words: str) -> Run:
    """Run a command on the data in `folder/data`."""
    done = subprocess.run(
        [DUBAN, *words, "--data", folder / "data"],
        cwd=folder, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    return Run(words, done.returncode, done.stdout, done.stderr)


def at_once(folder: Path, commands: Sequence[tuple[str, ...]]) -> list[Run]:
    """All commands begun at the same moment; their ends."""
    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(lambda words: duban(folder, *words), commands))


def until(what: Callable[[], bool]) -> None:
    """Wait for it."""
    last = time.monotonic() + PATIENCE_S
    while not what():
        assert time.monotonic() < last, "it did not come about"
        time.sleep(0.2)


def county(folder: Path, agencies: int) -> None:
    """Make a county of two years, and rules of which one is retired."""
    make(folder / "county", seed=3, agencies=agencies, years=(2023, 2024), formats=("html",))
    rules = Path(shutil.copytree(assets.find("rules"), folder / "rules"))
    [rule] = rules.glob("*/SEC-MISSING.yaml")
    rule.write_text(rule.read_text("utf-8").replace("status: active", "status: shadow"), "utf-8")


def crawling(folder: Path, portal: Portal) -> tuple[object, ...]:
    """The options with which a server watches the county at the address its portal has now."""
    told = yaml.safe_load((folder / "county" / "roster.yaml").read_text("utf-8"))
    for agency in told["agencies"]:
        agency["columns"] = [portal.address + path for path in agency["columns"]]
    path = folder / "roster.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    return "--roster", path, "--interval", 1, "--delay", 0, "--allow-loopback"


def history(data: Path) -> dict[Topic, list[Event]]:
    """All events of a data folder."""
    with EmbeddedStore(data) as store:
        return {
            topic: [one.event for one in store.log.read(topic, 0, 100_000)] for topic in _TOPICS
        }


def aside(data: Path) -> list[str]:
    """What is set aside now, by id."""
    with EmbeddedStore(data) as store:
        return [one.event_id for _, one in store.states.set_aside()]


def missed(folder: Path, portal: Portal, data: Path) -> set[str]:
    """The hashes of all reports on the portal that were not posted, or not read yet."""
    told = yaml.safe_load((folder / "county" / "truth.json").read_text("utf-8"))["files"]
    bodies = [portal.page(one["path"].removeprefix("site")) for one in told]
    found = history(data)
    known = set.intersection(
        {one.body.sha256 for one in found["posted"] if isinstance(one.body, events.ReportPosted)},
        {one.body.sha256 for one in found["facts"] if isinstance(one.body, _WHAT_IT_SAYS)},
    )
    return {sha256(body).hexdigest() for body in bodies if body is not None} - known


def wrong(data: Path) -> list[str]:
    """Whatever is not as it should be in a folder where everything has come to its end."""
    found = history(data)
    asked = [one.body for one in found["facts"] if isinstance(one.body, events.EventRetried)]
    retried = {one.event_id for one in asked}
    found["posted"] = [one for one in found["posted"] if one.id not in retried]
    with EmbeddedStore(data) as store:
        told = list(check.every_input_has_a_trace(store, found["posted"], found["facts"]))
    told += check.nothing_doubled(found)
    told += check.alerts_are_what_is_open(found["conclusions"], found["alerts"])
    days = [one.body.day for one in found["facts"] if isinstance(one.body, events.DayBegan)]
    if days != sorted(days):
        told.append(f"days are out of order: {days}")
    return told + [
        f"{day} began {times} times" for day, times in Counter(days).items() if times > 1
    ]
