"""Serving, crawling, retrying, rebuilding, backing up and judging, all at once on one folder."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from office_at_work import (
    DUBAN,
    PATIENCE_S,
    Run,
    aside,
    at_once,
    county,
    crawling,
    duban,
    missed,
    until,
    wrong,
)
from tests.drill import check_backup

from duban.adapters.embedded.store import EmbeddedStore
from duban.samples.portal import Portal
from duban.testing.events import posted
from duban.testing.serving import served

MENDED, LOST = ("甲", "乙", "丙"), "丁"  # bytes that are put back, and bytes that stay lost
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


@pytest.fixture
def office(tmp_path: Path) -> Path:
    """A made county, and a history with postings whose bytes are not there."""
    county(tmp_path, agencies=8)
    with EmbeddedStore(tmp_path / "data") as store:
        store.log.append([posted(name) for name in (*MENDED, LOST)])
    return tmp_path


def test_all_that_can_be_done_to_a_folder_is_done_at_once(office: Path) -> None:
    runs: list[Run] = []
    data = office / "data"
    with (
        Portal(office / "county", release_every_s=0.5) as portal,
        served(office, *crawling(office, portal)),
    ):
        until(lambda: len(aside(data)) == len(MENDED) + 1)
        with EmbeddedStore(data) as store:
            for name in MENDED:
                store.blobs.put(name.encode())
        runs += at_once(office, WHILE_SERVING)
        runs += at_once(office, WHILE_SERVING)
        until(lambda: portal.waiting == 0)
        until(lambda: not missed(office, portal, data))
    runs += at_once(office, ALONE)
    done = {run.words for run in runs if run.is_done}
    waited = sorted({run.words for run in runs} - done)
    runs += [duban(office, *words) for words in waited]

    faults = [fault for run in runs for fault in run.faults]
    assert faults == [], "\n".join(faults)
    assert {run.words for run in runs if run.is_done} == {*WHILE_SERVING, *ALONE}
    assert any(run.words == JUDGE and run.code == 2 for run in runs)
    assert wrong(data) == []
    assert len(aside(data)) == 1
    assert duban(office, "rebuild", "--verify-only").code == 0
    whole_in_its_backup(office)


def whole_in_its_backup(office: Path) -> None:
    assert duban(office, "backup", "last.zip").code == 1  # one original is lost
    done = subprocess.run(
        [DUBAN, "restore", "last.zip", "--data", "copy"],
        cwd=office, capture_output=True, text=True, timeout=PATIENCE_S, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    differing = check_backup.differences(office / "data", office / "copy", is_last=True)
    assert list(differing) == []
