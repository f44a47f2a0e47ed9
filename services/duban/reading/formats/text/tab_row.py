"""Tables with one row a line, its cells separated by TAB and often padded with TABs."""

from __future__ import annotations

from duban.domain.document import Grid, GridCell
from duban.domain.place import Place
from duban.reading.formats.text.line import Line

_LINES_LOOKED_AT = 60


def begins(lines: list[Line], index: int) -> bool:
    """Whether the table at `index` has whole rows on its lines rather than one cell a line."""
    inner = cells = 0
    for line in lines[index : index + _LINES_LOOKED_AT]:
        if "\t" not in line.text:
            break
        if "\t" in line.text[1:]:
            inner += 1
        else:
            cells += 1
    return inner >= cells


def read(lines: list[Line], index: int, table: int) -> tuple[Grid | None, int]:
    """The table that begins at `index` and the index of the first line after it."""
    found, index = _row_lines(lines, index)
    rows = [[field.strip() for field in line.text.split("\t")] for line in found]
    if len(rows) < 2 or max(map(_filled, rows)) < 2:
        return None, index
    cells = [
        GridCell(
            text=field,
            row=row,
            column=column,
            at=Place(line=found[row].number, table=table, row=row + 1, column=column + 1),
        )
        for row, fields in enumerate(rows)
        for column, field in enumerate(fields)
    ]
    return Grid(
        cells=tuple(cells),
        width=max(map(len, rows)),
        height=len(rows),
        at=Place(line=found[0].number, table=table),
        ragged=not _lines_up(rows),
    ), index


def _row_lines(lines: list[Line], index: int) -> tuple[list[Line], int]:
    """The lines of the table; where each row stands alone, empty lines between are crossed."""
    found: list[Line] = []
    while index < len(lines) and "\t" in lines[index].text:
        found.append(lines[index])
        index += 1
        if _stands_alone(lines, index, len(found)):
            index += 1
    return found, index


def _stands_alone(lines: list[Line], index: int, rows: int) -> bool:
    """Whether an empty line at `index` only sets off a row, as after every row before it."""
    if index + 1 >= len(lines) or not lines[index].is_empty:
        return False
    if "\t" not in lines[index + 1].text.rstrip():
        return False
    alone_before = rows == 1 or lines[index - 2].is_empty
    alone_after = index + 2 >= len(lines) or lines[index + 2].is_empty
    return alone_before and alone_after


def _filled(row: list[str]) -> int:
    return sum(1 for field in row if field)


def _lines_up(rows: list[list[str]]) -> bool:
    """Whether columns provably line up: every row full, or a caption in its first field alone.

    Rows of equal length prove nothing where a field is blank: the padding may stand at the
    left of one row and at the right of the next.
    """
    if len({len(row) for row in rows}) != 1:
        return False
    return all(all(row) or (bool(row[0]) and not any(row[1:])) for row in rows)
