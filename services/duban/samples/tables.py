"""Tables 2, 3 and 4 as printed cells with spans, from the cells of a manuscript."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import groupby

from duban.domain.form import (
    APPLICANTS,
    DISPUTE_COLUMNS,
    DISPUTE_GROUPS,
    RESULTS_LABEL,
    ResultRow,
    SubTable,
)
from duban.domain.report import TableName
from duban.samples.manuscript import Manuscript

BALANCE_NOTE = "（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）"
_FIRST_VALUE = 3


@dataclass
class Printed:
    """One printed cell; `path` is set for a data cell of the form."""

    text: str
    row: int
    column: int
    rowspan: int = 1
    colspan: int = 1
    path: str | None = None
    head: bool = False
    value: bool = False


@dataclass
class PrintedTable:
    """One printed table; `head_rows` rows stand above the data."""

    name: TableName
    width: int
    cells: list[Printed] = field(default_factory=list)
    head_rows: int = 1

    @property
    def height(self) -> int:
        """The number of rows."""
        return max(cell.row + cell.rowspan for cell in self.cells)

    def rows(self) -> list[list[Printed]]:
        """The cells that start in each row, from left to right."""
        rows: list[list[Printed]] = [[] for _ in range(self.height)]
        for cell in self.cells:
            rows[cell.row].append(cell)
        return [sorted(row, key=lambda cell: cell.column) for row in rows]

    def matrix(self) -> list[list[tuple[Printed, bool]]]:
        """Every grid position: its cell, and whether the cell starts there."""
        places: dict[tuple[int, int], tuple[Printed, bool]] = {}
        for cell in self.cells:
            for row in range(cell.row, cell.row + cell.rowspan):
                for column in range(cell.column, cell.column + cell.colspan):
                    places[row, column] = (cell, (row, column) == (cell.row, cell.column))
        return [[places[row, column] for column in range(self.width)] for row in range(self.height)]


def printed_tables(
    paper: Manuscript, name: TableName, *, split: bool = False
) -> list[PrintedTable]:
    """The table as printed; with `split` the sub-tables of table 2 stand one by one."""
    if name in paper.tables_absent:
        return []
    if name == "applications":
        return [_applications(paper)]
    if name == "disputes":
        return [_disputes(paper)]
    return _disclosure(paper, split)


def _disclosure(paper: Manuscript, split: bool) -> list[PrintedTable]:
    """One table of 4 columns (5 with local sub-rows), or each sub-table in its own width."""
    tables: list[PrintedTable] = []
    for sub in paper.disclosure():
        divided = any(row.field == "other_services" for row in sub.rows) and bool(paper.sub_rows)
        label = 2 if divided or (paper.sub_rows and not split) else 1
        width = label + (len(sub.columns) if split else 3)
        start = tables[-1].height if tables and not split else 0
        if split or not tables:
            tables.append(PrintedTable("disclosure", width))
        tables[-1].cells += _sub_table(paper, sub, start, label, width)
    return tables


def _sub_table(
    paper: Manuscript, sub: SubTable, start: int, label: int, width: int
) -> list[Printed]:
    spans = _value_spans(len(sub.columns), width, label)
    heads = list(zip(spans, sub.columns, strict=True))
    cells = [
        Printed(sub.item, start, 0, colspan=width, head=True),
        Printed("信息内容", start + 1, 0, colspan=label, head=True),
        *(Printed(h.label, start + 1, at, colspan=span, head=True) for (at, span), h in heads),
    ]
    row = start + 2
    for item in sub.rows:
        subs = paper.sub_rows if item.field == "other_services" else ()
        if subs:
            cells.append(Printed(item.label, row, 0, rowspan=len(subs)))
        for name in subs or ("",):
            base = f"disclosure.{item.field}" + (f".sub[{name}]" if name else "")
            own = Printed(name, row, 1) if name else Printed(item.label, row, 0, colspan=label)
            cells.append(own)
            for (at, span), head in heads:
                path = f"{base}.{head.field}"
                text = paper.cells[path]
                cells.append(Printed(text, row, at, colspan=span, path=path, value=True))
            row += 1
    return cells


def _value_spans(columns: int, width: int, label: int) -> list[tuple[int, int]]:
    """Where each of the value columns starts and how many grid columns it covers."""
    room = width - label
    each, rest = divmod(room, columns)
    spans, at = [], label
    for number in range(columns):
        span = each + (1 if number < rest else 0)
        spans.append((at, span))
        at += span
    return spans


def _applications(paper: Manuscript) -> PrintedTable:
    known = [c for c in APPLICANTS if c.field not in paper.dropped_request_columns]
    heads = [c.label for c in known] + paper.extra_request_columns
    width = _FIRST_VALUE + len(heads) + 1
    table = PrintedTable("applications", width, head_rows=3)
    cells = table.cells
    total = width - 1
    cells += [
        Printed(BALANCE_NOTE, 0, 0, rowspan=3, colspan=_FIRST_VALUE, head=True),
        Printed("申请人情况", 0, _FIRST_VALUE, colspan=len(heads) + 1, head=True),
        Printed("自然人", 1, _FIRST_VALUE, rowspan=2, head=True),
        Printed("法人或其他组织", 1, _FIRST_VALUE + 1, colspan=len(heads) - 1, head=True),
        Printed("总计", 1, total, rowspan=2, head=True),
    ]
    cells += [Printed(h, 2, _FIRST_VALUE + n, head=True) for n, h in enumerate(heads) if n]
    rows = with_extra_rows(paper)
    results = [r for r in rows if r.field.startswith("results.")]
    cells.append(Printed(RESULTS_LABEL, 5, 0, rowspan=len(results)))
    columns = [c.field for c in known] + [""] * len(paper.extra_request_columns) + ["total"]
    at = 3
    for group, together in groupby(rows, key=lambda r: r.group):
        members = list(together)
        if group:
            cells.append(Printed(group, at, 1, rowspan=len(members)))
        for row in members:
            cells.append(_row_label(row, at))
            for number, column in enumerate(columns):
                path = f"applications.{row.field}.{column}" if column else None
                text = paper.cells.get(path, "0") if path else "0"
                known_path = path if path in paper.cells else None
                cells.append(Printed(text, at, _FIRST_VALUE + number, path=known_path, value=True))
            at += 1
    return table


def with_extra_rows(paper: Manuscript) -> list[ResultRow]:
    """The rows of table 3 as printed, unknown rows at the end of their group."""
    rows = paper.request_rows()
    for group, label in paper.extra_rows:
        last = max(n for n, row in enumerate(rows) if row.group == group)
        rows.insert(last + 1, ResultRow("results.unknown", group, label))
    return rows


def _row_label(row: ResultRow, at: int) -> Printed:
    if row.group:
        return Printed(row.label, at, 2)
    if row.field.startswith("results."):
        return Printed(row.label, at, 1, colspan=2)
    return Printed(row.label, at, 0, colspan=3)


def _disputes(paper: Manuscript) -> PrintedTable:
    groups = []
    for number, group in enumerate(DISPUTE_GROUPS):
        columns = [
            (c.label, f"disputes.{group.field}.{c.field}")
            for c in DISPUTE_COLUMNS
            if f"{group.field}.{c.field}" not in paper.dropped_dispute_columns
        ]
        last = number == len(DISPUTE_GROUPS) - 1
        groups.append((group, columns + [(x, "") for x in paper.extra_dispute_columns if last]))
    width = sum(len(columns) for _, columns in groups)
    table = PrintedTable("disputes", width, head_rows=3)
    cells, first = table.cells, len(groups[0][1])
    cells.append(Printed("行政复议", 0, 0, colspan=first, head=True))
    cells.append(Printed("行政诉讼", 0, first, colspan=width - first, head=True))
    at = 0
    for number, (group, columns) in enumerate(groups):
        if number:
            cells.append(Printed(group.label, 1, at, colspan=len(columns), head=True))
        for label, path in columns:
            row = 2 if number else 1
            cells.append(Printed(label, row, at, rowspan=3 - row, head=True))
            text = paper.cells[path] if path else "0"
            cells.append(Printed(text, 3, at, path=path or None, value=True))
            at += 1
    return table
