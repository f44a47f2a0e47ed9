"""Views that another process fills: the same as those filled here, and nothing is left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from duban.adapters.embedded import views_export
from duban.adapters.embedded.crew_task import send
from duban.adapters.embedded.filling import FillingLostError, filled_beside
from duban.adapters.embedded.filling_task import Job
from duban.adapters.embedded.index_unit import INDEXER, IndexUnit
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.embedded.views_build import rebuild
from duban.domain.view import Scope
from duban.testing.events import read, registered
from duban.testing.office import fill_office, record_newer


def told(*_: int) -> None:
    """Hears how far it is, and says nothing."""


def two_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})


def numbers(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "views").glob("*.db"))


def test_views_filled_by_another_process_are_what_the_pages_show(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_processors(monkeypatch)
    fill_office(tmp_path)
    with EmbeddedStore(tmp_path) as store:
        before, lines = numbers(tmp_path), _lines(store)

        with filled_beside(store) as filling:
            result = rebuild(store, told=told, filling=filling)

        assert result.is_equal
        assert result.is_exchanged
        assert len(numbers(tmp_path)) == 1
        assert numbers(tmp_path) != before
        assert _lines(store) == lines


def test_what_comes_while_another_process_fills_is_in_the_new_views(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_processors(monkeypatch)
    with EmbeddedStore(tmp_path) as store:
        indexer = IndexUnit(store.log, store.index)
        store.log.append([registered("a")])
        indexer.advance()
        with filled_beside(store) as filling:
            store.log.append([registered("b")])
            indexer.advance()
            assert rebuild(store, told=told, filling=filling).is_exchanged

        assert store.index.overview(Scope()).agencies == 2


def test_what_another_process_could_not_take_in_is_set_aside_and_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    two_processors(monkeypatch)
    with EmbeddedStore(tmp_path) as store:
        record_newer(store)
        with store.history.write() as connection:
            connection.execute("DELETE FROM set_aside")
        caplog.clear()

        with filled_beside(store) as filling:
            assert rebuild(store, told=told, filling=filling).is_exchanged

        assert [(unit, one.key) for unit, one in store.states.set_aside()] == [(INDEXER, "b")]
        assert [getattr(one, "event_id", "") for one in caplog.records] == ["new"]


def test_where_the_other_process_is_killed_its_work_is_done_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_processors(monkeypatch)
    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered("a"), read("a", 2024, "正确")])
        store.runner().run_until_idle()

        with filled_beside(store) as filling:
            assert filling is not None
            os.kill(filling.pid, signal.SIGKILL)
            with pytest.raises(FillingLostError):
                filling.finish(told)
            result = rebuild(store, told=told, filling=filling)

        assert result.is_equal
        assert result.is_exchanged
        assert len(numbers(tmp_path)) == 1


def test_a_rebuild_that_is_given_up_leaves_neither_process_nor_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_processors(monkeypatch)
    fill_office(tmp_path)
    with EmbeddedStore(tmp_path) as store:
        before = numbers(tmp_path)
        pids = []

        def interrupted() -> None:
            with filled_beside(store) as filling:
                pids.append(filling.pid if filling else 0)
                raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            interrupted()

        with pytest.raises(ProcessLookupError):
            os.kill(*pids, 0)
        assert numbers(tmp_path) == before


def test_with_one_processor_nothing_is_done_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0})
    with EmbeddedStore(tmp_path) as store, filled_beside(store) as filling:
        assert filling is None


def test_where_no_process_can_be_started_nothing_is_done_beside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    two_processors(monkeypatch)

    def refused(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered("a")])
        store.runner().run_until_idle()
        before = numbers(tmp_path)
        monkeypatch.setattr(subprocess, "Popen", refused)
        with filled_beside(store) as filling:
            result = rebuild(store, told=told, filling=filling, exchange=False)

        assert filling is None
        assert result.is_equal
        assert numbers(tmp_path) == before


def test_a_process_that_fills_ends_where_nobody_hears_it(tmp_path: Path) -> None:
    fill_office(tmp_path)
    with EmbeddedStore(tmp_path) as store:
        files = store.views.files
        number, lock = files.reserve()
        job = Job(
            history=str(store.history.path),
            folder=str(files.folder),
            number=number,
            upto=store.end(),
        )
        with subprocess.Popen(
            [sys.executable, "-m", "duban.adapters.embedded.filling_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as process:
            assert process.stdin is not None
            assert process.stdout is not None
            assert process.stderr is not None
            process.stdout.close()
            send(process.stdin, job)

            assert process.stderr.read() == b""
        assert process.returncode != 0
        os.close(lock)


def _lines(store: EmbeddedStore) -> list[bytes]:
    with store.views.read() as connection:
        kinds = views_export.kinds(connection)
        return [line.text for kind in kinds for line in views_export.lines(connection, kind)]
