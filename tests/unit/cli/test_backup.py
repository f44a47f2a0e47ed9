from __future__ import annotations

import json
import resource
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from duban.adapters.clock import SystemClock
from duban.adapters.embedded import backup, schema, views_export
from duban.adapters.embedded.manifest import LARGEST
from duban.adapters.embedded.named_blobs import FIELDS
from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.domain.event import BODIES, TOPICS, encode
from duban.errors import StorageError, UsageError
from duban.testing.events import posted, read, registered
from duban.testing.office import fill_office, open_office


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with a posted file in its blob store."""
    folder = tmp_path_factory.mktemp("office") / "data"
    fill_office(folder)
    with EmbeddedStore(folder) as store:
        store.blobs.put(b"kept")
        store.log.append([posted("kept")])
        open_office(store).run_until_idle()
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


def duban(*arguments: object) -> Result:
    result = CliRunner().invoke(group, list(map(str, arguments)))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def back_up(data: Path, file: Path, *options: str) -> Result:
    return duban("backup", file, "--data", data, *options)


def restore(file: Path, data: Path) -> Result:
    return duban("restore", file, "--data", data)


def history(folder: Path) -> list[tuple[Any, ...]]:
    """All that is kept but the read models, byte for byte."""
    with closing(sqlite3.connect(folder / "duban.db")) as file:
        names = file.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return [
            (name, *row)
            for (name,) in sorted(names)
            for row in sorted(file.execute(f"SELECT * FROM {name}"))
        ]


def export(folder: Path) -> list[bytes]:
    """The canonical text of the read models, brought up to the end of the history."""
    with EmbeddedStore(folder) as store:
        open_office(store).run_until_idle()
        with store.views.read() as views:
            kinds = views_export.kinds(views)
            return [line.text for kind in kinds for line in views_export.lines(views, kind)]


def rewrite(file: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> None:
    """Change the manifest and the members of a backup."""
    with zipfile.ZipFile(file) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    manifest = json.loads(members.pop("manifest.json"))
    change(manifest, members)
    with zipfile.ZipFile(file, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
        if manifest:
            archive.writestr("manifest.json", json.dumps(manifest))


def test_a_restored_copy_equals_the_original(data: Path, tmp_path: Path) -> None:
    result = back_up(data, tmp_path / "b.zip")
    assert "已备份到" in result.stdout
    result = restore(tmp_path / "b.zip", tmp_path / "copy")
    assert "已恢复到" in result.stdout

    assert history(tmp_path / "copy") == history(data)
    assert export(tmp_path / "copy") == export(data)
    with EmbeddedStore(tmp_path / "copy") as store:
        assert store.blobs.get(posted("kept").body.sha256) == b"kept"  # type: ignore[union-attr]
    assert duban("rebuild", "--verify-only", "--data", tmp_path / "copy").exit_code == 0


def test_blobs_that_are_named_and_missing_are_told_and_the_rest_is_kept(
    data: Path, tmp_path: Path
) -> None:
    result = back_up(data, tmp_path / "b.zip")

    assert result.exit_code == 1  # the readings of the tests name documents that nobody stored
    assert "份原文不在或已损坏" in result.stderr
    assert "备份时有" in restore(tmp_path / "b.zip", tmp_path / "copy").stderr


def test_a_damaged_blob_is_not_backed_up_as_if_it_were_whole(data: Path, tmp_path: Path) -> None:
    sha256 = posted("kept").body.sha256  # type: ignore[union-attr]
    (data / "blobs" / sha256[:2] / sha256[2:]).write_bytes(b"kopt")

    back_up(data, tmp_path / "b.zip")

    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        assert sha256 in json.loads(archive.read("manifest.json"))["missing"]


def test_the_data_are_backed_up_while_they_grow(data: Path, tmp_path: Path) -> None:
    ended = threading.Event()

    def grow() -> None:
        with EmbeddedStore(data) as store:
            runner = open_office(store)
            runner.start()
            year = 1900
            while not ended.is_set():
                year += 1
                store.log.append([read("a", year, "字" * 500, minute=year)])
            runner.stop()

    writer = threading.Thread(target=grow)
    writer.start()
    try:
        for n in range(3):
            back_up(data, tmp_path / f"{n}.zip")
    finally:
        ended.set()
        writer.join()

    for n in range(3):
        restore(tmp_path / f"{n}.zip", tmp_path / f"copy{n}")
        copied = [row for row in history(tmp_path / f"copy{n}") if row[0] == "event"]
        assert copied == [row for row in history(data) if row[0] == "event"][: len(copied)]
        result = duban("rebuild", "--verify-only", "--data", tmp_path / f"copy{n}")
        assert result.exit_code == 0, result.stdout


def test_a_backup_holds_what_was_there_when_it_began_and_nothing_later(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backup, "_PAGES_AT_ONCE", 1)
    later: list[int] = []

    def grow(stage: str, _: int, __: int) -> None:
        if stage == "复制数据文件" and len(later) < 5:
            later.append(store.log.append([registered(f"later{len(later)}")]))

    with EmbeddedStore(data) as store:
        before = store.log.head("facts")
        made = backup.back_up(
            store.history, store.blobs, tmp_path / "b.zip",
            now=SystemClock().now(), force=False, told=grow,
        )  # fmt: skip

    assert later == [1] * 5
    assert made.heads["facts"] == before


def test_a_file_that_exists_is_overwritten_only_by_force(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "b.zip"
    file.write_bytes(b"precious")

    with pytest.raises(UsageError, match="--force"):
        back_up(data, file)
    assert file.read_bytes() == b"precious"

    back_up(data, file, "--force")
    restore(file, tmp_path / "copy")


def test_a_folder_of_the_backup_that_does_not_exist_is_told(data: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="已有目录"):
        back_up(data, tmp_path / "nowhere" / "b.zip")


def test_a_backup_that_cannot_be_written_whole_is_not_there_at_all(
    data: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, before[1]))
    try:
        with pytest.raises(StorageError, match="磁盘已满"):
            back_up(data, tmp_path / "out" / "b.zip")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)

    assert list((tmp_path / "out").iterdir()) == []


def test_damaged_data_are_not_backed_up_over_a_good_backup(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.zip")
    good = (tmp_path / "b.zip").read_bytes()
    with closing(sqlite3.connect(data / "duban.db")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((data / "duban.db").read_bytes())
    content[-8192:] = b"\xaa" * 8192
    (data / "duban.db").write_bytes(content)

    with pytest.raises(StorageError, match="已损坏"):
        back_up(data, tmp_path / "b.zip", "--force")

    assert (tmp_path / "b.zip").read_bytes() == good


@pytest.mark.parametrize("content", [b"", b"hello", b"PK\x03\x04" + bytes(1000)])
def test_a_file_that_is_no_backup_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(content)

    with pytest.raises(UsageError, match="不是 duban 的备份"):
        restore(tmp_path / "b.zip", tmp_path / "copy")

    assert [path.name for path in tmp_path.iterdir()] == ["b.zip"]


def test_a_backup_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="找不到备份"):
        restore(tmp_path / "b.zip", tmp_path / "copy")


@pytest.mark.parametrize("share", [0.1, 0.5, 0.99])
def test_a_backup_cut_short_is_refused(data: Path, tmp_path: Path, share: float) -> None:
    back_up(data, tmp_path / "b.zip")
    whole = (tmp_path / "b.zip").read_bytes()
    (tmp_path / "b.zip").write_bytes(whole[: int(len(whole) * share)])

    with pytest.raises(UsageError, match="备份"):
        restore(tmp_path / "b.zip", tmp_path / "copy")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "data"]


def test_any_changed_byte_of_a_member_is_noticed(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.zip")
    whole = bytearray((tmp_path / "b.zip").read_bytes())
    with zipfile.ZipFile(tmp_path / "b.zip") as file:
        members = file.infolist()
    # A member's own header repeats what the directory at the end says, and nobody reads it there.
    heads = {at for one in members for at in range(one.header_offset, one.header_offset + 128)}
    for at in sorted({*range(200, len(whole) - 200, len(whole) // 23)} - heads):
        changed = bytearray(whole)
        changed[at] ^= 0x5A
        (tmp_path / "c.zip").write_bytes(changed)
        with pytest.raises(UsageError, match="备份"):
            restore(tmp_path / "c.zip", tmp_path / "copy")
        assert not (tmp_path / "copy").exists()


def _other_format(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
    manifest["format"] = "other"


def _newer_format(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
    manifest["version"] = 2


def _newer_data(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
    manifest["schema"] = schema.VERSION + 1


def _no_manifest(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
    manifest.clear()


def _no_database(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    manifest["members"] = [one for one in manifest["members"] if one["name"] != "duban.db"]
    del members["duban.db"]


def _escape(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    members["../escaped"] = b"x"
    manifest["members"].append({"name": "../escaped", "size": 1, "sha256": "0" * 64})


def _absolute(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    members["/tmp/duban-escaped"] = b"x"
    manifest["members"].append({"name": "/tmp/duban-escaped", "size": 1, "sha256": "0" * 64})


def _unlisted(_: dict[str, Any], members: dict[str, bytes]) -> None:
    members["views/current"] = b"1"


def _listed_only(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    del members[next(name for name in members if name.startswith("blobs/"))]


def _bomb(manifest: dict[str, Any], members: dict[str, bytes]) -> None:
    members["duban.db"] += bytes(50_000_000)


def _wrong_blob(_: dict[str, Any], members: dict[str, bytes]) -> None:
    name = next(name for name in members if name.startswith("blobs/"))
    members[name] = b"x" * len(members[name])


def _other_counts(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
    manifest["counts"]["facts"] += 1


def _negative(manifest: dict[str, Any], _: dict[str, bytes]) -> None:
    manifest["members"][0]["size"] = -1


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (_other_format, "不是 duban 的备份"),
        (_newer_format, "请升级 duban"),
        (_newer_data, "请升级 duban"),
        (_no_manifest, "不是 duban 的备份"),
        (_no_database, "不是 duban 的备份"),
        (_escape, "不是 duban 的备份"),
        (_absolute, "不是 duban 的备份"),
        (_unlisted, "不是 duban 的备份"),
        (_listed_only, "不是 duban 的备份"),
        (_bomb, "已被改动"),
        (_wrong_blob, "已损坏"),
        (_other_counts, "已被改动"),
        (_negative, "不是 duban 的备份"),
    ],
)
def test_a_backup_that_was_changed_is_refused_and_leaves_nothing(
    data: Path,
    tmp_path: Path,
    change: Callable[[dict[str, Any], dict[str, bytes]], None],
    told: str,
) -> None:
    back_up(data, tmp_path / "b.zip")
    rewrite(tmp_path / "b.zip", change)

    with pytest.raises(UsageError, match=told):
        restore(tmp_path / "b.zip", tmp_path / "copy")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "data"]
    assert not Path("/tmp/duban-escaped").exists()


def test_a_manifest_without_end_is_not_read(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert LARGEST < 2**30
    monkeypatch.setattr("duban.adapters.embedded.manifest.LARGEST", 100)
    back_up(data, tmp_path / "b.zip")

    with pytest.raises(UsageError, match="不是 duban 的备份"):
        restore(tmp_path / "b.zip", tmp_path / "copy")


def test_only_an_empty_or_new_folder_is_restored_into(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.zip")
    before = history(data)
    with pytest.raises(UsageError, match="不是空的"):
        restore(tmp_path / "b.zip", data)
    assert history(data) == before

    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="是一个文件"):
        restore(tmp_path / "b.zip", tmp_path / "file")

    (tmp_path / "empty").mkdir()
    restore(tmp_path / "b.zip", tmp_path / "empty")
    assert history(tmp_path / "empty") == before
    restore(tmp_path / "b.zip", tmp_path / "new" / "deeper")


def test_what_a_killed_restore_left_does_not_hinder_the_next(data: Path, tmp_path: Path) -> None:
    back_up(data, tmp_path / "b.zip")
    (tmp_path / ".copy.restoring" / "blobs").mkdir(parents=True)
    (tmp_path / ".copy.restoring" / "duban.db").write_bytes(b"half")
    (tmp_path / ".copy.restoring.lock").write_bytes(b"")

    restore(tmp_path / "b.zip", tmp_path / "copy")

    assert sorted(path.name for path in tmp_path.iterdir()) == ["b.zip", "copy", "data"]


@pytest.mark.parametrize("exists", [False, True])
def test_where_a_restore_was_killed_no_empty_office_is_begun(
    data: Path, tmp_path: Path, exists: bool
) -> None:
    back_up(data, tmp_path / "b.zip")
    (tmp_path / ".copy.restoring").mkdir()
    if exists:
        (tmp_path / "copy").mkdir()
    for command in (["events", "list"], ["rebuild"], ["serve", "--no-crawl", "--port", "0"]):
        with pytest.raises(StorageError, match="再运行一次 duban restore"):
            duban(*command, "--data", tmp_path / "copy")
    assert (tmp_path / "copy").exists() == exists

    restore(tmp_path / "b.zip", tmp_path / "copy")

    assert history(tmp_path / "copy") == history(data)


def test_every_hash_in_an_event_is_known_to_name_a_blob_or_not() -> None:
    names_no_bytes = {
        ("rulebook.released", "sha256"),
        ("calendar.released", "sha256"),
        ("day.began", "calendar_sha256"),
        *(
            (name, field)
            for name, topic in TOPICS.items()
            if topic in ("conclusions", "alerts")  # what they name was named by a fact before
            for field in ("sha256", "rulebook_sha256")
        ),
    }
    for (name, _), body in BODIES.items():
        for field in msgspec.structs.fields(body):
            if field.name.endswith("sha256"):
                assert field.name in FIELDS.get(name, ()) or (name, field.name) in names_no_bytes


def test_an_event_that_cannot_be_read_does_not_hinder_a_backup(data: Path, tmp_path: Path) -> None:
    newer = encode(read("a", 2020)).replace(b'"version":', b'"version":9')
    with closing(sqlite3.connect(data / "duban.db", isolation_level=None)) as file:
        insert = "INSERT INTO event (topic, id, packed, body) VALUES ('facts', ?, 0, ?)"
        file.execute(insert, ("newer", newer))
        file.execute(insert, ("broken", b"{"))

    back_up(data, tmp_path / "b.zip")
    restore(tmp_path / "b.zip", tmp_path / "copy")

    assert history(tmp_path / "copy") == history(data)
