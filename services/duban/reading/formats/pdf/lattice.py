"""Ruling lines → tables: rows, columns and cells, spans told from the inner lines missing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import NamedTuple

from duban.reading.formats.pdf.ruling import SNAP, Ruling, Rulings

_OPEN = 8.0  # points by which lines must stand out for a border that is not drawn
_WHOLE, _NONE = 0.75, 0.25  # share of a cell's side that is drawn
BROKEN_BORDER = "表格框线不完整，无法确定单元格的划分"
MOST_POSITIONS = 40_000


class Region(NamedTuple):
    """A cell of a lattice: rows `top` to `bottom` and columns `left` to `right`, ends open."""

    top: int
    left: int
    bottom: int
    right: int


class Lattice(NamedTuple):
    """A ruled table: positions of its column edges and row edges and its cells.

    `is_open_above` and `is_open_below` say that no line closes it there.
    """

    xs: list[float]
    ys: list[float]
    regions: list[Region]
    doubt: str | None
    is_open_above: bool
    is_open_below: bool


def find_lattices(rulings: Rulings) -> list[Lattice]:
    """The ruled tables and frames of a page, from top to bottom."""
    found = []
    for horizontal, vertical in _connected(rulings):
        lattice = _lattice(horizontal, vertical)
        if lattice is not None:
            found.append(lattice)
    return sorted(found, key=lambda lattice: (lattice.ys[0], lattice.xs[0]))


def _connected(rulings: Rulings) -> list[tuple[list[Ruling], list[Ruling]]]:
    """Groups of lines that touch one another."""
    horizontal = rulings.horizontal
    vertical = sorted(rulings.vertical)
    places = [line.at for line in vertical]
    parent = list(range(len(horizontal) + len(vertical)))
    for h, (at, start, end) in enumerate(horizontal):
        first, last = bisect_left(places, start - SNAP), bisect_right(places, end + SNAP)
        for v in range(first, last):
            if vertical[v].start - SNAP <= at <= vertical[v].end + SNAP:
                parent[_root(parent, h)] = _root(parent, len(horizontal) + v)
    groups: dict[int, tuple[list[Ruling], list[Ruling]]] = {}
    for index in range(len(parent)):
        group = groups.setdefault(_root(parent, index), ([], []))
        if index < len(horizontal):
            group[0].append(horizontal[index])
        else:
            group[1].append(vertical[index - len(horizontal)])
    return [group for group in groups.values() if group[0] and group[1]]


def _root(parent: list[int], item: int) -> int:
    while parent[item] != item:
        parent[item] = parent[parent[item]]
        item = parent[item]
    return item


def _lattice(horizontal: list[Ruling], vertical: list[Ruling]) -> Lattice | None:
    rows, columns = _levels(horizontal), _levels(vertical)
    ys, xs = [level[0].at for level in rows], [level[0].at for level in columns]
    top, bottom = _outer(ys, vertical)
    left, right = _outer(xs, horizontal)
    rows = [*([[]] if top is not None else []), *rows, *([[]] if bottom is not None else [])]
    columns = [*([[]] if left is not None else []), *columns, *([[]] if right is not None else [])]
    ys = [*([top] if top is not None else []), *ys, *([bottom] if bottom is not None else [])]
    xs = [*([left] if left is not None else []), *xs, *([right] if right is not None else [])]
    if len(xs) < 2 or len(ys) < 2 or len(xs) * len(ys) > MOST_POSITIONS:
        return None
    regions, doubt = _regions(xs, ys, rows, columns)
    xs, ys, regions = _compressed(xs, ys, regions)
    return Lattice(xs, ys, regions, doubt, top is not None, bottom is not None)


def _levels(lines: list[Ruling]) -> list[list[Ruling]]:
    """Lines by position, near ones together; each level's lines bear one position."""
    levels: list[list[Ruling]] = []
    for line in sorted(lines):
        if levels and line.at - levels[-1][0].at <= SNAP:
            levels[-1].append(line)
        else:
            levels.append([line])
    return levels


def _outer(places: list[float], crossing: list[Ruling]) -> tuple[float | None, float | None]:
    """Where the table ends if the lines crossing it stand out beyond its last borders."""
    before = sorted(line.start for line in crossing)
    after = sorted((line.end for line in crossing), reverse=True)
    is_open_before = len(before) > 1 and places[0] - before[1] > _OPEN
    is_open_after = len(after) > 1 and after[1] - places[-1] > _OPEN
    return (before[0] if is_open_before else None, after[0] if is_open_after else None)


def _regions(
    xs: list[float], ys: list[float], rows: list[list[Ruling]], columns: list[list[Ruling]]
) -> tuple[list[Region], str | None]:
    """Positions without a line between them are one cell."""
    width, height = len(xs) - 1, len(ys) - 1
    parent = list(range(width * height))
    is_broken = False
    for row in range(height):
        for column in range(width):
            here = row * width + column
            if column + 1 < width:
                share = _share(columns[column + 1], ys[row], ys[row + 1])
                is_broken = is_broken or _NONE < share < _WHOLE
                if share < _WHOLE:
                    parent[_root(parent, here + 1)] = _root(parent, here)
            if row + 1 < height:
                share = _share(rows[row + 1], xs[column], xs[column + 1])
                is_broken = is_broken or _NONE < share < _WHOLE
                if share < _WHOLE:
                    parent[_root(parent, here + width)] = _root(parent, here)
    groups: dict[int, list[int]] = {}
    for index in range(width * height):
        groups.setdefault(_root(parent, index), []).append(index)
    regions: list[Region] = []
    for members in groups.values():
        region, is_whole = _bounding(members, width)
        if is_whole:
            regions.append(region)
        else:
            is_broken = True
            regions += [_bounding([member], width)[0] for member in members]
    return sorted(regions), BROKEN_BORDER if is_broken else None


def _share(lines: list[Ruling], start: float, end: float) -> float:
    """How much of a side from `start` to `end` is drawn, 0 to 1."""
    covered = 0.0
    reached = start
    for line in sorted(lines, key=lambda line: line.start):
        low, high = max(line.start, reached), min(line.end, end)
        if high > low:
            covered += high - low
            reached = high
    return covered / (end - start)


def _bounding(members: list[int], width: int) -> tuple[Region, bool]:
    rows, columns = [m // width for m in members], [m % width for m in members]
    top, left, bottom, right = min(rows), min(columns), max(rows) + 1, max(columns) + 1
    return Region(top, left, bottom, right), (bottom - top) * (right - left) == len(members)


def _compressed(
    xs: list[float], ys: list[float], regions: list[Region]
) -> tuple[list[float], list[float], list[Region]]:
    """Without the positions at which no cell begins or ends (underlines inside a cell)."""
    rows = sorted({r.top for r in regions} | {r.bottom for r in regions})
    columns = sorted({r.left for r in regions} | {r.right for r in regions})
    row_of = {row: index for index, row in enumerate(rows)}
    column_of = {column: index for index, column in enumerate(columns)}
    kept = [
        Region(row_of[r.top], column_of[r.left], row_of[r.bottom], column_of[r.right])
        for r in regions
    ]
    return [xs[column] for column in columns], [ys[row] for row in rows], kept
