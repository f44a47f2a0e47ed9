"""Rows of drawn cells with spans → one grid in which no two cells cover a position."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from duban.domain.document import Grid, GridCell
from duban.domain.place import Place

MOST_CELLS = 40_000
_MOST_COLUMNS_SPANNED = 1_000
_MOST_ROWS_SPANNED = 65_534
# Rows times cells hanging down into them; a report's table needs about two hundred.
_MOST_HANGING = 1_000_000


class Drawn(NamedTuple):
    """A cell as the source writes it; `rowspan` 0 means down to the end of its group.

    `column` is given where the source counts columns itself (docx).
    """

    text: str
    rowspan: int = 1
    colspan: int = 1
    column: int | None = None


class _Held(NamedTuple):
    """Columns from `start` up to, not including, `end` that a cell above covers."""

    start: int
    end: int
    last_row: int


class _Laid(NamedTuple):
    text: str
    row: int
    column: int
    end_row: int
    end_column: int


def resolve(groups: Iterable[Sequence[Sequence[Drawn]]], *, table: int, line: int | None) -> Grid:
    """The grid of row groups (thead, each tbody, tfoot): a rowspan ends with its group.

    Columns and rows in which no cell starts are as wide as nothing when drawn; they are
    left out, so that a span beyond the table's edge adds none.
    """
    laid: list[_Laid] = []
    doubt: str | None = None
    first_row = 0
    hanging = 0
    for rows in groups:
        held: list[_Held] = []
        last_row = first_row + len(rows) - 1
        for row_number, row in enumerate(rows, first_row):
            held = [span for span in held if span.last_row >= row_number]
            hanging += len(held)
            if hanging > _MOST_HANGING:
                held, doubt = [], "跨行单元格过多"
            placed, clash = _lay_row(row, row_number, last_row, held)
            laid += placed
            doubt = doubt or clash
        first_row = last_row + 1
    return _compressed(laid, doubt, table=table, line=line)


def _lay_row(
    row: Sequence[Drawn], row_number: int, last_row: int, held: list[_Held]
) -> tuple[list[_Laid], str | None]:
    """Place one row beside what hangs down from above, and add what hangs down from it."""
    above = sorted(held)
    placed: list[_Laid] = []
    doubt: str | None = None
    column = 0
    index = 0
    for cell in row:
        if cell.column is not None:
            column = max(column, cell.column)
        while index < len(above) and above[index].start <= column:
            column = max(column, above[index].end)
            index += 1
        span = cell.colspan
        end = column + (1 if span <= 1 else min(span, _MOST_COLUMNS_SPANNED))
        if index < len(above) and above[index].start < end:
            end = above[index].start
            doubt = "单元格重叠"
        rows = cell.rowspan
        if rows == 1:
            end_row = row_number
        elif rows <= 0:
            end_row = last_row
        else:
            end_row = min(row_number + min(rows, _MOST_ROWS_SPANNED) - 1, last_row)
        placed.append(_Laid(cell.text, row_number, column, end_row, end))
        if end_row > row_number:
            held.append(_Held(column, end, end_row))
        column = end
    return placed, doubt


def _compressed(laid: list[_Laid], doubt: str | None, *, table: int, line: int | None) -> Grid:
    columns = {start: n for n, start in enumerate(sorted({cell.column for cell in laid}))}
    rows = {start: n for n, start in enumerate(sorted({cell.row for cell in laid}))}
    column_ends = _ends(columns, {cell.end_column for cell in laid})
    row_ends = _ends(rows, {cell.end_row + 1 for cell in laid})
    cells = []
    for cell in laid:
        row, column = rows[cell.row], columns[cell.column]
        cells.append(
            GridCell(
                text=cell.text,
                row=row,
                column=column,
                rowspan=row_ends[cell.end_row + 1] - row,
                colspan=column_ends[cell.end_column] - column,
                at=Place(table=table, row=row + 1, column=column + 1),
            )
        )
    return Grid(
        cells=tuple(cells),
        width=len(columns),
        height=len(rows),
        at=Place(table=table, line=line),
        doubt=doubt,
    )


def _ends(starts: dict[int, int], ends: set[int]) -> dict[int, int]:
    """Each end → how many of the starts lie before it."""
    result: dict[int, int] = {}
    ordered = sorted(starts)
    count = 0
    for end in sorted(ends):
        while count < len(ordered) and ordered[count] < end:
            count += 1
        result[end] = count
    return result
