"""Which value cell belongs to which column: by the header and by the order, never by one alone.

A row whose alignment is not certain gets a reason instead of cells; nothing is ever shifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from duban.domain.document import GridCell
from duban.domain.report import Cell
from duban.reading.cells import is_value, read_cell, unreadable

BESIDE_SPLIT = "同一行有单元格含两个数，空白处的数可能写在那里"


class Head(NamedTuple):
    """The value columns of a table as its header prints them, from left to right.

    `spans` are the grid columns (start, end) under each label, None where the grid is ragged
    or has no header. `blank` counts unlabelled header cells to the right of the last label.
    `doubt` says why the header cannot be used. `copies` are the columns that each label fills
    where a merged cell was copied into all it covered.
    """

    fields: tuple[str, ...]
    labels: tuple[str, ...]
    spans: tuple[tuple[int, int], ...] | None = None
    blank: int = 0
    doubt: str | None = None
    copies: tuple[tuple[int, int], ...] | None = None

    @property
    def start(self) -> int:
        """The first grid column that holds values; 0 if columns are unknown."""
        return self.spans[0][0] if self.spans else 0


def align(values: Sequence[GridCell], head: Head, extra: int = 0) -> list[GridCell] | str:
    """One cell per column of the head, or the reason why the row is not certain.

    `extra` is how many blank cells every row of the grid carries after the last column.
    """
    if head.doubt:
        return head.doubt
    wanted = len(head.fields)
    if len(values) != wanted + extra:
        return f"该行有{len(values)}个数据单元格，表头有{wanted}列，无法确定各数属于哪一列"
    chosen = list(values[:wanted])
    if any(cell.rowspan > 1 for cell in values):
        return "该行有跨行合并的数据单元格，无法确定各数属于哪一行"
    if head.spans is None:
        return chosen
    for cell, (start, end) in zip(chosen, head.spans, strict=True):
        if cell.column >= end or cell.column + cell.colspan <= start:
            return "该行的数据单元格与表头的列没有对齐"
    return chosen


def exact(
    values: Sequence[GridCell], wanted: int, *, padded: bool, regular: bool
) -> Sequence[GridCell]:
    """The values of a ragged row without the padding at its ends.

    A blank at an end may be padding or a value left empty. Where the table is padded at all
    (`padded`), only rows whose own values fill all wanted columns are certain, and padding is
    cut off only where the row has as many cells as the other rows (`regular`).
    """
    inner = stripped(values)
    if not inner and len(values) >= wanted:
        return values[:wanted]
    if not padded or (len(inner) == wanted and not regular):
        return values
    return inner


def stripped(values: Sequence[GridCell]) -> Sequence[GridCell]:
    """Values without the blank cells at both ends."""
    first, last = 0, len(values)
    while first < last and is_blank(values[first]):
        first += 1
    while last > first and is_blank(values[last - 1]):
        last -= 1
    return values[first:last]


def count_of(values: Sequence[GridCell], wanted: int) -> int:
    """How many values a ragged row has: the wanted count unless padding cannot explain it."""
    least = len(stripped(values))
    return wanted if least <= wanted <= len(values) else least if least > wanted else len(values)


def read_row(
    chosen: Sequence[GridCell], names: Sequence[str], *, change: str | None = None
) -> dict[str, Cell]:
    """The cells of an aligned row; `change` names the column that is a signed change.

    Two numbers in one cell beside an empty cell may be that cell's number: then neither is read.
    """
    pairs = zip(names, chosen, strict=True)
    cells = {name: read_cell(c.text, c.at, change=name == change) for name, c in pairs}
    if any(cell.kind == "unreadable" for cell in cells.values()):
        for name, cell in cells.items():
            if cell.kind == "blank":
                cells[name] = unreadable(BESIDE_SPLIT, cell.at)
    return cells


def is_blank(cell: GridCell) -> bool:
    """Whether a cell shows nothing."""
    return not cell.text.strip("\u200b\u200c\u200d\ufeff \t\r\n\u00a0\u3000")


def has_values(cells: Sequence[GridCell]) -> bool:
    """Whether a run of cells holds at least one number or mark."""
    return any(is_value(cell.text) for cell in cells)
