"""The three tables of a truth as drawn by the official form, and ways people change them."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from layout_truth import Truth

from duban.domain.form import (
    DISPUTE_COLUMNS,
    DISPUTE_GROUPS,
    application_rows,
    disclosure_tables,
)


class C(NamedTuple):
    """One drawn cell: its text, how many columns and rows it covers, and what it is."""

    text: str
    cols: int = 1
    rows: int = 1
    kind: str = "label"


Table = list[list[C]]


class Tables(NamedTuple):
    """The grids that stand in parts two, three and four; a string is a line between grids."""

    two: list[Table | str]
    three: list[Table | str]
    four: list[Table | str]


Change = Callable[[Tables], Tables]


def value(truth: Truth, path: str, cols: int = 1) -> C:
    return C(truth.cells[path], cols, 1, "value")


def drawn(truth: Truth) -> Tables:
    """The tables exactly as the form draws them, one grid each."""
    return Tables([_two(truth)], [_three(truth)], [_four(truth)])


def _two(truth: Truth) -> Table:
    rows: Table = []
    for table in disclosure_tables(truth.regime):
        rows.append([C(table.item, 4, 1, "caption")])
        spans = {1: [3], 2: [1, 2], 3: [1, 1, 1]}[len(table.columns)]
        head = [C(column.label, span) for column, span in zip(table.columns, spans, strict=True)]
        rows.append([C("信息内容"), *head])
        for row in table.rows:
            cells = [
                value(truth, f"disclosure.{row.field}.{column.field}", span)
                for column, span in zip(table.columns, spans, strict=True)
            ]
            rows.append([C(row.label), *cells])
    return rows


_ORGANISATIONS = ("商业企业", "科研机构", "社会公益组织", "法律服务机构", "其他")
_APPLICANTS = (
    "natural_person", "commercial_enterprise", "research_institution", "social_welfare_org",
    "legal_service_org", "other_org", "total",
)  # fmt: skip
NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"


def _three(truth: Truth) -> Table:
    rows: Table = [
        [C(NOTE, 3, 3), C("申请人情况", 7)],
        [C("自然人", 1, 2), C("法人或其他组织", 5), C("总计", 1, 2)],
        [C(text) for text in _ORGANISATIONS],
    ]
    form = application_rows(truth.regime)
    sizes: dict[str, int] = {}
    for row in form:
        sizes[row.group] = sizes.get(row.group, 0) + 1
    inside = len(form) - 3
    group = ""
    for row in form:
        cells = [value(truth, f"applications.{row.field}.{name}") for name in _APPLICANTS]
        labels: list[C] = []
        if row.field == "results.granted":
            labels.append(C("三、本年度办理结果", 1, inside))
        if row.group and row.group != group:
            labels.append(C(row.group, 1, sizes[row.group]))
        group = row.group
        top = not row.field.startswith("results.")
        labels.append(C(row.label, 3 if top else 1 if row.group else 2))
        rows.append([*labels, *cells])
    return rows


def _four(truth: Truth) -> Table:
    leaves = [column.label for column in DISPUTE_COLUMNS]
    return [
        [C("行政复议", 5), C("行政诉讼", 10)],
        [*(C(text, 1, 2) for text in leaves), C("未经复议直接起诉", 5), C("复议后起诉", 5)],
        [C(text) for text in leaves * 2],
        [
            value(truth, f"disputes.{group.field}.{column.field}")
            for group in DISPUTE_GROUPS
            for column in DISPUTE_COLUMNS
        ],
    ]


def width(table: Table) -> int:
    return max(sum(cell.cols for cell in row) for row in table)


def filled(table: Table, repeat: str = "blank") -> list[list[str]]:
    """Every grid position as text; covered ones blank, or ("right", "down", "both") repeated."""
    columns = width(table)
    lines: list[list[str | None]] = [[None] * columns for _ in table]
    for number, row in enumerate(table):
        place = 0
        for cell in row:
            while lines[number][place] is not None:
                place += 1
            for down in range(cell.rows):
                for right in range(cell.cols):
                    shown = (
                        (not down and not right)
                        or (repeat in ("both", "right") and not down)
                        or (repeat in ("both", "down") and not right)
                        or repeat == "both"
                    )
                    lines[number + down][place + right] = cell.text if shown else ""
            place += cell.cols
    return [[text or "" for text in line] for line in lines]
