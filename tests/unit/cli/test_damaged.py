"""Damaged data: every command says so in one sentence, and leaves everything as it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner

from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.errors import DubanError
from duban.testing.events import read
from duban.testing.office import fill_office


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def _spoil_facts(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[4096 : len(content) // 2] = b"\xaa" * (len(content) // 2 - 4096)
    path.write_bytes(content)


DAMAGE: dict[str, Callable[[Path], object]] = {
    "cut in half": _cut,
    "empty": lambda path: path.write_bytes(b""),
    "gone": Path.unlink,
    "garbage": lambda path: path.write_bytes(b"garbage " * 10_000),
    "zeros": lambda path: path.write_bytes(bytes(40_960)),
    "spoilt inside": _spoil_facts,
}


def _files(folder: Path) -> dict[str, bytes]:
    ours = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in ours
        if not path.name.endswith(("-shm", "-wal", ".lock"))
    }


@pytest.mark.parametrize("damage", DAMAGE)
@pytest.mark.parametrize(
    "command", [["serve", "--no-crawl", "--port", "0"], ["rebuild"], ["backup", "out.zip"]]
)
def test_damaged_data_are_told_and_left_as_they_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: list[str], damage: str
) -> None:
    monkeypatch.chdir(tmp_path)
    data = tmp_path / "data"
    fill_office(data)
    with EmbeddedStore(data) as store:
        store.log.append([read("a", year, "字" * 3000, minute=9) for year in range(1990, 2020)])
    with closing(sqlite3.connect(data / "duban.db")) as file:
        file.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    DAMAGE[damage](data / "duban.db")
    before = _files(data)

    result = CliRunner().invoke(group, [*command, "--data", str(data)])

    assert isinstance(result.exception, DubanError), result.output
    assert "\n" not in str(result.exception)
    if command[0] == "serve":
        assert "duban restore" in str(result.exception)
    assert _files(data) == before
    assert not (tmp_path / "out.zip").exists()


@pytest.mark.parametrize("command", [["serve", "--no-crawl", "--port", "0"], ["rebuild"]])
def test_a_data_folder_that_is_a_file_is_told(tmp_path: Path, command: list[str]) -> None:
    (tmp_path / "data").write_text("a letter")

    result = CliRunner().invoke(group, [*command, "--data", str(tmp_path / "data")])

    assert result.exit_code == 2 or isinstance(result.exception, DubanError)
    assert (tmp_path / "data").read_text() == "a letter"
