"""What is seen at a glance is what asking every cell and every row would have told."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.domain.finding import Context, Judgement
from duban.domain.report import Report
from duban.rulebook import load
from duban.rulebook.identities import table_of
from duban.rulebook.rule import Rule
from duban.rulebook.table import TableView
from duban.rulebook.view import View
from duban.testing.reports import AGENCY, build

BOOK = load(Path(__file__).parents[3] / "rules")
CONTEXT = Context(names=(AGENCY,), year=2023)
TABLES = ("disclosure", "applications", "disputes")
CELLS = [
    f"{name}.{path}"
    for name in TABLES
    if (table := build().tables[name]) is not None
    for path in table.cells
]
PRINTED = st.one_of(st.integers(-3, 99), st.none(), st.sampled_from(["/", "略", 1.0, 2.5, 3.004]))
BALANCES = [one.rule for one in BOOK.compiled if one.linear is not None]


def in_full(report: Report) -> Judgement:
    """The judgement where every element is asked one by one."""
    everything = property(lambda view: [cell for name in TABLES for cell in view.cells(name)])
    with (
        patch.object(TableView, "rows_of", lambda table, values: 0),
        patch.object(View, "layout", lambda view, name: None),
        patch.object(View, "peculiar", everything),
    ):
        return BOOK.judge(report, CONTEXT)


@given(st.dictionaries(st.sampled_from(CELLS), PRINTED, max_size=4))
@settings(max_examples=150, deadline=None)
def test_changed_cells_are_judged_as_if_each_was_asked(changes: dict[str, Any]) -> None:
    report = build({"set": changes})

    assert BOOK.judge(report, CONTEXT) == in_full(report)


@given(
    st.dictionaries(st.sampled_from(CELLS), st.integers(0, 9), max_size=3),
    st.sampled_from(["applications", "disputes"]),
)
@settings(max_examples=60, deadline=None)
def test_one_layout_after_another_is_judged_by_its_own(changes: dict[str, Any], name: str) -> None:
    whole = build({"set": changes})
    table = whole.tables[name]
    assert table is not None
    last = next(reversed(table.cells))

    for report in (whole, without(whole, name, last), whole):
        assert BOOK.judge(report, CONTEXT) == in_full(report)


def without(report: Report, name: str, path: str) -> Report:
    table = report.tables[name]
    assert table is not None
    cells = {key: cell for key, cell in table.cells.items() if key != path}
    changed = msgspec.structs.replace(table, cells=cells)
    return msgspec.structs.replace(report, tables={**report.tables, name: changed})


def test_every_identity_of_the_tables_is_known_by_layout() -> None:
    assert BALANCES
    assert all(table_of(rule) in ("applications", "disputes") for rule in BALANCES)


@pytest.mark.parametrize(
    "other",
    [
        {"where": {"holds": "report.converted"}},
        {"for_each": {"row": {"cells": ["applications"]}}},
        {
            "check": {
                "balance": {"left": "applications.{row.values}.total", "right": "applications.a"}
            }
        },
        {"check": {"balance": {"left": "applications.a.b", "right": "disputes.a.b"}}},
    ],
)
def test_what_depends_on_more_than_the_layout_is_asked_in_full(other: dict[str, Any]) -> None:
    rule: Rule = next(one for one in BALANCES if "row" in one.for_each)

    assert table_of(rule) == "applications"
    assert table_of(msgspec.structs.replace(rule, **other)) is None
