"""Tables with one cell a line: each begins with TAB, an empty line ends a row.

A line without TAB right after a cell goes on inside it (soft line break). A paragraph mark
inside a cell leaves an empty line and a line without TAB, after which the row goes on; only
a short label may be continued so, because a real row ends with its last number.
"""

from __future__ import annotations

from typing import NamedTuple

from duban.domain.document import Grid, GridCell
from duban.domain.place import Place
from duban.reading.formats.text.line import Line, is_number_cell, is_sentence, opens_prose

_MOST_PARAGRAPHS_IN_CELL = 4
# Table four has fifteen cells in a row, in one sample sixteen; no table of the form has more.
_MOST_CELLS_IN_ROW = 20
_LONGEST_PIECE = 6  # characters of a label torn off at the end of a row ("计")


class _Cell(NamedTuple):
    line: int
    pieces: list[str]

    @property
    def text(self) -> str:
        return "\n".join(piece for piece in self.pieces if piece)


def read(lines: list[Line], index: int, table: int) -> tuple[Grid | None, int]:
    """The table that begins at `index` and the index of the first line after it."""
    rows: list[list[_Cell]] = [[]]
    start = lines[index].number
    while index < len(lines):
        line = lines[index]
        if _is_cell(line):
            rows[-1].append(_Cell(line.number, [line.text.strip()]))
            index += 1
        elif line.is_empty:
            step = _pieces_after_gap(lines, index, rows[-1])
            if step:
                rows[-1][-1].pieces.extend(text.text.strip() for text in lines[index:step])
                index = step
            elif _goes_on(lines, index):
                rows.append([])
                index += 1
            else:
                break
        elif rows[-1] and _continues(lines, index, rows[-1][-1]):
            rows[-1][-1].pieces.append(line.text.strip())
            index += 1
        else:
            break
    rows = [row for row in rows if row]
    return (_grid(rows, table, start) if _is_table(rows) else None), index


def _is_table(rows: list[list[_Cell]]) -> bool:
    """Several rows of several cells; a few lines indented with TAB are no table."""
    if not rows or max(map(len, rows)) < 2:
        return False
    return len(rows) > 1 or any(cell.text and is_number_cell(cell.text) for cell in rows[0])


def _is_cell(line: Line) -> bool:
    return line.text.startswith("\t") and not is_sentence(line.text)


def _goes_on(lines: list[Line], index: int) -> bool:
    return index + 1 < len(lines) and _is_cell(lines[index + 1])


def _continues(lines: list[Line], index: int, cell: _Cell) -> bool:
    if opens_prose(lines[index].text):
        return False
    return _goes_on(lines, index) or not is_number_cell(cell.text)


def _pieces_after_gap(lines: list[Line], index: int, row: list[_Cell]) -> int:
    """The index after further paragraphs of the row's last cell, 0 where the row ends here."""
    if not row or is_number_cell(row[-1].text):
        return 0
    for _ in range(_MOST_PARAGRAPHS_IN_CELL):
        index += 1
        if index >= len(lines) or lines[index].is_empty or _is_cell(lines[index]):
            return 0
        piece = lines[index].text
        if opens_prose(piece):
            return 0
        if _goes_on(lines, index):
            return index + 1
        index += 1
        if index >= len(lines) or not lines[index].is_empty:
            return 0
        if _goes_on(lines, index):
            return index if len(piece.strip()) <= _LONGEST_PIECE else 0
    return 0


def _grid(rows: list[list[_Cell]], table: int, start: int) -> Grid:
    cells = [
        GridCell(
            text=cell.text,
            row=row_number,
            column=column,
            at=Place(line=cell.line, table=table, row=row_number + 1, column=column + 1),
        )
        for row_number, row in enumerate(rows)
        for column, cell in enumerate(row)
    ]
    width = max(map(len, rows))
    return Grid(
        cells=tuple(cells),
        width=width,
        height=len(rows),
        at=Place(line=start, table=table),
        ragged=True,
        doubt="一行单元格过多，行的界限可能已丢失" if width > _MOST_CELLS_IN_ROW else None,
    )
