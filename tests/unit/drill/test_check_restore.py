"""Each check of restoring in the drills can fail."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from sqlite3 import connect
from typing import Any, NamedTuple, cast

import pytest
from tests.drill import check_backup, check_restore
from tests.drill.plan import Plan
from tests.drill.work import WORK, Drill

from duban.adapters.clock import SystemClock
from duban.adapters.embedded import whole
from duban.adapters.embedded.backup import back_up
from duban.adapters.embedded.store import EmbeddedStore
from duban.testing.events import posted
from duban.testing.office import fill_office, open_office


class Nothing(NamedTuple):
    """A plan of an office that was filled by other means."""

    posted: frozenset[str] = frozenset()
    days: tuple[str, ...] = ()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office, its backup, and the office restored from it."""
    folder = tmp_path_factory.mktemp("drill")
    fill_office(folder / "data")
    with EmbeddedStore(folder / "data") as store:
        open_office(store).run_until_idle()
        store.blobs.put(b"a kept document")
        now = SystemClock().now()
        back_up(store.history, store.blobs, folder / "backup.zip", now=now, force=True, told=_quiet)
    WORK["restore"](_drill(folder))
    return folder


@pytest.fixture
def drill(made: Path, tmp_path: Path) -> Drill:
    shutil.copytree(made, tmp_path / "drill")
    return _drill(tmp_path / "drill")


def _drill(folder: Path) -> Drill:
    unasked: Any = None
    return Drill(folder, cast("Plan", Nothing()), unasked, unasked, unasked, goes_on=False)


def _quiet(_: str, __: int, ___: int) -> None:
    """Nobody looks on."""


def test_a_whole_restore_passes(drill: Drill) -> None:
    backup = check_restore.digest(drill)

    assert list(check_restore.when_done(drill, backup)) == []
    assert list(check_restore.after_a_kill(drill, backup)) == []
    assert not drill.restored.exists()


def test_a_restore_killed_before_its_end_passes(drill: Drill) -> None:
    shutil.rmtree(drill.restored)
    whole.restoring(drill.restored).mkdir()

    assert list(check_restore.after_a_kill(drill, check_restore.digest(drill))) == []


def test_a_restore_killed_before_it_wrote_anything_passes(drill: Drill) -> None:
    shutil.rmtree(drill.restored)

    assert list(check_restore.after_a_kill(drill, check_restore.digest(drill))) == []
    assert not drill.restored.exists()


@pytest.mark.parametrize("look", [check_restore.after_a_kill, check_restore.when_done])
def test_a_backup_that_changed_is_told(
    drill: Drill, look: Callable[[Drill, str], list[str]]
) -> None:
    backup = check_restore.digest(drill)
    drill.backup.write_bytes(drill.backup.read_bytes() + b"\n")

    assert list(look(drill, backup)) == ["the backup is not what it was"]


@pytest.mark.parametrize("look", [check_restore.after_a_kill, check_restore.when_done])
def test_what_is_there_and_not_whole_is_told(
    drill: Drill, look: Callable[[Drill, str], list[str]]
) -> None:
    with closing(connect(drill.restored / "duban.db", isolation_level=None)) as file:
        file.execute("DELETE FROM known_key")

    assert "known_key of the copy is not that of the original" in look(
        drill, check_restore.digest(drill)
    )


def test_a_folder_without_a_history_is_told(drill: Drill) -> None:
    for path in drill.restored.glob("duban.db*"):
        path.unlink()

    [line] = check_restore.after_a_kill(drill, check_restore.digest(drill))
    assert line == "restored is there, and holds no history"
    assert "nothing was restored" in check_restore.when_done(drill, check_restore.digest(drill))


def test_an_office_begun_where_a_restore_was_not_done_is_told(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.rmtree(drill.restored)
    left = whole.restoring(drill.restored)
    left.mkdir()
    monkeypatch.setattr(whole, "restoring", lambda folder: folder.with_name("elsewhere"))

    [line] = check_restore.after_a_kill(drill, check_restore.digest(drill))

    assert line == "an empty office was begun where a restore was not done"
    assert not drill.restored.exists()


def test_a_refusal_without_a_way_to_go_on_is_told(
    drill: Drill, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_: Path) -> None:
        raise whole.StorageError("不行。")

    shutil.rmtree(drill.restored)
    monkeypatch.setattr(check_restore.EmbeddedStore, "__init__", lambda _, folder: refuse(folder))

    [line] = check_restore.after_a_kill(drill, check_restore.digest(drill))

    assert line == "no word on how to go on: 不行。"


def test_what_a_restore_leaves_beside_its_folder_is_told(drill: Drill) -> None:
    whole.restoring(drill.restored).mkdir()

    [line] = check_restore.when_done(drill, check_restore.digest(drill))

    assert line.startswith("left behind: ['.restored.restoring'")


def test_a_copy_that_goes_on_otherwise_is_told(drill: Drill) -> None:
    with EmbeddedStore(drill.restored) as store:
        store.log.append([posted("elsewhere")])
    with closing(connect(drill.restored / "duban.db", isolation_level=None)) as file:
        file.execute("DELETE FROM event WHERE topic = 'conclusions'")

    assert "the views of the copy are not those of the original" in list(
        check_backup.goes_on_alike(drill, drill.restored)
    )


@pytest.mark.parametrize("change", [Path.unlink, lambda path: path.write_bytes(b"other")])
def test_bytes_that_are_lost_or_changed_are_told(
    drill: Drill, change: Callable[[Path], object]
) -> None:
    with EmbeddedStore(drill.data) as store, EmbeddedStore(drill.restored) as copy:
        for one in (store, copy):
            one.log.append([posted("a kept document")])
            one.blobs.put(b"a kept document")
        sha256 = posted("a kept document").body.sha256  # type: ignore[union-attr]
    assert list(check_restore.whole(drill)) == []

    change(drill.restored / "blobs" / sha256[:2] / sha256[2:])

    [line] = check_restore.whole(drill)
    assert line == f"bytes {sha256[:12]} of the copy are not those of the original"
