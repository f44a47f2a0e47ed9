"""A wrong rule file is told by file, key, what was found and what is allowed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from duban.errors import RuleError
from duban.rulebook import load

RULES = Path(__file__).parents[3] / "rules"
NAME = "fees/FEE-DISCLOSED.yaml"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    return Path(shutil.copytree(RULES, tmp_path / "rules"))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (
            "severity: warning",
            "severity: fatal",
            r"FEE-DISCLOSED\.yaml：\$\.severity 的值 'fatal' 无效，允许的值：error、warning",
        ),
        (
            "status: active",
            "status: live",
            r"\$\.status 的值 'live' 无效，允许的值：draft、shadow、active、retired",
        ),
        (
            "needs: [text]",
            "needs: [texts]",
            r"\$\.needs.* 的值 'texts' 无效，允许的值：text、applications",
        ),
        (
            "years: 2021+",
            "years: since 2021",
            r"\$\.years 的值 'since 2021' 无效，允许的值：all、2019\+",
        ),
        (
            "holds: fees.stated",
            "holds: fees.told",
            r"\$\.check\.holds 的值 'fees\.told' 无效，允许的值：",
        ),
        (
            "holds: fees.stated",
            "hold: fees.stated",
            r"\$\.check 的值 \{'hold': 'fees\.stated'\} 无效，允许的值：all: …、any: …",
        ),
        ("limits: ", "limit: ", "键 limit 未知，允许的键：id、version"),
        ("version: 1\n", "", "缺少键 version"),
        ("id: FEE-DISCLOSED", "id: FEE-TOLD", r"\$\.id 的值 'FEE-TOLD' 与文件名不一致"),
        ("kinds: all", "kinds: all\nkinds: all", "第 .* 行的键“kinds”重复"),
        ("kinds: all", "kinds: [town]", r"\$\.kinds.* 的值 .* 无效，允许的值：.*town_gov"),
        ("needs: [text]", "needs: [text", "不是有效的 YAML"),
        ("未见信息处理费", "未见{fee}信息处理费", r"\$\.message\.zh 的值 'fee' 无效"),
    ],
)
def test_what_is_wrong_is_named(rules: Path, old: str, new: str, told: str) -> None:
    path = rules / NAME
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")

    with pytest.raises(RuleError, match=told):
        load(rules)


def test_a_rule_that_the_order_does_not_know_is_told(rules: Path) -> None:
    shutil.copy(rules / NAME, rules / "fees" / "FEE-NEW.yaml")
    path = rules / "fees" / "FEE-NEW.yaml"
    path.write_text(path.read_text("utf-8").replace("FEE-DISCLOSED", "FEE-NEW"), "utf-8")

    with pytest.raises(RuleError, match=r"rulebook\.yaml：\$\.order 与规则文件不一致：FEE-NEW"):
        load(rules)


def test_a_rule_under_two_groups_is_told(rules: Path) -> None:
    shutil.copy(rules / NAME, rules / "sums" / "FEE-DISCLOSED.yaml")

    with pytest.raises(RuleError, match="已在另一目录中存在"):
        load(rules)


def test_a_folder_without_rules_is_told(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"rulebook\.yaml：无法读取"):
        load(tmp_path)


def test_the_hash_changes_with_any_word(rules: Path) -> None:
    before = load(rules).sha256
    path = rules / "lists" / "parts.yaml"
    path.write_text(path.read_text("utf-8") + "# a word\n", "utf-8")

    assert load(rules).sha256 != before
