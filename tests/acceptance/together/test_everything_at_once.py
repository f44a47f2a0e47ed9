"""Serving, crawling, retrying, rebuilding, backing up and judging, all at once on one folder."""

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

import pytest
import yaml
from tests.drill import check, check_backup

from duban import assets
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain import event as events
from duban.domain.event import Event, Topic
from duban.samples import make
from duban.samples.portal import Portal
from duban.testing.events import posted
from duban.testing.serving import served

DUBAN = Path(sys.executable).parent / "duban"
_PATIENCE_S = 120.0
_TOPICS: tuple[Topic, ...] = ("posted", "facts", "conclusions", "alerts")
_MENDED, _LOST = ("甲", "乙", "丙"), "丁"  # bytes that are put back, and bytes that stay lost
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
        return self.code == (1 if self.words[0] == "backup" else 0)

    @property
    def faults(self) -> list[str]:
        """What is wrong with how it ended; where it refuses, one line says why."""
        if self.is_done:
            return []
        told = [line for line in self.errors.splitlines() if line.startswith("错误：")]
        if self.code == 2 and len(told) == 1 and any(why in told[0] for why in _WAITS):
            return []
        return [f"{self.words} ended with {self.code}: {self.output}{self.errors}"]


def duban(folder: Path, *words: str) -> Run:
    done = subprocess.run(
        [DUBAN, *words, "--data", "data"],
        cwd=folder, capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
    )  # fmt: skip
    return Run(words, done.returncode, done.stdout, done.stderr)


def at_once(folder: Path, commands: Sequence[tuple[str, ...]]) -> list[Run]:
    """All commands begun at the same moment; their ends."""
    with ThreadPoolExecutor(len(commands)) as pool:
        return list(pool.map(lambda words: duban(folder, *words), commands))


def until(what: Callable[[], bool]) -> None:
    last = time.monotonic() + _PATIENCE_S
    while not what():
        assert time.monotonic() < last, "it did not come about"
        time.sleep(0.2)


def history(folder: Path) -> dict[Topic, list[Event]]:
    with EmbeddedStore(folder / "data") as store:
        return {
            topic: [one.event for one in store.log.read(topic, 0, 100_000)] for topic in _TOPICS
        }


def known(folder: Path) -> set[str]:
    """The bytes that were posted."""
    return {
        one.body.sha256
        for one in history(folder)["posted"]
        if isinstance(one.body, events.ReportPosted)
    }


def aside(folder: Path) -> list[str]:
    """What is set aside now, by id."""
    with EmbeddedStore(folder / "data") as store:
        return [one.event_id for _, one in store.states.set_aside()]


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A made county, other rules, and a history with postings whose bytes are not there."""
    make(tmp_path / "county", seed=3, agencies=8, years=(2023, 2024), formats=("html",))
    rules = Path(shutil.copytree(assets.find("rules"), tmp_path / "rules"))
    [rule] = rules.glob("*/SEC-MISSING.yaml")
    rule.write_text(rule.read_text("utf-8").replace("status: active", "status: shadow"), "utf-8")
    with EmbeddedStore(tmp_path / "data") as store:
        store.log.append([posted(name) for name in (*_MENDED, _LOST)])
    return tmp_path


def roster(office: Path, portal: Portal) -> Path:
    """The county's roster with the address its portal has now."""
    told = yaml.safe_load((office / "county" / "roster.yaml").read_text("utf-8"))
    for agency in told["agencies"]:
        agency["columns"] = [portal.address + path for path in agency["columns"]]
    path = office / "roster.yaml"
    path.write_text(yaml.safe_dump(told, allow_unicode=True), "utf-8")
    return path


def reports(portal: Portal, office: Path) -> set[str]:
    """The hashes of all reports that are on the portal."""
    told = yaml.safe_load((office / "county" / "truth.json").read_text("utf-8"))["files"]
    bodies = [portal.page(one["path"].removeprefix("site")) for one in told]
    return {sha256(body).hexdigest() for body in bodies if body is not None}


def wrong(office: Path) -> list[str]:
    """Whatever is not as it should be in a folder where everything has come to its end."""
    found = history(office)
    asked = [one.body for one in found["facts"] if isinstance(one.body, events.EventRetried)]
    retried = {one.event_id for one in asked}
    found["posted"] = [one for one in found["posted"] if one.id not in retried]
    with EmbeddedStore(office / "data") as store:
        told = list(check.every_input_has_a_trace(store, found["posted"], found["facts"]))
    told += check.nothing_doubled(found)
    told += check.alerts_are_what_is_open(found["conclusions"], found["alerts"])
    days = Counter(one.body.day for one in found["facts"] if isinstance(one.body, events.DayBegan))
    return told + [f"{day} began {times} times" for day, times in days.items() if times > 1]


JUDGE = ("judge", "--rulebook", "rules")
WHILE_SERVING = (
    ("rebuild",),
    ("rebuild", "--verify-only"),
    ("backup", "a.zip", "--force"),
    ("backup", "a.zip", "--force"),
    ("events", "retry", "--all", "--by", "甲"),
    ("events", "retry", "--all", "--by", "乙"),
    JUDGE,
    (*JUDGE, "--dry-run"),
)
ALONE = (
    JUDGE,
    ("rebuild",),
    ("rebuild", "--verify-only"),
    ("backup", "a.zip", "--force"),
    ("backup", "b.zip", "--force"),
    ("events", "retry", "--all", "--by", "丙"),
    ("judge", "--packaged"),
    (*JUDGE, "--dry-run"),
)


def test_all_that_can_be_done_to_a_folder_is_done_at_once(office: Path) -> None:
    runs: list[Run] = []
    county = Portal(office / "county", release_every_s=0.5)
    with county as portal:
        asked = ("--roster", roster(office, portal), "--interval", 1, "--delay", 0)
        with served(office, *asked, "--allow-loopback"):
            until(lambda: len(aside(office)) == len(_MENDED) + 1)
            with EmbeddedStore(office / "data") as store:
                for name in _MENDED:
                    store.blobs.put(name.encode())
            runs += at_once(office, WHILE_SERVING)
            runs += at_once(office, WHILE_SERVING)
            until(lambda: portal.waiting == 0)
            until(lambda: reports(portal, office) <= known(office))
        assert len(reports(portal, office)) == 16
    runs += at_once(office, ALONE)
    runs += [duban(office, *JUDGE)]

    faults = [fault for run in runs for fault in run.faults]
    assert faults == [], "\n".join(faults)
    done = {run.words for run in runs if run.is_done}
    assert done == {*WHILE_SERVING, *ALONE}
    assert any(run.words == JUDGE and run.code == 2 for run in runs)
    assert wrong(office) == []
    assert len(aside(office)) == 1
    assert duban(office, "rebuild", "--verify-only").code == 0
    whole_in_its_backup(office)


def whole_in_its_backup(office: Path) -> None:
    assert duban(office, "backup", "last.zip").is_done
    done = subprocess.run(
        [DUBAN, "restore", "last.zip", "--data", "copy"],
        cwd=office, capture_output=True, text=True, timeout=_PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    differing = check_backup.differences(office / "data", office / "copy", is_last=True)
    assert list(differing) == []
