"""Each check of the drills can fail: it is given a history that is wrong in one way."""

from __future__ import annotations

import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, cast

import msgspec
import pytest
from tests.drill import check, check_backup, outliving
from tests.drill.plan import Plan
from tests.drill.work import WORK, Drill

from duban.adapters.clock import SystemClock
from duban.adapters.embedded.backup import back_up
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain import event as events
from duban.domain.alert import AlertLine
from duban.domain.event import Event, Topic, derived_id, record
from duban.domain.finding import Coverage, Finding
from duban.domain.obligation import Obligation
from duban.ports import Cursor, SetAside, Step
from duban.testing.alerts import alerted
from duban.testing.events import at, began, due, posted, read, withdrawn
from duban.testing.office import fill_office, open_office

URL = "http://127.0.0.1/report"
OWED = Obligation(
    year=2024,
    stage="present",
    due_on="2025-01-31",
    opens_on="2025-01-01",
    basis="A49",
    watched=True,
)
History = dict[Topic, list[Event]]
Spoil = Callable[[History], None]


class Planned(NamedTuple):
    """As much of a plan as the checks ask for."""

    posted: frozenset[str] = frozenset({hashlib.sha256(b"report").hexdigest()})
    days: tuple[date, ...] = (date(2025, 1, 29), date(2025, 1, 30), date(2025, 1, 31))
    agencies: tuple[str, ...] = ()


def conclusion(body: events.Body, number: int) -> Event:
    return record(body, id=derived_id("test", "drill", str(number)), at=at(number))


def finding(revision: int, kind: type[events.FindingOpened] = events.FindingOpened) -> Event:
    body = kind(
        agency_id="a", year=2024, revision=revision, sha256="0", rulebook="1",
        finding=Finding(
            rule="R", severity="error", message="m", message_en="m", fingerprint="f"
        ),
    )  # fmt: skip
    return conclusion(body, revision)


def resolved(revision: int) -> Event:
    body = events.FindingResolved(
        agency_id="a", year=2024, revision=revision, fingerprint="f", sha256="0", because="revised"
    )
    return conclusion(body, revision)


def assessed(revision: int) -> Event:
    body = events.ReportAssessed(
        agency_id="a", year=2024, sha256="0", revision=revision, rulebook="1",
        rulebook_sha256="0", coverage=Coverage(), errors=1, warnings=0, infos=0,
    )  # fmt: skip
    return conclusion(body, 100 + revision)


LINE = AlertLine(fingerprint="f", severity="error", message="m", message_en="m", rule="R")


def whole() -> History:
    """A history in which nothing is wrong."""
    days = [began(day.isoformat()) for day in Planned().days]
    return {
        "posted": [posted("report", minute=1, url=URL)],
        "facts": [*days, read("a", 2024, "x", bytes_="report", url=URL)],
        "conclusions": [
            due("a", OWED), assessed(1), finding(1), finding(2, events.FindingChanged),
            resolved(3), assessed(2), finding(4),
        ],
        "alerts": [alerted("a", 1, LINE), alerted("a", 2, LINE)],
    }  # fmt: skip


def told(history: History, tmp_path: Path, plan: Planned | None = None) -> list[str]:
    """What all checks of a folder with this history tell."""
    with EmbeddedStore(tmp_path / "data") as store:
        for found in history.values():
            store.log.append(found)
        return list(check.everything(store, cast("Plan", plan or Planned())))


def test_a_whole_history_passes(tmp_path: Path) -> None:
    assert told(whole(), tmp_path) == []


def lost(history: History) -> None:
    history["posted"].clear()
    history["facts"].pop()


def invented(history: History) -> None:
    history["posted"].append(posted("never shown", minute=1))
    history["facts"].append(read("a", 2023, "y", bytes_="never shown"))


def without_a_trace(history: History) -> None:
    history["facts"].pop()


def with_two_traces(history: History) -> None:
    again = read("a", 2024, "x", bytes_="report", url=URL, reader="2")
    history["facts"].append(again)


def posted_twice(history: History) -> None:
    history["posted"].append(posted("report", minute=2, url=URL))
    history["facts"].append(read("a", 2024, "x", bytes_="report", url=URL, minute=2))


def day_left_out(history: History) -> None:
    del history["facts"][1]


def days_out_of_order(history: History) -> None:
    history["facts"][:2] = reversed(history["facts"][:2])


def day_twice(history: History) -> None:
    history["facts"].append(began("2025-01-31", calendar="2"))


def revision_left_out(history: History) -> None:
    history["conclusions"][5] = assessed(3)


def revision_twice(history: History) -> None:
    again = msgspec.structs.replace(assessed(2), id="another")
    history["conclusions"].append(again)


def obligation_begins_late(history: History) -> None:
    history["conclusions"][0] = due("a", OWED, revision=2)


def changed_when_closed(history: History) -> None:
    history["conclusions"][6] = finding(4, events.FindingChanged)


def opened_when_open(history: History) -> None:
    history["conclusions"][3] = finding(2)


def resolved_when_closed(history: History) -> None:
    history["conclusions"][6] = resolved(4)
    history["alerts"].append(alerted("a", 3))


def alert_lost(history: History) -> None:
    history["alerts"].clear()


def alert_ended_too_early(history: History) -> None:
    history["alerts"].append(alerted("a", 3))


def alert_ended_twice(history: History) -> None:
    history["conclusions"].append(resolved(5))
    history["alerts"] += [alerted("a", 3), alerted("a", 4)]


def alert_left_out(history: History) -> None:
    history["alerts"][1] = alerted("a", 3, LINE)


def fault_alerted_twice(history: History) -> None:
    history["alerts"].append(alerted("a", 1, LINE, kind="absent"))


@pytest.mark.parametrize(
    ("spoil", "line"),
    [
        (lost, "lost: "),
        (invented, "invented: "),
        (without_a_trace, "has 0 traces"),
        (with_two_traces, "has 2 traces"),
        (posted_twice, "was posted twice with the same bytes"),
        (day_left_out, "days: "),
        (days_out_of_order, "days: "),
        (day_twice, "days: "),
        (revision_left_out, "revisions of assessment a/2024: [1, 3]"),
        (revision_twice, "revisions of assessment a/2024: [1, 2, 2]"),
        (obligation_begins_late, "revisions of obligation a/2024: [2]"),
        (changed_when_closed, "does not follow"),
        (opened_when_open, "does not follow"),
        (resolved_when_closed, "does not follow"),
        (alert_lost, "is told by 0 alerts"),
        (alert_ended_too_early, "is told by 0 alerts"),
        (alert_ended_twice, "does not follow"),
        (alert_left_out, "revisions of alert a/2024/report: [1, 3]"),
        (fault_alerted_twice, "is told by 2 alerts"),
    ],
)
def test_a_history_wrong_in_one_way_is_told(spoil: Spoil, line: str, tmp_path: Path) -> None:
    history = whole()
    spoil(history)

    [failure] = told(history, tmp_path)

    assert line in failure


@pytest.mark.parametrize("topic", ["posted", "facts", "conclusions", "alerts"])
def test_an_event_that_is_there_twice_is_told(topic: Topic) -> None:
    history = whole()
    history[topic].append(history[topic][-1])

    assert any("is there 2 times" in line for line in check.nothing_doubled(history))


def test_what_is_set_aside_has_its_trace_there(tmp_path: Path) -> None:
    history = whole()
    without_a_trace(history)
    one = SetAside(1, "", history["posted"][0].id, "cause")
    with EmbeddedStore(tmp_path / "data") as store:
        step = Step(unit="intake", before=Cursor(), after=Cursor(1), set_aside=(one,))
        store.states.commit(step)

    assert told(history, tmp_path) == []


def test_the_same_bytes_may_come_back_after_they_were_withdrawn(tmp_path: Path) -> None:
    history = whole()
    posted_twice(history)
    history["facts"].append(withdrawn("a", "report", URL))

    assert told(history, tmp_path) == []


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office whose postings a plan knows, with a backup beside it."""
    folder = tmp_path_factory.mktemp("drill")
    fill_office(folder / "data")
    with EmbeddedStore(folder / "data") as store:
        open_office(store).run_until_idle()
        now = SystemClock().now()
        back_up(store.history, store.blobs, folder / "backup.zip", now=now, force=True, told=_quiet)
    return folder


@pytest.fixture
def drill(made: Path, tmp_path: Path) -> Drill:
    shutil.copytree(made, tmp_path / "drill")
    unasked: Any = None
    plan = cast("Plan", Planned(posted=frozenset(), days=()))
    return Drill(tmp_path / "drill", plan, unasked, unasked, unasked, goes_on=False)


def _quiet(_: str, __: int, ___: int) -> None:
    """Nobody looks on."""


def change(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        assert file.execute(statement).rowcount > 0


def test_a_rebuild_that_is_not_equal_ends_the_drill(drill: Drill) -> None:
    WORK["rebuild"](drill)

    change(drill.data / "duban.db", "DELETE FROM event WHERE topic = 'conclusions'")
    with pytest.raises(AssertionError):
        WORK["rebuild"](drill)


def test_views_that_are_not_equal_end_the_drill(drill: Drill) -> None:
    current = (drill.data / "views" / "current").read_text().strip()
    change(drill.data / "views" / f"{current}.db", "UPDATE finding SET rule = 'x'")
    with pytest.raises(AssertionError):
        WORK["rebuild"](drill)


def test_a_whole_backup_passes(drill: Drill) -> None:
    assert list(check_backup.finished(drill, drill.backup, is_last=True)) == []
    assert list(check_backup.unfinished(drill, drill.backup)) == []


def test_a_finished_backup_that_cannot_be_restored_is_told(drill: Drill) -> None:
    drill.backup.write_bytes(drill.backup.read_bytes()[:-100])

    [line] = check_backup.finished(drill, drill.backup)

    assert "is refused" in line
    assert list(check_backup.unfinished(drill, drill.backup)) == []


@pytest.mark.parametrize(
    ("statement", "tables"),
    [
        ("UPDATE event SET body = x'00' WHERE position = 1", {"event"}),
        ("DELETE FROM event WHERE position = (SELECT max(position) FROM event)", {"event"}),
        ("UPDATE state SET position = position + 1 WHERE unit = 'agency'", {"state"}),
        ("DELETE FROM known_key", {"known_key"}),
    ],
)
def test_a_copy_that_is_not_the_original_is_told(
    drill: Drill, statement: str, tables: set[str]
) -> None:
    copy = drill.folder / "copy"
    shutil.copytree(drill.data, copy)
    assert list(check_backup.differences(drill.data, copy, is_last=True)) == []
    change(copy / "duban.db", statement)

    lines = list(check_backup.differences(drill.data, copy, is_last=True))

    assert {line.split(" of the copy")[0] for line in lines} == tables


def test_a_copy_with_an_event_the_original_never_had_is_told(drill: Drill) -> None:
    copy = drill.folder / "copy"
    shutil.copytree(drill.data, copy)
    with EmbeddedStore(drill.data) as store:
        store.log.append([posted("later")])
    assert list(check_backup.differences(drill.data, copy, is_last=False)) == []
    with EmbeddedStore(copy) as store:
        store.log.append([posted("never")])
    [line] = check_backup.differences(drill.data, copy, is_last=False)
    assert line.startswith("event of the copy")


def test_a_file_left_behind_is_told(drill: Drill) -> None:
    (drill.folder / ".backup.zip.part").write_bytes(b"")

    [line] = check_backup.left_behind(drill)

    assert ".backup.zip.part" in line


def test_a_program_that_outlives_its_parent_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(outliving.MARK, f"{os.getpid()}-test")
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    try:
        assert outliving.processes(within_s=0.0) == [child.pid]
    finally:
        child.communicate(b"\n")
    assert outliving.processes(within_s=0.0) == []
