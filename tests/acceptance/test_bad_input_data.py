"""Kept data that were cut, edited or lost: each command says so and leaves all as it was."""

from __future__ import annotations

import json
import os
import resource
import shutil
import sqlite3
import sys
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import main
from duban.testing.events import posted, read
from duban.testing.office import fill_office, open_office

COMMANDS = (
    ["events", "list"],
    ["events", "set-aside"],
    ["events", "export", "out.jsonl"],
    ["backup", "out.zip"],
    ["rebuild"],
)


class Run:
    """What a command ended with and said."""

    def __init__(self, code: object, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err
        assert "Traceback" not in err, err
        assert "程序自身出错" not in err, err

    @property
    def sentence(self) -> str:
        """The Chinese line of a refusal, which stands before an English one."""
        assert self.code == 2, (self.code, self.out, self.err)
        lines = [line for line in self.err.splitlines() if line.startswith(("错误：", "Error: "))]
        assert lines[0].startswith("错误：")
        assert lines[0].endswith("。")
        return lines[0]

    @property
    def english(self) -> str:
        """The English line of a refusal."""
        return next(line for line in self.err.splitlines() if line.startswith("Error: "))


@pytest.fixture
def duban(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Callable[..., Run]:
    """The whole command line, as `duban …` runs it, in a folder of its own."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Run:
        monkeypatch.setattr(sys, "argv", ["duban", *map(str, arguments)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        return Run(ended.value.code, *capfd.readouterr())

    return run


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with a history of some length, at rest."""
    folder = tmp_path_factory.mktemp("office") / "data"
    fill_office(folder)
    with EmbeddedStore(folder) as store:
        store.blobs.put(b"kept")
        store.log.append([posted("kept")])
        store.log.append([read("b", year, "字" * 3000, minute=9) for year in range(1990, 2010)])
        open_office(store).run_until_idle()
    for path in (folder / "duban.db", views_of(folder)):
        with closing(sqlite3.connect(path)) as file:
            file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return folder


def views_of(data: Path) -> Path:
    return next(path for path in (data / "views").iterdir() if path.suffix == ".db")


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


def kept(folder: Path) -> dict[str, bytes]:
    """Every file below a folder; what SQLite makes beside it, and locks, apart."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal", ".lock"))
    }


def halve(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _both_halves(data: Path) -> None:
    halve(data / "duban.db")
    halve(views_of(data))


def _half_beside_a_journal(data: Path) -> None:
    halve(data / "duban.db")
    (data / "duban.db-wal").write_bytes(os.urandom(50_000))


def _folder(data: Path) -> None:
    (data / "duban.db").unlink()
    (data / "duban.db").mkdir()


DAMAGE: dict[str, tuple[Callable[[Path], object], str]] = {
    "history cut in half": (lambda data: halve(data / "duban.db"), "已损坏：请用备份恢复"),
    "history and views cut in half": (_both_halves, "已损坏：请用备份恢复"),
    "half a history, a journal left over": (_half_beside_a_journal, "已损坏：请用备份恢复"),
    "no bytes": (lambda data: (data / "duban.db").write_bytes(b""), "是空的"),
    "a letter": (
        lambda data: (data / "duban.db").write_text("各单位：\n" * 500),
        "不是 duban 的数据",
    ),
    "a folder": (_folder, "不见了"),
    "gone": (lambda data: (data / "duban.db").unlink(), "不见了"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_history_is_told_by_every_command_and_left_as_it_is(
    duban: Callable[..., Run], data: Path, tmp_path: Path, damage: str
) -> None:
    spoil, told = DAMAGE[damage]
    spoil(data)
    before = kept(tmp_path)
    for command in COMMANDS:
        run = duban(*command, "--data", data)
        assert told in run.sentence, command
        assert "duban restore" in run.sentence or damage == "a letter"
        assert str(data) in run.english
        assert kept(tmp_path) == before, command


@pytest.mark.parametrize("content", [b"", b"garbage " * 9000, None])
def test_damaged_views_are_built_anew_and_nothing_is_lost(
    duban: Callable[..., Run], data: Path, content: bytes | None
) -> None:
    views = views_of(data)
    views.write_bytes(views.read_bytes()[:9000] if content is None else content)
    history = (data / "duban.db").read_bytes()

    run = duban("rebuild", "--data", data)

    assert run.code == 0, run.out
    assert "从事件记录" in run.out
    assert (data / "duban.db").read_bytes() == history
    assert duban("rebuild", "--verify-only", "--data", data).code == 0


def test_a_journal_cut_in_the_middle_costs_only_what_was_in_its_lost_half(
    duban: Callable[..., Run], data: Path
) -> None:
    listed = duban("events", "list", "--limit", 1000, "--data", data).out
    with closing(sqlite3.connect(data / "duban.db", isolation_level=None)) as file:
        file.execute("PRAGMA wal_autocheckpoint = 0")
        insert = "INSERT INTO event (topic, id, packed, body) VALUES ('facts', ?, 0, ?)"
        for number in range(40):
            file.execute(insert, (f"late{number}", bytes(4000)))
        journal = (data / "duban.db-wal").read_bytes()
    (data / "duban.db-wal").write_bytes(journal[: len(journal) // 2])

    run = duban("events", "list", "--limit", 1000, "--data", data)

    assert run.code == 0
    assert set(listed.splitlines()) <= set(run.out.splitlines())


def test_an_event_damaged_inside_the_history_is_told_and_hinders_no_other(
    duban: Callable[..., Run], data: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(data / "duban.db", isolation_level=None)) as file:
        insert = "INSERT INTO event (topic, id, packed, body) VALUES ('facts', 'broken', 0, ?)"
        file.execute(insert, (b"{",))

    assert duban("rebuild", "--data", data).code == 0
    exported = duban("events", "export", "out.jsonl", "--data", data)

    assert "号事件已搁置：事件无法解读" in caplog.text
    assert "Traceback" not in caplog.text
    assert "的事件已损坏，未导出" in exported.err
    assert duban("events", "verify", "out.jsonl").code == 0
    assert "事件无法解读" in duban("events", "set-aside", "--data", data).out


def _swapped(lines: list[bytes]) -> None:
    lines[3], lines[4] = lines[4], lines[3]


def _resealed(lines: list[bytes]) -> None:
    line = json.loads(lines[5])
    lines[5] = json.dumps({**line, "seal": "0" * 64}).encode() + b"\n"


def _changed(lines: list[bytes]) -> None:
    lines[5] = lines[5].replace(b'"id":"', b'"id":"0', 1)


EDITS: dict[str, tuple[Callable[[list[bytes]], object], str, str]] = {
    "changed": (_changed, "第 6 行不对：内容与写出时不同", "Line 6"),
    "removed": (lambda lines: lines.pop(5), "第 6 行不对：内容与写出时不同", "Line 6"),
    "swapped": (_swapped, "第 4 行不对：内容与写出时不同", "Line 4"),
    "repeated": (lambda lines: lines.insert(5, lines[5]), "第 7 行不对", "Line 7"),
    "resealed": (_resealed, "第 6 行不对：内容与写出时不同", "Line 6"),
    "appended": (lambda lines: lines.append(lines[5]), "结尾行之后还有内容", "follows"),
    "cut": (lambda lines: lines.pop(), "没有结尾行：文件被截断", "cut off"),
    "cut inside": (lambda lines: lines.append(lines.pop()[:9]), "结尾行不完整", "cut off"),
    "a note": (lambda lines: lines.insert(4, "# 已核对\n".encode()), "第 5 行不对：不是一个事件：#",
               "no event"),
    "a huge line": (lambda lines: lines.insert(4, b"x" * 70_000_000), "第 5 行不对", "xxx"),
    "another program's": (lambda lines: lines.insert(0, b'{"events": []}\n'), "不是 duban 导出的",
                          "not exported by duban"),
    "saved on Windows": (lambda lines: lines.insert(0, lines.pop(0)[:-1] + b"\r\n"),
                         "被编辑器另存过", "saved anew by an editor"),
    "emptied": (lambda lines: lines.clear(), "是空的", "is empty"),
}  # fmt: skip


@pytest.mark.parametrize("edit", EDITS)
def test_an_event_file_edited_by_hand_is_told_with_the_line(
    duban: Callable[..., Run], data: Path, tmp_path: Path, edit: str
) -> None:
    change, told, english = EDITS[edit]
    assert duban("events", "export", "out.jsonl", "--data", data).code == 0
    assert "完好" in duban("events", "verify", "out.jsonl").out
    lines = (tmp_path / "out.jsonl").read_bytes().splitlines(keepends=True)
    change(lines)
    (tmp_path / "out.jsonl").write_bytes(b"".join(lines))

    run = duban("events", "verify", "out.jsonl")

    assert told in run.sentence
    assert english in run.english
    assert run.out == ""


def test_a_backup_that_was_cut_edited_or_is_something_else_restores_nothing(
    duban: Callable[..., Run], data: Path, tmp_path: Path
) -> None:
    duban("backup", "b.zip", "--data", data)
    whole = (tmp_path / "b.zip").read_bytes()
    with (
        zipfile.ZipFile(tmp_path / "edited.zip", "w") as target,
        zipfile.ZipFile(tmp_path / "b.zip") as source,
    ):
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, content[:-1] + b"?" if name == "duban.db" else content)
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "other.zip").write_text('{"hello": 1}')
    before = sorted(path.name for path in tmp_path.iterdir())

    for name in ("cut.zip", "edited.zip", "other.zip"):
        run = duban("restore", name, "--data", "copy")
        assert "备份" in run.sentence
        assert "backup" in run.english
    assert "找不到备份" in duban("restore", "none.zip", "--data", "copy").sentence
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_a_backup_is_never_restored_over_other_data(
    duban: Callable[..., Run], data: Path, tmp_path: Path
) -> None:
    duban("backup", "b.zip", "--data", data)
    before = kept(data)

    run = duban("restore", "b.zip", "--data", data)

    assert "不是空的" in run.sentence
    assert "not empty" in run.english
    assert kept(data) == before


@contextmanager
def no_room_beyond(size: int) -> Iterator[None]:
    """No file can grow beyond so many bytes, as on a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_nothing_half_done(
    duban: Callable[..., Run], data: Path, tmp_path: Path
) -> None:
    duban("backup", "b.zip", "--data", data)
    size = (data / "duban.db").stat().st_size
    before = kept(tmp_path)

    for command in (
        ["restore", "b.zip", "--data", "copy"],
        ["backup", "c.zip", "--data", data],
        ["backup", "b.zip", "--force", "--data", data],
        ["events", "export", "out.jsonl", "--data", data],
    ):
        with no_room_beyond(min(20_000, size // 2)):
            run = duban(*command)
        assert "满" in run.sentence or "空间" in run.sentence, run.err
        assert run.english
        assert kept(tmp_path) == before, command


def test_a_folder_that_cannot_be_written_is_told(
    duban: Callable[..., Run], data: Path, tmp_path: Path
) -> None:
    duban("backup", "b.zip", "--data", data)
    before = kept(tmp_path)
    for command in (
        ["restore", "b.zip", "--data", "/proc/duban"],
        ["backup", "/proc/b.zip", "--data", data],
        ["events", "export", "/proc/e.jsonl", "--data", data],
    ):
        run = duban(*command)
        assert "/proc/" in run.sentence
        assert "/proc/" in run.english
    assert kept(tmp_path) == before


@pytest.mark.parametrize("spoil", [lambda path: path.unlink(), lambda path: path.write_bytes(b"x")])
def test_a_blob_that_is_gone_or_altered_is_named_and_the_rest_is_kept(
    duban: Callable[..., Run], data: Path, spoil: Callable[[Path], object]
) -> None:
    sha256 = posted("kept").body.sha256  # type: ignore[union-attr]
    spoil(data / "blobs" / sha256[:2] / sha256[2:])

    run = duban("backup", "b.zip", "--data", data)

    assert run.code == 1
    assert "份原文不在或已损坏，没有收入" in run.err
    with zipfile.ZipFile("b.zip") as archive:
        assert sha256 in json.loads(archive.read("manifest.json"))["missing"]


def test_rules_whose_bytes_are_gone_are_told_before_anything_is_judged(
    duban: Callable[..., Run], data: Path
) -> None:
    shutil.rmtree(data / "blobs")
    (data / "blobs").mkdir()
    history = (data / "duban.db").read_bytes()

    run = duban("rebuild", "--data", data)

    assert "请用备份恢复" in run.sentence
    assert "duban restore" in run.english
    assert (data / "duban.db").read_bytes() == history
