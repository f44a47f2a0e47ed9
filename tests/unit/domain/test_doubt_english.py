"""Every doubt about a cell, a table, a text or a duty is told in both languages."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

import duban
from duban.domain.doubt_english import DUTIES, TABLES, TEXTS, english_of
from duban.domain.obligation import Obligation
from duban.domain.report import Report, Table

PACKAGE = Path(duban.__file__).parent
CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
DOUBTFUL = re.compile(
    "无法确定|不能确定|不能断定|过多$|重叠$|没有对齐|未确定的|不一致$|乱码|注音|扫描件$|丢失$"
)
EVERY = {**TABLES, **TEXTS, **DUTIES}


def literals(path: Path) -> Iterator[str]:
    """The strings of a module, with 甲 for what is filled in; no docstrings, no parts of others."""
    tree = ast.parse(path.read_text("utf-8"))
    parts = {
        id(v) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for v in node.values
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            yield "".join(
                str(v.value) if isinstance(v, ast.Constant) else "甲" for v in node.values
            )
        elif (
            isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in parts
        ):
            yield node.value


def told() -> Iterator[str]:
    """What the readers say of doubtful places, and the calendar of duties."""
    for path in (PACKAGE / "reading").rglob("*.py"):
        yield from (one for one in literals(path) if DOUBTFUL.search(one) and "：" not in one)
    for one in literals(PACKAGE / "processors/due.py"):
        if one.endswith("。"):
            yield one


def test_every_doubt_that_the_program_tells_has_an_english_sentence() -> None:
    assert len(set(told())) > 30
    assert [one for one in set(told()) if not english_of(one)] == []


def test_no_english_sentence_is_chinese_and_each_keeps_what_is_filled_in() -> None:
    assert [one for one in EVERY.values() if CHINESE.search(one)] == []
    for chinese, english in EVERY.items():
        filled = [f"x{n}" for n in range(chinese.count("{}"))]
        assert english_of(chinese.format(*filled)) == english.format(*filled)


def test_words_of_people_are_not_translated() -> None:
    assert english_of("机构改革，经批准不报。") == ""
    assert english_of(None) == ""
    removed = english_of("机关已从名录中删除：机构改革。")
    assert removed == "The agency was removed from the roster: 机构改革."


def test_what_was_recorded_holds_no_english_and_has_it_told() -> None:
    recorded = '{"name":"disputes","at":{},"cells":{},"doubt":"单元格重叠"}'.encode()

    table = msgspec.json.decode(recorded, type=Table)

    assert table.doubt_en == "cells overlap"
    assert msgspec.json.encode(table) == recorded


def test_what_was_recorded_with_english_beside_it_is_read() -> None:
    recorded = '{"name":"disputes","at":{},"cells":{},"doubt":"单元格重叠","doubt_en":"?"}'

    assert msgspec.json.decode(recorded, type=Table).doubt_en == "cells overlap"


def test_reports_and_duties_tell_it_in_english() -> None:
    report = Report(
        agency=None, year=None, regime=None, damaged="3页中只有1页有文字，其余可能是扫描件"
    )
    duty = Obligation(
        year=2024, stage="blocked", due_on="2025-01-31", opens_on="2025-01-01", basis="A49",
        reason="名录没有登记该机关的栏目网址，无从查证。",
    )  # fmt: skip

    assert report.damaged_en.startswith("of 3 pages only 1")
    assert duty.reason_en.startswith("The roster has no address")
    assert msgspec.structs.replace(duty, reason="经批准不报。").reason_en == ""
