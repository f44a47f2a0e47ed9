"""The three tables laid out as on the official form, each cell with what was read and its marks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec

from duban.domain import form
from duban.domain.doubt_english import english_of
from duban.domain.finding import Finding
from duban.domain.report import Cell, Regime, Report, Table

RANK = {"error": 3, "warning": 2, "info": 1}

Words = tuple[str, str]  # in Chinese and in English
_NO_TABLE = ("报告中没有这张表。", "The report lacks this table.")
_NO_ROW = ("报告中没有此项", "the report lacks this item")
_WHY: Mapping[str, Words] = {
    "blank": ("空白", "blank"),
    "mark": ("符号，不是数字", "a mark, not a number"),
    "text": ("不是数字", "not a number"),
    "unreadable": ("无法确认", "not certain"),
}


class Box(msgspec.Struct, frozen=True, kw_only=True):
    """One table cell of the page: a label, or a value with its path and mark."""

    text: str = ""
    path: str | None = None
    kind: str = "label"
    mark: str = ""
    hint: Words | None = None
    head: bool = False
    rowspan: int = 1
    colspan: int = 1


class FormTable(msgspec.Struct, frozen=True):
    """A table of the page; `note` says what could not be laid out."""

    title: str
    rows: tuple[tuple[Box, ...], ...]
    note: Words | None = None


class Marks:
    """Which cells take part in which findings: the worst severity, and what to say of it."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self._worst: dict[str, Finding] = {}
        self._proposed: dict[str, int | float] = {}
        self._suspects: set[str] = set()
        for finding in findings:
            if finding.suspect:
                self._suspects.update(finding.suspect.cells)
                self._proposed.update(finding.suspect.proposed)
            for path in finding.cells:
                known = self._worst.get(path)
                if known is None or RANK[finding.severity] > RANK[known.severity]:
                    self._worst[path] = finding

    def of(self, path: str) -> tuple[str, Words | None]:
        """The css mark of a cell and the words shown on it; both empty where nothing is wrong."""
        finding = self._worst.get(path)
        if finding is None:
            return "", None
        if path in self._suspects:
            mark = f"{finding.severity} suspect"
        else:
            mark = "part" if finding.suspect else finding.severity
        better = f" → {self._proposed[path]}" if path in self._proposed else ""
        return mark, (finding.message + better, (finding.message_en or finding.message) + better)


def lay_out(report: Report, findings: Iterable[Finding]) -> list[FormTable]:
    """Tables 2, 3 and 4 of a report, in the form it really used."""
    marks = Marks(findings)
    regime: Regime = report.regime or (form.regime_of(report.year) if report.year else "R2021")
    tables = []
    for name, title, draw in (
        ("disclosure", "主动公开政府信息情况", _disclosure),
        ("applications", "收到和处理政府信息公开申请情况", _applications),
        ("disputes", "政府信息公开行政复议、行政诉讼情况", _disputes),
    ):
        table = report.tables.get(name)
        if table is None:
            tables.append(FormTable(title, (), _NO_TABLE))
        else:
            note = (table.doubt, table.doubt_en or table.doubt) if table.doubt else None
            tables.append(FormTable(title, draw(table, regime, marks), note))
    return tables


def _value(table: Table, path: str, marks: Marks) -> Box:
    full = f"{table.name}.{path}"
    cell = table.cells.get(path)
    mark, hint = marks.of(full)
    if cell is None:
        return Box(text="", path=full, kind="absent", mark=mark, hint=hint or _NO_ROW)
    return Box(text=_shown(cell), path=full, kind=cell.kind, mark=mark, hint=hint or _why(cell))


def _shown(cell: Cell) -> str:
    if cell.kind == "number":
        return cell.raw.strip() or str(cell.value)
    return {"blank": "", "unreadable": "?"}.get(cell.kind, cell.raw.strip())


def _why(cell: Cell) -> Words | None:
    if cell.kind == "unreadable" and cell.note:
        return f"无法确认：{cell.note}", f"not certain: {english_of(cell.note) or cell.note}"
    return _WHY.get(cell.kind, (cell.note, cell.note) if cell.note else None)


def _head(text: str, rowspan: int = 1, colspan: int = 1) -> Box:
    return Box(text=text, head=True, rowspan=rowspan, colspan=colspan)


def _disclosure(table: Table, regime: Regime, marks: Marks) -> tuple[tuple[Box, ...], ...]:
    rows: list[tuple[Box, ...]] = []
    for sub in form.disclosure_tables(regime):
        rows.append((_head(sub.item, colspan=4),))
        padding = 4 - 1 - len(sub.columns)
        heads = [_head(column.label) for column in sub.columns]
        heads[-1] = _head(sub.columns[-1].label, colspan=1 + padding)
        rows.append((_head("信息内容"), *heads))
        for row in sub.rows:
            for field, label in _with_local_rows(table, row.field, row.label):
                values = [_value(table, f"{field}.{c.field}", marks) for c in sub.columns]
                values[-1] = msgspec.structs.replace(values[-1], colspan=1 + padding)
                rows.append((_head(label), *values))
    return tuple(rows)


def _with_local_rows(table: Table, field: str, label: str) -> list[tuple[str, str]]:
    prefix = f"{field}.sub["
    names = dict.fromkeys(
        path[len(prefix) :].partition("]")[0] for path in table.cells if path.startswith(prefix)
    )
    if not names:
        return [(field, label)]
    return [(f"{prefix}{name}]", f"{label}：{name}") for name in names]


def _applications(table: Table, regime: Regime, marks: Marks) -> tuple[tuple[Box, ...], ...]:
    """Twelve grid columns at the most: three of labels, then the seven values."""
    rows: list[tuple[Box, ...]] = [
        (
            _head("（本列数据的勾稽关系为：第一项加第二项之和，等于第三项加第四项之和）", 3, 3),
            _head("申请人情况", colspan=7),
        ),
        (_head("自然人", 2), _head("法人或其他组织", colspan=5), _head("总计", 2)),
        tuple(_head(column.label) for column in form.APPLICANTS[1:]),
    ]
    layout = form.application_rows(regime)
    if "results.other.total.total" in table.cells and regime == "R2021":
        layout = form.application_rows("R2019")
    groups: Mapping[str, int] = {
        row.group: sum(1 for other in layout if other.group == row.group) for row in layout
    }
    results = [row for row in layout if row.field.startswith("results.")]
    seen: set[str] = set()
    for row in layout:
        boxes: list[Box] = []
        if row is results[0]:
            boxes.append(_head(form.RESULTS_LABEL, len(results)))
        if row.group and row.group not in seen:
            seen.add(row.group)
            boxes.append(_head(row.group, groups[row.group]))
        width = 1 if row.group else 2 if row.field.startswith("results.") else 3
        boxes.append(_head(row.label, colspan=width))
        boxes += [_value(table, f"{row.field}.{column.field}", marks) for column in form.COLUMNS]
        rows.append(tuple(boxes))
    return tuple(rows)


def _disputes(table: Table, _: Regime, marks: Marks) -> tuple[tuple[Box, ...], ...]:
    reconsideration, direct, after = form.DISPUTE_GROUPS
    columns = form.DISPUTE_COLUMNS
    leaves = tuple(_head(column.label) for column in columns)
    return (
        (_head(reconsideration.label, 2, 5), _head("行政诉讼", colspan=10)),
        (_head(direct.label, colspan=5), _head(after.label, colspan=5)),
        (*leaves, *leaves, *leaves),
        tuple(
            _value(table, f"{group.field}.{column.field}", marks)
            for group in form.DISPUTE_GROUPS
            for column in columns
        ),
    )
