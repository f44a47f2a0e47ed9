"""Table 3: requests received and handled, rows by label and columns by header and count."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from duban.domain.document import GridCell
from duban.domain.report import Cell, Row
from duban.reading.cells import is_value, unreadable
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
from duban.reading.tables.labels import (
    BALANCE,
    GROUPS,
    OTHER_GROUP,
    OTHER_LEAF,
    OTHER_ROW,
    ROWS,
    SUBTOTAL,
    RowLabel,
    closest,
    core,
    row_label,
)
from duban.reading.tables.view import View

_TRACE = re.compile(
    r"新收|结转|予以公开|部分公开|秘密|禁止公开|安全一稳定|第三方|内部事务|过程性|案卷|查询事项|掌握|现成|补正|信访|重复申请|出版物"
    r"|大量反复|重新出具"
)
_PADDED_ROWS = 2
_SHORTEST_LABEL = 4
_WEAK = frozenset({"results.total", OTHER_LEAF, OTHER_ROW})
_GROUP_OF = {
    "refused": GROUPS[0],
    "not_provided": GROUPS[1],
    "not_processed": GROUPS[2],
    "other": OTHER_GROUP,
}


class Line(NamedTuple):
    """A row of a grid taken apart: label cells (from above too) and the cells after them."""

    row: int
    label: RowLabel
    words: tuple[str, ...]
    values: Sequence[GridCell]


class Segment(NamedTuple):
    """The part of table 3 that stands in one grid."""

    view: View
    head: Head | None
    lines: tuple[Line, ...]
    balance_note: bool


def find_segment(view: View, context: str | None = None) -> Segment | None:
    """The rows of table 3 in a grid, or None where the grid holds none of them."""
    if not _TRACE.search(view.text):
        return None
    heads = [row for row, words in enumerate(view.words) if application_head.is_head(words)]
    head_rows = _first_block(heads)
    head = application_head.read_head(view, head_rows) if head_rows else None
    lines: list[Line] = []
    for row in range(head_rows[-1] + 1 if head else 0, len(view.rows)):
        if row in heads:
            continue
        line = _line(view, row, head, context)
        context = _context(line.label, context)
        lines.append(line)
    strong = [i for i, line in enumerate(lines) if line.label.field not in (None, *_WEAK)]
    if not strong:
        return None
    known = [i for i, line in enumerate(lines) if line.label.known]
    first = 0 if head else known[0]
    note = any(BALANCE in word for words in view.words for word in words)
    return Segment(view, head, tuple(lines[first : _end(lines, known[-1])]), note)


def is_whole(segment: Segment) -> bool:
    """Whether rows without a header are so many of the form's rows that they must be table 3."""
    wanted = len(application_head.CANONICAL.fields)
    full = [line for line in segment.lines if line.label.field and len(line.values) == wanted]
    return len(full) >= 8


def last_group(segment: Segment) -> str | None:
    """The group in which the segment ends, for the rows that follow on the next page."""
    context = None
    for line in segment.lines:
        context = _context(line.label, context)
    return context


def _first_block(rows: list[int]) -> list[int]:
    """The first run of neighbouring header rows; the same header may come again on a new page."""
    block = rows[:1]
    for row in rows[1:]:
        if row != block[-1] + 1:
            break
        block.append(row)
    return block


def _end(lines: list[Line], last: int) -> int:
    """One past the last row of the table; rows with values below the last known row count."""
    end = last + 1
    while end < len(lines) and len(lines[end].values) >= 5 and has_values(lines[end].values):
        end += 1
    return end


def _context(label: RowLabel, context: str | None) -> str | None:
    if label.group:
        return label.group
    if label.field:
        parts = label.field.split(".")
        return _GROUP_OF.get(parts[1]) if len(parts) == 3 else None
    return context


def _line(view: View, row: int, head: Head | None, context: str | None) -> Line:
    if head is not None and head.spans is not None:
        return _placed_line(view, row, head, context)
    cells, words = view.rows[row], view.words[row]
    cut = _label_end(cells, words, context)
    named = tuple(word for word in words[:cut] if word)
    return Line(row, row_label(named, context), named, cells[cut:])


def _label_end(cells: Sequence[GridCell], words: Sequence[str], context: str | None) -> int:
    """Where the labels of a row end: after its own label, known or the last text before values."""
    end, group = 0, context
    for index, word in enumerate(words):
        label = row_label((word,), group)
        if not word or not label.known or is_value(cells[index].text):
            continue
        end, group = index + 1, label.group or group
        if label.leaf:
            return end
    while end < len(words) and words[end] and not is_value(cells[end].text):
        end += 1
    if not end:
        end = next((i + 1 for i, word in enumerate(words) if word), 0)
        return 0 if end and is_value(cells[end - 1].text) else end
    return end


def _placed_line(view: View, row: int, head: Head, context: str | None) -> Line:
    """A row under a header with known columns: what stands left of the first column is label.

    A cell that began in a row above names a group only: it cannot be this row's own label.
    """
    own, start = view.rows[row], head.start
    first = next((i for i, c in enumerate(own) if c.column >= start or is_value(c.text)), len(own))
    values = own[first:]
    above: list[str] = []
    column = 0
    while column < start:
        cell = view.covering(row, column)
        if cell is not None and cell.row < row:
            above.append(view.word(cell))
        column = cell.column + cell.colspan if cell is not None else column + 1
    words = [word for cell in own[:first] if (word := view.word(cell))]
    if not words:
        return Line(row, RowLabel(None, None, "", known=False), tuple(words), values)
    over = row_label([word for word in above if word], context) if above else None
    label = row_label(words, (over.group if over else None) or context)
    if over is not None and over.group and label.group is None:
        label = label._replace(group=over.group)
    return Line(row, label, (*[word for word in above if word], *words), values)


class Result(NamedTuple):
    """What the segments of table 3 say together; `doubt` where two of them contradict."""

    cells: dict[str, Cell]
    rows: tuple[Row, ...]
    head: Head | None
    doubt: str | None


def read_segments(segments: Sequence[Segment], wanted: Head = application_head.CANONICAL) -> Result:
    """All rows of the segments in order; the same row in two segments must print the same."""
    lines = [(segment, line) for segment in segments for line in segment.lines if _counts(line)]
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
