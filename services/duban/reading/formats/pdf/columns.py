"""Pages set in two columns: the left one is read before the right one."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from duban.reading.formats.pdf.alignment import fragments_of
from duban.reading.formats.pdf.line import Line
from duban.reading.formats.pdf.piece import Item, TextLine

_LEAST_LINES = 6  # on each side
_LONG = 8  # characters; shorter pieces of a line are no column of text
_FILLED = 0.6  # share of a column's width that its lines take


def in_columns(items: Sequence[Item]) -> list[Item]:
    """The items of a page, where lines stand in two columns one column after the other."""
    lines = [item for item in items if isinstance(item, TextLine)]
    pieces = {id(item): fragments_of(item.line) for item in lines}
    starts = [f.x0 for parts in pieces.values() for f in parts[1:] if len(f.characters) >= _LONG]
    if len(starts) < _LEAST_LINES:
        return list(items)
    gutter = median(starts)
    result: list[Item] = []
    run: list[TextLine] = []
    for item in items:
        if isinstance(item, TextLine) and not _crosses(pieces[id(item)], gutter):
            run.append(item)
            continue
        result += _ordered(run, pieces, gutter)
        run = []
        result.append(item)
    return result + _ordered(run, pieces, gutter)


def _crosses(fragments: list[Line], gutter: float) -> bool:
    """Whether a piece of a line runs over the place where the right column begins."""
    return any(f.x0 < gutter - f.size and f.x1 > gutter - f.size / 2 for f in fragments)


def _ordered(run: list[TextLine], pieces: dict[int, list[Line]], gutter: float) -> list[Item]:
    left: list[tuple[TextLine, Line]] = []
    right: list[tuple[TextLine, Line]] = []
    for item in run:
        for fragment in pieces[id(item)]:
            side = right if fragment.x0 > gutter - fragment.size else left
            side.append((item, fragment))
    if not (_is_column(left) and _is_column(right)):
        return list(run)
    return [*_column(left), *_column(right)]


def _is_column(side: list[tuple[TextLine, Line]]) -> bool:
    """Whether lines are running text: most reach across the column."""
    if len(side) < _LEAST_LINES:
        return False
    start, end = _margins(side)
    full = [line for _, line in side if line.x1 - line.x0 >= _FILLED * (end - start)]
    return 2 * len(full) >= len(side) and median(len(x.characters) for x in full) >= _LONG


def _margins(side: list[tuple[TextLine, Line]]) -> tuple[float, float]:
    return min(line.x0 for _, line in side), max(line.x1 for _, line in side)


def _column(side: list[tuple[TextLine, Line]]) -> list[Item]:
    margins = _margins(side)
    return [TextLine(item.page, item.frame, line, margins) for item, line in side]
