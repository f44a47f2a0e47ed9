"""Other rules judge the archive again: the same figures whether tried or done, and nothing else."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from duban import assets
from duban.adapters.embedded import judging
from duban.adapters.embedded.chain_unit import ChainUnit
from duban.adapters.embedded.store import EmbeddedStore
from duban.bootstrap import Machine
from duban.cli import group
from duban.config import Settings
from duban.domain.view import FindingQuery, Scope
from duban.errors import RuleError, UsageError
from duban.testing.office import fill_office

Change = Callable[[Path], None]


class StoppedError(Exception):
    """Where a test ends the work."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("office") / "data"
    fill_office(folder)
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path / "data")
    return tmp_path / "data"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """The rules with one that is broken in the office retired."""
    folder = tmp_path / "rules"
    shutil.copytree(assets.find("rules"), folder)
    retire(folder, "SEC-MISSING")
    return folder


def rule_file(folder: Path, rule: str) -> Path:
    [path] = folder.glob(f"*/{rule}.yaml")
    return path


def retire(folder: Path, rule: str) -> None:
    path = rule_file(folder, rule)
    text = path.read_text("utf-8")
    assert "\nstatus: active\n" in text
    path.write_text(text.replace("\nstatus: active\n", "\nstatus: shadow\n"), "utf-8")


def earlier(folder: Path) -> None:
    """Departments are to report two weeks earlier."""
    heading = folder / "deadlines" / "calendar.yaml"
    heading.write_text(heading.read_text("utf-8").replace("2026.1", "2026.9"), "utf-8")
    for path in (folder / "deadlines").glob("A49-*.yaml"):
        text = path.read_text("utf-8")
        path.write_text(text.replace("due: 01-31", "due: 01-15"), "utf-8")


def judge(data: Path, *arguments: object) -> Result:
    given = ["judge", *map(str, arguments), "--data", str(data)]
    result = CliRunner().invoke(group, given)
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def told(data: Path, *arguments: object) -> dict[str, Any]:
    result = judge(data, *arguments, "--format", "json")
    assert result.exit_code == 0, result.stdout
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def figures(answer: dict[str, Any]) -> dict[str, Any]:
    names = ("before", "after", "reports", "obligations", "set_aside", "findings", "rules")
    return {name: answer[name] for name in names}


def history(data: Path) -> list[tuple[Any, ...]]:
    """Everything stored, byte for byte."""
    with closing(sqlite3.connect(data / "duban.db")) as file:
        tables = ("event", "state", "cursor", "known_key", "broadcast", "set_aside")
        return [
            (name, *row) for name in tables for row in sorted(file.execute(f"SELECT * FROM {name}"))
        ]


def open_rules(data: Path) -> Counter[str]:
    with EmbeddedStore(data) as store:
        return Counter(row.finding.rule for row in store.index.findings(FindingQuery()).rows)


def open_findings(data: Path) -> list[tuple[str, int, bytes]]:
    """All that is open as it was opened; not since when, or by which rulebook."""
    with EmbeddedStore(data) as store, store.views.read() as views:
        return sorted(
            views.execute(
                "SELECT agency_id, year, body FROM finding WHERE is_open = 1 AND to_us IS NULL"
            )
        )


def rebuilt_is_equal(data: Path) -> bool:
    result = CliRunner().invoke(group, ["rebuild", "--verify-only", "--data", str(data)])
    return result.exit_code == 0


def test_what_a_rulebook_changes_is_recorded_and_told_by_rule(data: Path, rules: Path) -> None:
    before = open_rules(data)

    answer = told(data, "--rulebook", rules)

    assert answer["reports"] == 2
    assert answer["rules"] == {
        "SEC-MISSING": {
            "opened": 0,
            "changed": 0,
            "resolved": before["SEC-MISSING"],
        }
    }
    assert before["SEC-MISSING"] > 0
    assert open_rules(data) == before - Counter({"SEC-MISSING": 9})
    assert rebuilt_is_equal(data)


def test_the_text_tells_versions_counts_and_time(data: Path, rules: Path) -> None:
    text = judge(data, "--rulebook", rules).stdout

    assert "规则集：1.1.0（" in text  # the same version on both sides: told by the hash
    assert "重新判定报告 2 份" in text
    assert "SEC-MISSING" in text
    assert "用时" in text
    assert "每秒" in text


def test_a_rehearsal_tells_the_figures_of_the_run_and_changes_nothing(
    data: Path, rules: Path
) -> None:
    earlier(rules)
    before = history(data)
    blobs = sorted((data / "blobs").rglob("*"))

    tried = told(data, "--rulebook", rules, "--dry-run")

    assert tried["dry_run"]
    assert history(data) == before
    assert sorted((data / "blobs").rglob("*")) == blobs
    assert "什么都没有改动" in judge(data, "--rulebook", rules, "--dry-run").stdout
    assert figures(tried) == figures(told(data, "--rulebook", rules))


def test_back_to_the_packaged_rules_everything_is_open_as_it_was(data: Path, rules: Path) -> None:
    earlier(rules)
    before = open_findings(data)
    there = told(data, "--rulebook", rules)
    assert open_findings(data) != before

    back = told(data, "--packaged")

    assert open_findings(data) == before
    assert back["after"] == there["before"]
    assert back["rules"]["SEC-MISSING"]["opened"] == 2
    assert rebuilt_is_equal(data)


def test_rules_in_force_are_not_released_again(data: Path, rules: Path) -> None:
    told(data, "--rulebook", rules)
    before = history(data)

    result = judge(data, "--rulebook", rules)

    assert result.exit_code == 0
    assert "规则集 1.1.0 已在执行" in result.stdout
    assert history(data) == before
    assert "已在执行" in judge(data, "--rulebook", rules, "--dry-run").stdout


def test_deadlines_of_the_folder_hold_too_even_where_no_rule_differs(
    data: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    shutil.copytree(assets.find("rules"), folder)
    earlier(folder)
    tried = told(data, "--rulebook", folder, "--dry-run")

    answer = told(data, "--rulebook", folder)

    assert figures(tried) == figures(answer)
    assert (answer["before"]["deadlines"], answer["after"]["deadlines"]) == ("2026.1", "2026.9")
    assert answer["obligations"] > 0
    assert rebuilt_is_equal(data)
    with Machine(Settings(data=data), None) as machine:
        machine.runner.run_until_idle()
    with EmbeddedStore(data) as store:
        found = store.index.report("a", 2024, Scope())
        assert found is not None
        assert found.row.obligation is not None
        assert found.row.obligation.due_on == "2025-01-15"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: rule_file(folder, "SEC-MISSING").write_text("id: x\n", "utf-8"),
        lambda folder: (folder / "deadlines" / "towns.yaml").write_text("due: 1\n", "utf-8"),
        lambda folder: (folder / "overlays" / "x.yaml").write_bytes(b"\xff\xfe"),
        lambda folder: (folder / "rulebook.yaml").unlink(),
    ],
    ids=["rule", "deadline", "encoding", "rulebook"],
)
def test_wrong_rules_change_nothing(data: Path, rules: Path, spoil: Change) -> None:
    (rules / "overlays").mkdir(exist_ok=True)
    spoil(rules)
    before = history(data)
    for arguments in ([], ["--dry-run"]):
        with pytest.raises(RuleError):
            judge(data, "--rulebook", rules, *arguments)
    assert history(data) == before


def test_a_folder_in_use_is_refused_in_one_sentence_and_can_be_rehearsed(
    data: Path, rules: Path
) -> None:
    with Machine(Settings(data=data), None):
        before = history(data)
        with pytest.raises(UsageError, match="另一个 duban 正在处理"):
            judge(data, "--rulebook", rules)
        assert history(data) == before
        assert told(data, "--rulebook", rules, "--dry-run")["reports"] == 2


def test_a_second_monitor_over_the_same_folder_is_refused(data: Path) -> None:
    with (
        Machine(Settings(data=data), None),
        pytest.raises(UsageError, match="另一个 duban 正在处理"),
        Machine(Settings(data=data), None),
    ):
        pass


@pytest.mark.parametrize("steps", [0, 1, 2])
def test_what_was_interrupted_is_gone_on_with_and_told_as_one(
    data: Path, rules: Path, monkeypatch: pytest.MonkeyPatch, steps: int
) -> None:
    earlier(rules)
    tried = told(data, "--rulebook", rules, "--dry-run")
    advance, done = ChainUnit.advance, []

    def interrupted(unit: ChainUnit) -> bool:
        if len(done) == steps:
            raise StoppedError
        done.append(1)
        return advance(unit)

    with monkeypatch.context() as patched:
        patched.setattr(ChainUnit, "advance", interrupted)
        with pytest.raises(StoppedError):
            judge(data, "--rulebook", rules)

    again = told(data, "--rulebook", rules)

    assert again["resumed"]
    assert figures(again) == figures(tried)
    assert told(data, "--rulebook", rules)["same"]
    assert rebuilt_is_equal(data)


def test_views_left_behind_are_filled_by_the_next_call(
    data: Path, rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise StoppedError

    with monkeypatch.context() as patched:
        patched.setattr(judging, "IndexUnit", interrupted)
        with pytest.raises(StoppedError):
            judge(data, "--rulebook", rules)

    assert told(data, "--rulebook", rules)["resumed"]
    assert open_rules(data)["SEC-MISSING"] == 0


def test_a_rehearsal_says_what_it_left_out(data: Path, rules: Path) -> None:
    with closing(sqlite3.connect(data / "duban.db", isolation_level=None)) as file:
        file.execute("UPDATE cursor SET position = position - 1 WHERE unit = 'agency'")

    assert "尚未判定" in judge(data, "--rulebook", rules, "--dry-run").stdout


def test_one_of_folder_and_packaged_is_wanted(data: Path, rules: Path) -> None:
    for arguments in ([], ["--packaged", "--rulebook", rules]):
        with pytest.raises(UsageError, match="二者取一"):
            judge(data, *arguments)
    with pytest.raises(UsageError, match="找不到目录"):
        judge(data, "--rulebook", rules / "nowhere")


def test_a_folder_without_data_is_not_made_into_one(tmp_path: Path, rules: Path) -> None:
    with pytest.raises(UsageError, match="没有 duban 的数据"):
        judge(tmp_path / "nowhere", "--rulebook", rules)
    assert not (tmp_path / "nowhere").exists()
