"""A version of a rule means one text."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from duban.errors import RuleError
from duban.rulebook import lock

RULES = Path(__file__).parents[3] / "rules"
NAME = "fees/FEE-DISCLOSED.yaml"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


def _edit(path: Path, old: str, new: str) -> None:
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), "utf-8")


def test_changed_content_under_the_same_version_breaks_the_lock(rules: Path) -> None:
    _edit(rules / NAME, "severity: warning", "severity: error")

    assert lock.check(rules) == ["FEE-DISCLOSED 的内容已变而版本仍为 1，请把版本加一"]
    with pytest.raises(RuleError, match="请把版本加一"):
        lock.write(rules)


def test_a_new_version_asks_for_a_new_lock_and_gets_it(rules: Path) -> None:
    _edit(rules / NAME, "version: 1", "version: 2")

    assert lock.check(rules) == ["FEE-DISCLOSED 的版本已由 1 升为 2，请重写锁定文件"]
    lock.write(rules)
    assert lock.check(rules) == []


def test_a_version_never_goes_back(rules: Path) -> None:
    _edit(rules / NAME, "version: 1", "version: 0")

    assert lock.check(rules) == ["FEE-DISCLOSED 的版本由 1 退回 0"]


def test_a_locked_file_stays(rules: Path) -> None:
    (rules / NAME).unlink()

    with pytest.raises(RuleError, match="已锁定但文件不存在"):
        lock.write(rules)


def test_a_changed_word_list_breaks_the_lock_too(rules: Path) -> None:
    _edit(rules / "lists" / "lit_parts.yaml", "lit_other, ", "")

    assert lock.check(rules) == ["lists/lit_parts 的内容已变而版本仍为 1，请把版本加一"]


def test_a_rule_that_is_not_locked_yet_asks_for_the_lock(rules: Path) -> None:
    (rules / "lock.json").unlink()

    assert "FEE-DISCLOSED 尚未锁定，请重写锁定文件" in lock.check(rules)
    lock.write(rules)
    assert lock.check(rules) == []


def test_overlays_are_not_rules(rules: Path) -> None:
    (rules / "overlays").mkdir(exist_ok=True)
    (rules / "overlays" / "region.yaml").write_text("rules: {}\n", "utf-8")

    assert lock.check(rules) == []


def test_line_ends_do_not_matter(rules: Path) -> None:
    path = rules / NAME
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))

    assert lock.check(rules) == []


def test_a_lock_that_is_no_lock_is_told(rules: Path) -> None:
    (rules / "lock.json").write_text("[]", "utf-8")

    with pytest.raises(RuleError, match="不是有效的锁定文件"):
        lock.check(rules)
