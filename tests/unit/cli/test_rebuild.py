from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from duban.adapters.embedded.packing import pack, unpack
from duban.adapters.embedded.store import EmbeddedStore
from duban.cli import group
from duban.domain.view import FindingQuery
from duban.errors import DubanError, UsageError
from duban.testing.events import read
from duban.testing.office import fill_office, open_office


@pytest.fixture
def data(tmp_path: Path) -> Path:
    fill_office(tmp_path / "data")
    return tmp_path / "data"


def rebuild(data: Path, *arguments: str) -> Result:
    result = CliRunner().invoke(group, ["rebuild", *arguments, "--data", str(data)])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def current(data: Path) -> str:
    return (data / "views" / "current").read_text()


def change_conclusion(data: Path, change: Callable[[bytes], bytes], name: str) -> None:
    """Change a recorded conclusion behind the program's back."""
    with closing(sqlite3.connect(data / "duban.db", isolation_level=None)) as file:
        rows = file.execute("SELECT position, packed, body FROM event WHERE topic = 'conclusions'")
        for position, packed, body in rows.fetchall():
            event = unpack(packed, body)
            if json.loads(event)["name"] == name:
                file.execute(
                    "UPDATE event SET packed = ?, body = ? WHERE position = ?",
                    (*pack(change(event)), position),
                )
                return
    raise AssertionError(name)


def change_view(data: Path, statement: str) -> None:
    path = data / "views" / f"{current(data).strip()}.db"
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        assert file.execute(statement).rowcount


def test_what_is_whole_is_rebuilt_and_exchanged(data: Path) -> None:
    before = current(data)

    result = rebuild(data)

    assert result.exit_code == 0
    assert "与记录逐条一致" in result.stdout
    assert "逐字一致" in result.stdout
    assert "已更换" in result.stdout
    assert current(data) != before
    assert [path.name for path in (data / "views").glob("*.db")] == [f"{current(data).strip()}.db"]
    with EmbeddedStore(data) as store:
        assert store.index.findings(FindingQuery()).total > 2
        assert store.views.anew is None


def test_verifying_changes_nothing(data: Path) -> None:
    before = current(data)

    result = rebuild(data, "--verify-only")

    assert result.exit_code == 0
    assert "没有更换" in result.stdout
    assert current(data) == before


def test_views_that_differ_are_told_and_kept_until_accepted(data: Path) -> None:
    change_view(data, "UPDATE finding SET told = 'x' WHERE agency_id = 'a' AND rowid = 1")
    change_view(data, "DELETE FROM agency WHERE agency_id = 'b'")
    before = current(data)

    result = rebuild(data)

    assert result.exit_code == 1
    assert "问题：原有" in result.stdout
    assert "内容不同 1，缺少 0，多出 0" in result.stdout
    assert "机关：原有 1 份，重建 2 份" in result.stdout
    assert "原有：（无）" in result.stdout
    assert "没有更换" in result.stdout
    assert current(data) == before

    assert rebuild(data, "--accept").exit_code == 1
    assert current(data) != before
    assert rebuild(data, "--verify-only").exit_code == 0


def test_a_conclusion_that_was_changed_lost_or_made_up_is_named(data: Path) -> None:
    change_conclusion(
        data, lambda event: event.replace(b'"errors":', b'"errors":7'), "report.assessed"
    )
    with closing(sqlite3.connect(data / "duban.db", isolation_level=None)) as file:
        lost = file.execute(
            "DELETE FROM event WHERE position = (SELECT max(position) FROM event "
            "WHERE topic = 'conclusions')"
        )
        assert lost.rowcount == 1
        (packed, body) = file.execute(
            "SELECT packed, body FROM event WHERE topic = 'conclusions' LIMIT 1"
        ).fetchone()
        file.execute(
            "INSERT INTO event (topic, id, packed, body) VALUES ('conclusions', 'made-up', ?, ?)",
            (packed, body),
        )

    result = rebuild(data, "--verify-only", "--format", "json")

    assert result.exit_code == 1
    told = json.loads(result.stdout)["conclusions"]
    assert (told["changed"], told["missing"], told["added"]) == (1, 1, 1)
    text = rebuild(data, "--verify-only").stdout
    assert "内容不同：记录为" in text
    assert "不再得出" in text
    assert "新得出" in text


def test_lost_views_are_built_by_a_rebuild(data: Path) -> None:
    for path in (data / "views").iterdir():
        path.unlink()

    result = rebuild(data)

    assert result.exit_code == 0
    assert "视图尚未建立" in result.stdout
    with EmbeddedStore(data) as store:
        assert store.index.findings(FindingQuery()).total > 2
        assert store.index.position() == store.end()


def test_pages_go_on_and_the_history_grows_while_it_is_rebuilt(data: Path) -> None:
    with EmbeddedStore(data) as serving:
        runner = open_office(serving)
        runner.start()
        serving.log.append([read("a", 2022, "正文", minute=5)])
        assert rebuild(data).exit_code == 0
        serving.log.append([read("b", 2022, "正文", minute=6)])
        while serving.index.report("b", 2022, FindingQuery().scope) is None:
            serving.wait(serving.index.position(), 1.0)
        runner.stop()
        runner.run_until_idle()

    assert rebuild(data, "--verify-only").exit_code == 0


def test_a_second_rebuild_is_refused(data: Path) -> None:
    with (
        EmbeddedStore(data) as store,
        store.rebuilding(),
        pytest.raises(UsageError, match="正在运行"),
    ):
        rebuild(data)


def test_a_folder_without_data_is_not_made_into_one(tmp_path: Path) -> None:
    with pytest.raises(DubanError, match="没有 duban 的数据"):
        rebuild(tmp_path / "nowhere")

    assert not (tmp_path / "nowhere").exists()


def test_verifying_and_accepting_contradict_each_other(data: Path) -> None:
    with pytest.raises(UsageError, match="--accept"):
        rebuild(data, "--verify-only", "--accept")


def test_processes_are_chosen_for_the_indices_alone(data: Path) -> None:
    with pytest.raises(UsageError, match="--profile distributed"):
        rebuild(data, "--processes", "2")
