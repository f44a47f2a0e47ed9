"""What only one data file can do: refuse, fail and recover, each with a sentence to act on."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from duban.adapters.embedded import schema
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.embedded.packed_step import event_row
from duban.adapters.embedded.sqlite_event_log import insert
from duban.adapters.embedded.store import EmbeddedStore
from duban.errors import StorageError
from duban.testing.events import read, registered


def test_a_file_of_a_newer_version_asks_for_an_upgrade_and_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "duban.db"
    Database(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {schema.VERSION + 1}")
    connection.close()
    before = path.read_bytes()

    with pytest.raises(StorageError, match="请升级 duban"):
        Database(path)

    assert path.read_bytes() == before


def test_a_database_of_another_program_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE theirs (a)")
    connection.close()

    with pytest.raises(StorageError, match="不是 duban 的数据文件"):
        Database(path)


@pytest.mark.parametrize("content", [b"hello, this is a text file" * 100, b"\x00" * 5000])
def test_a_file_that_is_no_database_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "duban.db"
    path.write_bytes(content)

    with pytest.raises(StorageError, match=r"请检查路径|备份"):
        Database(path)


def test_what_cannot_be_opened_is_not_held_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "duban.db"
    path.write_bytes(b"garbage " * 10_000)
    made: list[sqlite3.Connection] = []
    connect = sqlite3.connect

    def connected(*args: Any, **options: Any) -> sqlite3.Connection:
        made.append(connect(*args, **options))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", connected)
    with pytest.raises(StorageError):
        Database(path)

    (connection,) = made
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_a_file_cut_in_half_asks_for_the_backup(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        store.log.append([read("a", year, "字" * 3000) for year in range(1900, 2100)])
    path = tmp_path / "duban.db"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])

    with pytest.raises(StorageError, match="请用备份恢复"), EmbeddedStore(tmp_path) as store:
        store.log.read("facts", limit=1000)


def test_a_path_that_is_a_folder_or_in_no_folder_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nowhere" / "duban.db"):
        with pytest.raises(StorageError, match="无法打开"):
            Database(path)


def test_a_data_folder_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="数据目录"):
        EmbeddedStore(tmp_path / "file")
    with pytest.raises(StorageError, match="原文目录"):
        FolderBlobStore(tmp_path / "file")


def test_a_file_held_by_another_program_says_so(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path, busy_timeout_s=0.05) as store:
        other = sqlite3.connect(tmp_path / "duban.db", isolation_level=None)
        other.execute("BEGIN IMMEDIATE")

        with pytest.raises(StorageError, match="被另一个程序占用"):
            store.log.append([registered("a")])

        other.close()
        assert store.log.append([registered("a")]) == 1


def test_a_full_disk_says_so_and_loses_nothing_that_was_stored(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered("a")])
        writer = store._database._writer
        pages = writer.execute("PRAGMA page_count").fetchone()[0]
        writer.execute(f"PRAGMA max_page_count = {pages}")

        with pytest.raises(StorageError, match="磁盘已满"):
            store.log.append(
                [
                    read("b", year, "".join(map(chr, range(0x4E00, 0x9000))))
                    for year in range(2000, 2020)
                ]
            )

        writer.execute("PRAGMA max_page_count = 1000000")
        assert [one.event.key for one in store.log.read("facts")] == ["a"]
        assert store.log.append([registered("b")]) == 1


def test_a_file_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        store._database._writer.execute("PRAGMA query_only = 1")

        with pytest.raises(StorageError, match="只能读"):
            store.log.append([registered("a")])


def test_a_closed_store_says_so(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path)
    store.close()

    for use in (store.index.position, lambda: store.log.append([registered("a")])):
        with pytest.raises(StorageError, match="已关闭"):
            use()


def _record_and_break(store: EmbeddedStore) -> None:
    with store._database.write() as connection:
        insert(connection, [event_row(registered("a"))])
        raise ZeroDivisionError


def test_an_append_that_breaks_off_records_nothing(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        with pytest.raises(ZeroDivisionError):
            _record_and_break(store)

        assert store.log.head("facts") == 0


def test_readers_see_one_state_while_events_are_appended(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        with store._database.read() as connection:
            count = "SELECT count(*) FROM event"
            assert connection.execute(count).fetchone()[0] == 0
            store.log.append([registered("a")])
            assert connection.execute(count).fetchone()[0] == 0

        assert store.log.head("facts") == 1


def test_readers_cannot_write(tmp_path: Path) -> None:
    with (
        EmbeddedStore(tmp_path) as store,
        pytest.raises(StorageError, match="只能读"),
        store._database.read() as connection,
    ):
        connection.execute("DELETE FROM event")


def test_large_events_are_kept_compressed(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        store.log.append([read("a", 2024, "政府信息公开" * 20_000)])

        with store._database.read() as connection:
            size = connection.execute("SELECT length(body) FROM event").fetchone()[0]

    assert size < 20_000


def test_damaged_bytes_are_told_and_short_ones_mended(tmp_path: Path) -> None:
    blobs = FolderBlobStore(tmp_path)
    sha256 = blobs.put(b"the report")
    path = tmp_path / sha256[:2] / sha256[2:]

    path.write_bytes(b"the rep0rt")
    with pytest.raises(StorageError, match="已损坏"):
        blobs.get(sha256)

    path.write_bytes(b"the rep")  # as a power failure may leave it
    blobs.put(b"the report")
    assert blobs.get(sha256) == b"the report"


def test_a_blob_that_could_not_be_written_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    blobs = FolderBlobStore(tmp_path)
    monkeypatch.setattr("os.fsync", full)

    with pytest.raises(StorageError, match="磁盘空间"):
        blobs.put(b"too much")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
