"""Tables without lines: columns told from white space that runs through every row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from duban.reading.formats.pdf.characters import Character
from duban.reading.formats.pdf.lattice import Region
from duban.reading.formats.pdf.line import Line, make_line
from duban.reading.formats.pdf.piece import Item, Piece, PieceCell, TextLine

UNCERTAIN_COLUMNS = "表格没有框线，无法确定各行各列的划分"
_COLUMN_GAP = 1.2  # of the size: less white space than this is inside a cell
_GUTTER = 0.5  # of the size: what must stay white through all rows
_FAR = 4.0  # of the size: rows further apart are not one table
_VALUE = re.compile(r"[-+−＋－]?[0-9０-９][0-9０-９,，.．]*%?|[-/—－–]+|无")


class Row(NamedTuple):
    """A line of text as the fragments that white space parts it into."""

    line: TextLine
    fragments: list[Line]

    @property
    def values(self) -> int:
        return sum(bool(_VALUE.fullmatch(fragment.text)) for fragment in self.fragments)

    @property
    def is_tabular(self) -> bool:
        """Whether it has columns, one of them a number: prose with a wide gap has not."""
        return len(self.fragments) >= 2 and self.values > 0


def stands_in_columns(lines: Sequence[Line]) -> bool:
    """Whether lines stand in columns: boxed rows whose columns are told by white space only."""
    rows = [fragments_of(line) for line in lines]
    return sum(len(row) > 2 for row in rows) > 1


def fragments_of(line: Line) -> list[Line]:
    """A line parted where white space is wide."""
    least = _COLUMN_GAP * line.size
    groups: list[list[Character]] = []
    first = 0
    for index, (left, right) in enumerate(pairwise(line.characters), start=1):
        if right.x0 - left.x1 > least:
            groups.append(line.characters[first:index])
            first = index
    if not groups:
        return [line]
    groups.append(line.characters[first:])
    return [made for group in groups if (made := make_line(group)) is not None]


def with_tables(items: Sequence[Item]) -> list[Item]:
    """The items of a page with runs of aligned lines replaced by table pieces."""
    result: list[Item] = []
    rows: list[Row] = []
    for item in items:
        if isinstance(item, TextLine) and (not rows or _is_near(rows[-1].line, item)):
            rows.append(Row(item, fragments_of(item.line)))
            continue
        result += _with_tables(rows)
        rows = []
        if isinstance(item, TextLine):
            rows.append(Row(item, fragments_of(item.line)))
        else:
            result.append(item)
    return result + _with_tables(rows)


def _is_near(above: TextLine, below: TextLine) -> bool:
    return below.top - above.top <= _FAR * below.line.size


def _with_tables(rows: list[Row]) -> list[Item]:
    """Lines before and after the outermost tabular rows stay lines."""
    tabular = [index for index, row in enumerate(rows) if row.is_tabular]
    if sum(len(rows[index].fragments) > 2 for index in tabular) < 2 and len(tabular) < 3:
        return [row.line for row in rows]
    first, last = tabular[0], tabular[-1] + 1
    while first > 0 and len(rows[first - 1].fragments) > 1:
        first -= 1
    if 2 * len(tabular) < last - first:
        return [row.line for row in rows]
    before, table, after = rows[:first], rows[first:last], rows[last:]
    return [*(row.line for row in before), _piece(table), *(row.line for row in after)]


def _piece(rows: list[Row]) -> Piece:
    columns = _columns([row for row in rows if row.is_tabular])
    cells: list[PieceCell] = []
    is_certain = len(columns) > 1 and _are_distinct(columns, rows)
    for number, row in enumerate(rows):
        taken: set[int] = set()
        for fragment in row.fragments:
            covered = [
                index
                for index, (start, end) in enumerate(columns)
                if fragment.x0 < end and fragment.x1 > start
            ]
            if not covered or taken & set(covered) or (row.is_tabular and len(covered) > 1):
                is_certain = False
                continue
            taken |= set(covered)
            region = Region(number, covered[0], number + 1, covered[-1] + 1)
            cells.append(PieceCell(fragment.text, region))
        # A line that holds a label's rest only may belong to the row above or below.
        is_certain = is_certain and (row.is_tabular or len(row.fragments) > 1)
        free = [index for index in range(len(columns)) if index not in taken]
        cells += [PieceCell("", Region(number, i, number + 1, i + 1)) for i in free]
    first = rows[0].line
    return Piece(
        page=first.page,
        frame=first.frame,
        xs=_edges(columns, rows),
        ys=_row_edges(rows),
        cells=cells,
        doubt=None if is_certain else UNCERTAIN_COLUMNS,
    )


def _columns(rows: Sequence[Row]) -> list[tuple[float, float]]:
    """The stretches across the page that white space parts in every row."""
    gutter = _GUTTER * rows[0].line.line.size
    columns: list[tuple[float, float]] = []
    for x0, x1 in sorted((f.x0, f.x1) for row in rows for f in row.fragments):
        if columns and x0 - columns[-1][1] < gutter:
            columns[-1] = (columns[-1][0], max(columns[-1][1], x1))
        else:
            columns.append((x0, x1))
    return columns


def _are_distinct(columns: list[tuple[float, float]], rows: Sequence[Row]) -> bool:
    """Whether each column stands beside the next in some row; else they may be one column."""
    filled = [
        {i for i, (x0, x1) in enumerate(columns) for f in row.fragments if x0 <= f.x0 <= x1}
        for row in rows
        if row.is_tabular
    ]
    return all(any({i, i + 1} <= row for row in filled) for i in range(len(columns) - 1))


def _edges(columns: list[tuple[float, float]], rows: Sequence[Row]) -> list[float]:
    left = min(columns[0][0], *(row.line.line.x0 for row in rows))
    right = max(columns[-1][1], *(row.line.line.x1 for row in rows))
    between = [(a[1] + b[0]) / 2 for a, b in pairwise(columns)]
    return [left, *between, right]


def _row_edges(rows: Sequence[Row]) -> list[float]:
    lines = [row.line.line for row in rows]
    between = [(a.bottom + b.top) / 2 for a, b in pairwise(lines)]
    return [lines[0].top, *between, lines[-1].bottom]
