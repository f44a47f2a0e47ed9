"""Read models in a file of their own: lost, damaged or exchanged, nothing of them is lost."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from tests.contract.embedded_world import world_of

from duban.adapters.embedded import schema, views_schema
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_index import SqliteIndex
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.embedded.views_build import rebuild
from duban.adapters.embedded.views_check import Ends
from duban.adapters.embedded.views_files import ViewsFolder
from duban.domain.event import TOPICS
from duban.domain.view import FindingQuery, Scope, SearchQuery
from duban.errors import StorageError
from duban.ports import SetAside
from duban.testing.events import read, registered, released

FACTS = [registered("a"), released(), read("a", 2024, "错误SUM=5 关于年报的说明" + "字" * 2000)]


def filled(folder: Path) -> dict[str, object]:
    """A data folder with some history; what its pages answer."""
    with EmbeddedStore(folder) as store:
        world = world_of(store)
        world.take(*FACTS)
        return world.answers()


def only_file(folder: Path) -> Path:
    (found,) = (folder / "views").glob("*.db")
    return found


def spoil(path: Path, table: str) -> None:
    """Overwrite the pages where a table and its indexes begin; the rest stays whole."""
    with closing(sqlite3.connect(path)) as file:
        size = file.execute("PRAGMA page_size").fetchone()[0]
        found = file.execute("SELECT rootpage FROM sqlite_master WHERE tbl_name = ?", (table,))
        pages = [row[0] for row in found]
    data = bytearray(path.read_bytes())
    for page in pages:
        data[(page - 1) * size : page * size] = b"\xaa" * size
    path.write_bytes(data)


def _delete_folder(path: Path) -> None:
    for one in path.parent.iterdir():
        one.unlink()
    path.parent.rmdir()


DAMAGE: dict[str, Callable[[Path], object]] = {
    "deleted": Path.unlink,
    "whole folder deleted": _delete_folder,
    "pointer deleted": lambda path: (path.parent / "current").unlink(),
    "pointer garbage": lambda path: (path.parent / "current").write_bytes(b"\xff\x00"),
    "pointer to nothing": lambda path: (path.parent / "current").write_text("77"),
    "empty": lambda path: path.write_bytes(b""),
    "cut in half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "garbage": lambda path: path.write_bytes(b"garbage " * 5000),
    "zeros": lambda path: path.write_bytes(bytes(40960)),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_lost_or_damaged_read_models_are_built_anew_from_the_history(
    tmp_path: Path, damage: str
) -> None:
    before = filled(tmp_path)
    DAMAGE[damage](only_file(tmp_path))

    with EmbeddedStore(tmp_path) as store:
        assert store.views.anew is not None
        world_of(store).run()
        assert world_of(store).answers() == before

    assert len(list((tmp_path / "views").glob("*.db"))) == 1
    with EmbeddedStore(tmp_path) as store:
        assert store.views.anew is None


def test_damage_that_shows_only_while_reading_is_mended_too(tmp_path: Path) -> None:
    before = filled(tmp_path)
    spoil(only_file(tmp_path), "finding")

    with EmbeddedStore(tmp_path) as store:
        world = world_of(store)
        assert store.views.anew is None
        with pytest.raises(StorageError, match="正从事件记录重新建立"):
            store.index.findings(FindingQuery(open_only=False))
        world.run()
        assert world.answers() == before


def test_the_indexer_goes_on_over_damaged_read_models(tmp_path: Path) -> None:
    filled(tmp_path)
    spoil(only_file(tmp_path), "finding")

    with EmbeddedStore(tmp_path) as store:
        world = world_of(store)
        world.take(read("a", 2024, "警告TXT"))
        assert [row.finding.rule for row in store.index.findings(FindingQuery()).rows] == ["TXT"]


def test_read_models_of_another_version_are_built_anew(tmp_path: Path) -> None:
    before = filled(tmp_path)
    with closing(sqlite3.connect(only_file(tmp_path))) as file:
        file.execute(f"PRAGMA user_version = {views_schema.VERSION - 1}")
        file.execute("DROP TABLE finding")

    with EmbeddedStore(tmp_path) as store:
        assert "结构" in (store.views.anew or "")
        world_of(store).run()
        assert world_of(store).answers() == before


def test_read_models_of_a_newer_program_are_left_alone(tmp_path: Path) -> None:
    filled(tmp_path)
    with closing(sqlite3.connect(only_file(tmp_path))) as file:
        file.execute(f"PRAGMA user_version = {views_schema.VERSION + 1}")
    before = only_file(tmp_path).read_bytes()

    with pytest.raises(StorageError, match="请升级 duban"):
        EmbeddedStore(tmp_path)

    assert only_file(tmp_path).read_bytes() == before


def test_a_data_file_of_the_first_version_is_raised_and_indexed_again(tmp_path: Path) -> None:
    before = filled(tmp_path)
    history = tmp_path / "duban.db"
    with closing(sqlite3.connect(history, isolation_level=None)) as file:
        for statement in FIRST_READ_MODELS.split(";\n"):
            file.execute(statement)
        file.execute("INSERT INTO words (rowid, text) VALUES (3, 'old')")
        file.execute("UPDATE progress SET position = 4")
        file.execute("ALTER TABLE set_aside DROP COLUMN settled")
        file.execute("PRAGMA user_version = 1")
    _delete_folder(only_file(tmp_path))

    with EmbeddedStore(tmp_path) as store:
        world_of(store).run()
        assert world_of(store).answers() == before
        assert store.index.search(SearchQuery(text="年报的说明")).total == 1
    with closing(sqlite3.connect(history)) as file:
        tables = {row[0] for row in file.execute("SELECT name FROM sqlite_master")}
        assert file.execute("PRAGMA user_version").fetchone()[0] == schema.VERSION
    assert not tables & {"agency", "report", "finding", "words", "words_data", "progress"}
    assert {"event", "state", "cursor", "set_aside"} <= tables


def test_an_exchange_is_seen_by_the_next_answer_and_not_by_the_one_in_hand(tmp_path: Path) -> None:
    filled(tmp_path)
    with EmbeddedStore(tmp_path) as store, EmbeddedStore(tmp_path) as other:
        old = only_file(tmp_path)
        with other.views.read() as connection:
            count = "SELECT count(*) FROM finding"
            before = connection.execute(count).fetchone()[0]
            store.views.exchange(store.views.make())

            assert connection.execute(count).fetchone()[0] == before == 1
            assert old.exists()
            assert other.index.findings(FindingQuery()).total == 0
            assert store.index.findings(FindingQuery()).total == 0

        assert not old.exists()
        assert other.index.overview(Scope()).agencies == 0


def test_pages_are_read_by_many_threads_while_files_are_exchanged(tmp_path: Path) -> None:
    filled(tmp_path)
    ended, failures = threading.Event(), []

    def ask(store: EmbeddedStore) -> None:
        while not ended.is_set():
            try:
                store.index.findings(FindingQuery())
            except BaseException as error:  # whatever it is, it must not happen
                failures.append(error)

    with EmbeddedStore(tmp_path) as store, EmbeddedStore(tmp_path) as other:
        threads = [threading.Thread(target=ask, args=(one,)) for one in (store, other) * 2]
        for thread in threads:
            thread.start()
        for _ in range(30):
            store.views.exchange(store.views.make())
        ended.set()
        for thread in threads:
            thread.join()

    assert failures == []
    assert len(list((tmp_path / "views").glob("*.db"))) == 1


def test_what_a_killed_program_left_is_removed_at_the_next_start(tmp_path: Path) -> None:
    filled(tmp_path)
    for ending in ("db", "db-wal", "db-shm", "lock"):
        (tmp_path / "views" / f"9.{ending}").write_bytes(b"left")

    EmbeddedStore(tmp_path).close()

    assert [path.name for path in (tmp_path / "views").glob("9.*")] == []


def test_reading_never_waits_for_writing(tmp_path: Path) -> None:
    filled(tmp_path)
    with EmbeddedStore(tmp_path) as store, store.views.write() as connection:
        connection.execute("DELETE FROM finding")
        assert store.index.findings(FindingQuery()).total == 1


def test_the_history_can_be_read_beside_the_read_models_but_not_written(tmp_path: Path) -> None:
    filled(tmp_path)
    with EmbeddedStore(tmp_path) as store:
        with store.views.read() as connection:
            assert connection.execute("SELECT count(*) FROM event").fetchone()[0] > len(FACTS)
        with pytest.raises(StorageError, match="只能读"), store.views.write() as connection:
            connection.execute("DELETE FROM event")
        assert store.log.head(TOPICS["report.read"]) > 0


def test_a_history_that_lost_facts_is_not_carried_on_silently(tmp_path: Path) -> None:
    filled(tmp_path)
    history = tmp_path / "duban.db"
    shutil.copy(history, tmp_path / "older")
    with EmbeddedStore(tmp_path) as store:
        world_of(store).take(registered("b"))
    shutil.copy(tmp_path / "older", history)

    with pytest.raises(StorageError, match=r"duban\.db-wal.*duban restore"):
        EmbeddedStore(tmp_path)

    _delete_folder(only_file(tmp_path))  # as the sentence says
    with EmbeddedStore(tmp_path) as store:
        world_of(store).run()
        assert store.index.overview(Scope()).agencies == 1


def test_a_missing_journal_of_a_killed_program_is_told(tmp_path: Path) -> None:
    filled(tmp_path)
    with EmbeddedStore(tmp_path) as store:
        world_of(store).take(registered("b"))
        (tmp_path / "killed").mkdir()
        for name in ("duban.db", "views"):
            copy = shutil.copytree if name == "views" else shutil.copy
            copy(tmp_path / name, tmp_path / "killed" / name)

    with pytest.raises(StorageError, match=r"duban\.db-wal"):
        EmbeddedStore(tmp_path / "killed")


def test_conclusions_a_power_failure_took_follow_again(tmp_path: Path) -> None:
    before = filled(tmp_path)
    with closing(sqlite3.connect(tmp_path / "duban.db", isolation_level=None)) as file:
        file.execute("DELETE FROM event WHERE topic = 'conclusions'")
        for table in ("state", "known_key", "broadcast", "cursor"):
            file.execute(f"DELETE FROM {table} WHERE unit = 'agency'")
        file.execute("UPDATE sqlite_sequence SET seq = (SELECT max(position) FROM event)")

    with EmbeddedStore(tmp_path) as store:
        assert "与事件记录不符" in (store.views.anew or "")
        world_of(store).run()
        assert world_of(store).answers() == before


def test_many_events_are_taken_in_before_pages_are_shown(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered(f"a{n}") for n in range(10)])
        store.fill_views()
        assert store.index.position() == 0  # few are taken in while pages are shown
        store.log.append([registered(f"b{n}") for n in range(2000)])
        store.fill_views()
        assert store.index.overview(Scope()).agencies == 2010


#: As the first version wrote them; its files must open for ever.
FIRST_READ_MODELS = """
CREATE TABLE agency (agency_id TEXT NOT NULL, known_to INTEGER, body BLOB NOT NULL);
CREATE UNIQUE INDEX agency_now ON agency (agency_id) WHERE known_to IS NULL;
CREATE TABLE report (agency_id TEXT NOT NULL, year INTEGER NOT NULL, standing BLOB NOT NULL);
CREATE TABLE finding (agency_id TEXT NOT NULL, fingerprint TEXT NOT NULL);
CREATE TABLE rejected (sha256 TEXT NOT NULL);
CREATE TABLE page (agency_id TEXT NOT NULL, url TEXT NOT NULL);
CREATE TABLE posting (id TEXT PRIMARY KEY, at_us INTEGER NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE words USING fts5 (
    text, content = '', tokenize = "ascii", columnsize = 0
);
CREATE TABLE progress (
    only INTEGER PRIMARY KEY CHECK (only = 1),
    position INTEGER NOT NULL,
    at_us INTEGER NOT NULL
);
INSERT INTO progress VALUES (1, 0, 0)
"""


def test_views_that_grow_while_another_program_opens_them_lack_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    filled(tmp_path)
    ends = EmbeddedStore._ends
    with EmbeddedStore(tmp_path) as other:
        world, years = world_of(other), iter(range(2000, 2020))

        def grown(store: EmbeddedStore) -> Ends:
            found = ends(store)
            world.take(read("a", next(years), "错误SUM=5"))
            return found

        with monkeypatch.context() as patched:
            patched.setattr(EmbeddedStore, "_ends", grown)
            with EmbeddedStore(tmp_path) as second:
                assert second.views.anew is None
        assert next(years) > 2000
    assert "views_anew" not in [getattr(one, "action", "") for one in caplog.records]


def test_views_that_are_exchanged_while_another_program_opens_them_are_not_begun_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = filled(tmp_path)
    hold, times = ViewsFolder.hold, []
    with EmbeddedStore(tmp_path) as other:

        def exchanged(self: ViewsFolder, number: int) -> int:
            times.append(number)
            if len(times) == 1:
                rebuild(other, told=lambda _, __: None)
            return hold(self, number)

        with monkeypatch.context() as patched:
            patched.setattr(ViewsFolder, "hold", exchanged)
            with EmbeddedStore(tmp_path) as second:
                assert second.views.anew is None
                assert world_of(second).answers() == before
        assert len(set(times)) > 1


def test_the_index_goes_past_no_event_before_it_is_put_aside(tmp_path: Path) -> None:
    def refuse(_: SetAside) -> None:
        raise StorageError("磁盘已满。")

    filled(tmp_path)
    with EmbeddedStore(tmp_path) as store:
        before = store.index.position()
        index = SqliteIndex(store.views, refuse, Signal())
        with pytest.raises(StorageError, match="磁盘已满"):
            index.set_aside(SetAside(before + 1, "a", "an event", "cause"))

        assert store.index.position() == before
