"""Edges of a table's columns that are too near one another to be meant as two.

Moving the border of a single row by hand leaves a sliver of a column, which other rows cover,
or leave out at their side.
"""

from __future__ import annotations

from collections.abc import Sequence

from lxml import etree

from duban.reading.formats.docx import names as w
from duban.reading.formats.docx.first_child import first_child
from duban.reading.formats.docx.style import whole

_SLIVER = 60  # twentieths of a point, about 1 mm; a digit of 9 pt needs 90


class Edges:
    """Grid columns as they are seen: a sliver is part of the column behind it."""

    def __init__(self, widths: Sequence[int]) -> None:
        self._seen = [0]
        for width in widths:
            self._seen.append(self._seen[-1] + (width > _SLIVER))

    def at(self, column: int) -> int:
        """The seen column that a grid column starts in, columns beyond the grid included."""
        beyond = max(0, column - (len(self._seen) - 1))
        return self._seen[column - beyond] + beyond


def edges_of(table: etree._Element | None) -> Edges | None:
    """The edges of a table that has slivers beside real columns; None for any other."""
    grid = first_child(table, w.TBL_GRID)
    if grid is None:
        return None
    widths = [whole(column.get(w.WIDTH)) or 0 for column in grid.iterchildren(w.GRID_COL)]
    if not any(0 < width <= _SLIVER for width in widths) or max(widths) <= _SLIVER:
        return None
    # A column without a width is of unknown width, and no sliver.
    return Edges([width or _SLIVER + 1 for width in widths])
