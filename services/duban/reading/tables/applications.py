"""Table 3: requests received and handled, rows by label and columns by header and count."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from duban.domain.document import GridCell
from duban.domain.report import Cell, Row
from duban.reading.cells import unreadable
from duban.reading.tables import application_head
from duban.reading.tables.align import (
    Head,
    align,
    count_of,
    exact,
    has_values,
    is_blank,
    read_row,
    stripped,
)
from duban.reading.tables.application_segment import Line, Segment
from duban.reading.tables.labels import OTHER_ROW, ROWS, SUBTOTAL, closest, core

_PADDED_ROWS = 2
_SHORTEST_LABEL = 4


class Result(NamedTuple):
    """What the segments of table 3 say together; `doubt` where two of them contradict."""

    cells: dict[str, Cell]
    rows: tuple[Row, ...]
    head: Head | None
    doubt: str | None


def read_segments(segments: Sequence[Segment], wanted: Head = application_head.CANONICAL) -> Result:
    """All rows of the segments in order; the same row in two segments must print the same."""
    lines = _without_group_row(
        [(segment, line) for segment in segments for line in segment.lines if _counts(line)]
    )
    fields = _fields([line for _, line in lines])
    cells: dict[str, Cell] = {}
    rows: list[Row] = []
    doubt = None
    read = {id(segment): _Reader(segment, wanted) for segment in segments}
    for (segment, line), field in zip(lines, fields, strict=True):
        reader = read[id(segment)]
        at = segment.view.rows[line.row][0].at
        row = Row(label="".join(line.words), values=reader.count(line), at=at, field=field)
        rows.append(row)
        if field is None:
            continue
        found = reader.cells(line, field)
        again = {path: cell for path, cell in found.items() if path in cells}
        if any(cells[path].raw != cell.raw for path, cell in again.items()):
            doubt = f"“{row.label}”一行出现两次且数字不同，无法确定以哪一行为准"
            found = {path: unreadable(doubt, cell.at) for path, cell in found.items()}
            cells.update(found)
        else:
            cells.update({path: cell for path, cell in found.items() if path not in cells})
    head = next((segment.head for segment in segments if segment.head), None)
    return Result(cells, tuple(rows), head, doubt)


def _counts(line: Line) -> bool:
    """Whether a line is a data row: it has a row's label, or values that no label explains."""
    if line.label.field is not None:
        return True
    return len(line.values) >= 3 and has_values(line.values)


def _without_group_row(lines: Sequence[tuple[Segment, Line]]) -> list[tuple[Segment, Line]]:
    """Lines without an empty row 其他处理 that only names the group of the rows below it."""
    following = [*lines[1:], None]
    return [
        pair
        for pair, below in zip(lines, following, strict=True)
        if pair[1].label.field != OTHER_ROW
        or has_values(pair[1].values)
        or below is None
        or not _is_other_leaf(below[1])
    ]


def _is_other_leaf(line: Line) -> bool:
    return (line.label.field or "").startswith("results.other.") and line.label.field != OTHER_ROW


def _fields(lines: Sequence[Line]) -> list[str | None]:
    """Each line's field; altered labels last, and one row 其他处理 only where it is undivided."""
    fields = [line.label.field for line in lines]
    divided = any(
        field and field.startswith("results.other.") for field in fields if field != OTHER_ROW
    )
    if divided:
        fields = [None if field == OTHER_ROW else field for field in fields]
    for index, line in enumerate(lines):
        if fields[index] is None and line.label.leaf:
            fields[index] = closest(line.label.leaf, ROWS, [field for field in fields if field])
    return fields


class _Reader:
    """Reads the rows of one segment under its header, or by exact count without one."""

    def __init__(self, segment: Segment, wanted: Head) -> None:
        view = segment.view
        self._head = segment.head or wanted
        self._view = view
        self._doubt = view.grid.doubt
        self._ragged = view.ragged
        runs = [line.values for line in segment.lines if line.label.field is not None]
        self._padded = (
            view.ragged
            and sum(
                len(run) > len(self._head.fields) and len(stripped(run)) < len(run) for run in runs
            )
            >= _PADDED_ROWS
        )
        self._extra = 0 if view.ragged else self._surplus(runs)
        starts = Counter(run[0].column for run in runs if run)
        self._start = starts.most_common(1)[0][0] if starts and not self._head.spans else None

    def _surplus(self, runs: Sequence[Sequence[GridCell]]) -> int:
        """How many blank cells every row carries after the last column of the header."""
        wanted = len(self._head.fields)
        extra = {len(run) - wanted for run in runs}
        if len(extra) != 1 or (len(runs) < 3 and not self._head.blank):
            return self._head.blank
        surplus = extra.pop()
        if surplus > 0 and all(is_blank(cell) for run in runs for cell in run[wanted:]):
            return surplus
        return self._head.blank if surplus > 0 else 0

    def _own(self, line: Line) -> Sequence[GridCell]:
        if not self._ragged:
            return line.values
        regular = len(self._view.rows[line.row]) == self._view.usual_length
        wanted = len(self._head.fields)
        return exact(line.values, wanted, padded=self._padded, regular=regular)

    def count(self, line: Line) -> int:
        """How many value cells the row has, padding not counted."""
        wanted = len(self._head.fields)
        if self._ragged:
            return count_of(line.values, wanted)
        values = line.values
        if self._extra and len(values) > wanted and all(is_blank(c) for c in values[wanted:]):
            return wanted
        return len(values)

    def cells(self, line: Line, field: str) -> dict[str, Cell]:
        """The cells of a row by path, all unreadable where the row is not aligned for certain."""
        chosen = self._doubt or align(self._own(line), self._head, self._extra)
        if not isinstance(chosen, str) and self._moved(chosen[0]):
            chosen = "该行的数据单元格与上下各行没有对齐"
        if not isinstance(chosen, str) and any(self._is_label(cell) for cell in chosen):
            chosen = "该行的项目名称写在了数据单元格中，无法确定各数属于哪一列"
        if isinstance(chosen, str):
            at = line.values[0].at if line.values else None
            return {f"{field}.{name}": unreadable(chosen, at) for name in application_head.FORM}
        cells = read_row(chosen, self._head.fields)
        return {f"{field}.{name}": cell for name, cell in cells.items() if name != SUBTOTAL}

    def _is_label(self, cell: GridCell) -> bool:
        return len(cell.text) >= _SHORTEST_LABEL and core(self._view.word(cell)) in ROWS

    def _moved(self, first: GridCell) -> bool:
        """Whether a row without a header begins its values elsewhere than the other rows."""
        return not self._ragged and self._start is not None and first.column != self._start
