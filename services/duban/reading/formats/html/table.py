"""The tables of a page: their rows as written, and the grid of data rows."""

from __future__ import annotations

import re
from itertools import islice
from typing import TypeAlias

from lxml import etree

from duban.domain.document import Grid
from duban.reading.formats.html.words import BLOCKS, squeezed
from duban.reading.formats.lattice import Drawn, resolve
from duban.reading.formats.layout import Cell, Groups

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
_WHOLE_NUMBER = re.compile(r"\s*\+?(\d{1,6})")

# lxml has no public name for an element.
_Row: TypeAlias = "list[Cell[etree._Element]]"  # noqa: SLF001

Stray: TypeAlias = "etree._Element | str"  # noqa: SLF001 - as above


def grid_of(groups: Groups[etree._Element], *, table: int, line: int) -> Grid:
    """Data rows with their spans resolved.

    A span ends with its row group. Where that leaves holes, and the spans as they are written
    fill the table without any, they were meant as written.
    """
    drawn = [[[_drawn(cell) for cell in row] for row in rows] for rows in groups]
    grid = resolve(drawn, table=table, line=line)
    if len(drawn) == 1 or _is_full(grid) or not any(map(_is_cut, drawn)):
        return grid
    joined = resolve([[row for rows in drawn for row in rows]], table=table, line=line)
    return joined if _is_full(joined) else grid


def _is_full(grid: Grid) -> bool:
    covered = sum(cell.rowspan * cell.colspan for cell in grid.cells)
    return grid.doubt is None and covered == grid.width * grid.height


def _is_cut(rows: list[list[Drawn]]) -> bool:
    """Whether a row group ends within a span."""
    return any(cell.rowspan > len(rows) - number for number, row in enumerate(rows) for cell in row)


class _Rows:
    """Collects rows and what stands between them."""

    def __init__(self, *, nested: bool) -> None:
        self.strays: list[Stray] = []
        self._nested = nested

    def add(self, part: etree._Element, rows: list[_Row]) -> None:
        """Add a child of a table or row group."""
        if part.tag == "tr":
            row: _Row = []
            self.text(part.text)
            for cell in part:
                if cell.tag in _CELLS:
                    row.append(self._cell(cell))
                else:
                    self.strays.append(cell)
                self.text(cell.tail)
            if part.get("height") != "0" or any(cell.text for cell in row):
                # Word ends a table with a row of no height that only sets column widths.
                rows.append(row)
        elif part.tag in _CELLS:
            # A cell without a row: browsers make one row of such cells.
            before = part.getprevious()
            if before is None or before.tag not in _CELLS or not rows:
                rows.append([])
            rows[-1].append(self._cell(part))
        else:
            self.strays.append(part)
        self.text(part.tail)

    def text(self, text: str | None) -> None:
        """Keep text that stands outside every cell."""
        if text and not text.isspace():
            self.strays.append(text)

    def _cell(self, element: etree._Element) -> Cell[etree._Element]:
        if not len(element):
            return Cell(element, squeezed(element.text or ""))
        return Cell(element, _text_of(element), self._nested and _holds_table(element))


def groups_of(table: etree._Element) -> tuple[list[Stray], list[list[_Row]]]:
    """What stands outside every cell, drawn before the table, and row groups in drawn order."""
    collected = _Rows(nested=any(inner is not table for inner in islice(table.iter("table"), 2)))
    collected.text(table.text)
    head: list[list[_Row]] = []
    body: list[list[_Row]] = [[]]
    foot: list[list[_Row]] = []
    for child in table:
        tag = child.tag
        if tag in _GROUPS:
            rows: list[_Row] = []
            collected.text(child.text)
            for part in child:
                collected.add(part, rows)
            collected.text(child.tail)
            {"thead": head, "tbody": body, "tfoot": foot}[tag].append(rows)
            if tag == "tbody":
                body.append([])
        elif tag not in {"colgroup", "col"}:
            collected.add(child, body[-1])
    return collected.strays, [rows for rows in [*head, *body, *foot] if rows]


def _holds_table(cell: etree._Element) -> bool:
    """Whether a table of several cells stands in the cell; one of a single cell is a frame."""
    for table in cell.iter("table"):
        cells = table.iter("td", "th")
        if next(cells, None) is not None and next(cells, None) is not None:
            return True
    return False


def _text_of(cell: etree._Element) -> str:
    only = cell[0]
    if len(cell) == 1 and not len(only) and only.tag == "p":
        around = (cell.text or "") + (only.tail or "")
        if not around.strip():
            return squeezed(only.text or "")
    pieces: list[str] = []
    for event, element in etree.iterwalk(cell, events=("start", "end")):
        breaks = element.tag in BLOCKS or element.tag == "br"
        if event == "start":
            if breaks:
                pieces.append("\n")
            if element.text:
                pieces.append(_on_one_line(element.text))
        else:
            if breaks and element.tag != "br":
                pieces.append("\n")
            if element is not cell and element.tail:
                pieces.append(_on_one_line(element.tail))
    lines = (squeezed(line) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _on_one_line(text: str) -> str:
    """Source line ends as blanks, so that the newlines left are drawn ones."""
    return text.replace("\n", " ").replace("\r", " ")


def _drawn(cell: Cell[etree._Element]) -> Drawn:
    return Drawn(cell.text, _span(cell.source, "rowspan"), _span(cell.source, "colspan"))


def _span(cell: etree._Element, name: str) -> int:
    text = cell.get(name)
    if text is None or text == "1":
        return 1
    found = _WHOLE_NUMBER.match(text)
    return int(found[1]) if found else 1
