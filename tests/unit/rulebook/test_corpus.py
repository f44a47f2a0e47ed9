"""Rules about rules."""

from __future__ import annotations

import json
import re
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
import yaml

from duban.reading.narrative.vocabulary import NAMES, QUALIFIERS
from duban.rulebook import catalogue, load, lock
from duban.rulebook.collection import COLLECTIONS
from duban.rulebook.needs import NEEDS
from duban.rulebook.operators import TESTS, USED_ONCE
from duban.rulebook.rule import Rule
from duban.rulebook.shape import schema
from duban.rulebook.table import TABLE_ATTRIBUTES
from duban.rulebook.term import VALUES

ROOT = Path(__file__).parents[3]
RULES = ROOT / "rules"
BOOK = load(RULES)
FILES = sorted(
    path for path in RULES.glob("*/*.yaml") if path.parent.name not in ("lists", "deadlines")
)
LISTS = {path.stem: yaml.safe_load(path.read_text("utf-8")) for path in RULES.glob("lists/*.yaml")}


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in _strings(item)]
    if isinstance(value, list):
        return [text for item in value for text in _strings(item)]
    return [value] if isinstance(value, str) else []


def test_every_id_is_its_file_name_and_unique() -> None:
    assert sorted(path.stem for path in FILES) == sorted({rule.id for rule in BOOK.rules})


def test_the_schema_is_the_one_the_loader_holds_files_to() -> None:
    written = json.loads((ROOT / "schemas" / "rule.v1.json").read_text("utf-8"))

    assert written == json.loads(json.dumps(schema()))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_file_fits_the_schema(path: Path) -> None:
    jsonschema.validate(yaml.safe_load(path.read_text("utf-8")), schema())


def test_every_file_is_locked_under_its_version() -> None:
    assert lock.check(RULES) == []


def test_the_catalogue_page_is_the_rendered_one() -> None:
    page = ROOT / "docs" / "reference" / "rules.md"

    assert page.read_text("utf-8") == catalogue.render(RULES)


def test_a_retired_rule_stays_in_the_catalogue_with_its_reason(tmp_path: Path) -> None:
    rules = Path(shutil.copytree(RULES, tmp_path / "rules"))
    path = rules / "fees" / "FEE-DISCLOSED.yaml"
    text = path.read_text("utf-8").replace("status: active", "status: retired")
    path.write_text(f"{text}retired_because: 办法已废止\n", "utf-8")

    page = catalogue.render(rules)

    assert "停用；警告" in page
    assert "- 停用原因：办法已废止" in page


def test_every_word_of_the_language_serves_two_rules_or_says_why_not() -> None:
    uses = Counter(name for one in BOOK.compiled for name in one.operators)
    once = {name for name in (*TESTS, *VALUES, *COLLECTIONS) if uses[name] < 2}

    assert once == set(USED_ONCE)
    assert all(uses[name] == 1 for name in once)


def test_every_word_and_key_is_described_in_the_reference() -> None:
    page = (ROOT / "docs" / "reference" / "rule-files.md").read_text("utf-8")
    keys = {field.encode_name for field in msgspec.structs.fields(Rule)}
    words = {*TESTS, *VALUES, *COLLECTIONS, *NEEDS, *keys, *TABLE_ATTRIBUTES} - {"at"}

    assert {word for word in words if not re.search(rf"[`{{ ]{word}[`:, ]", page)} == set()


def test_every_need_is_needed() -> None:
    assert {need for rule in BOOK.rules for need in rule.needs} == set(NEEDS)


def test_every_word_list_is_used() -> None:
    used = " ".join(path.read_text("utf-8") for path in (*FILES, *RULES.glob("lists/*.yaml")))

    assert {name for name in LISTS if not re.search(rf"\${name}\b", used)} == set()


def test_every_replaced_rule_exists_and_comes_later() -> None:
    place = {rule.id: number for number, rule in enumerate(BOOK.rules)}

    for rule in BOOK.rules:
        for entry in rule.replaces:
            assert place[rule.id] < place[entry.rule]


def test_facts_and_qualifiers_are_words_the_reader_knows() -> None:
    fact_lists = ("lit_parts", "outcome_facts")
    named = {name for key in fact_lists for name in LISTS[key]["entries"]}
    for key in ("litigation_totals", "litigation_results", "outcome_groups"):
        named |= {entry["field"] for entry in LISTS[key]["entries"]}
    qualifiers: set[str] = set()
    for path in FILES:
        for text in re.findall(r"facts: \[([^\]]*)\]", path.read_text("utf-8")):
            named |= set(text.split(", "))
        found = re.findall(
            r"qualifiers, \[([^\]]*)\]|without: \[([^\]]*)\]", path.read_text("utf-8")
        )
        qualifiers |= {word for pair in found for word in ", ".join(pair).split(", ") if word}

    assert named <= NAMES
    assert qualifiers <= QUALIFIERS


@pytest.mark.parametrize("rule", BOOK.rules, ids=lambda rule: rule.id)
def test_only_arithmetic_and_the_calendar_are_stated_as_facts(rule: Any) -> None:
    proved = rule.check.keys() & {"balance"} or rule.id.startswith(
        (
            "FMT-CELL-N",
            "SUM-LIT",
            "SUM-T3-BALANCE",
            "ID-TITLE-YEAR",
            "YOY-CARRY-TOTAL",
            "DL-DEPT",
            "DL-GOV",
            "DL-TOWN",
            "DL-MISSING",
        )
    )
    careful = re.search("疑似|请核实|请核对", rule.message.zh)

    assert proved or careful


def test_no_rule_id_stands_in_the_code() -> None:
    ids = re.compile("|".join(rf"\b{re.escape(rule.id)}\b" for rule in BOOK.rules))

    judging = ("domain", "reading", "rulebook", "processors")
    for path in (p for name in judging for p in (ROOT / "services/duban" / name).rglob("*.py")):
        assert not ids.search(path.read_text("utf-8")), path
