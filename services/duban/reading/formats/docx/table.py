"""The tables of a Word document: rows as written, vertical merges counted into spans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from lxml import etree
from msgspec.structs import replace

from duban.domain.document import Grid
from duban.reading.formats.docx import names as w
from duban.reading.formats.docx.edges import Edges, edges_of
from duban.reading.formats.docx.first_child import first_child
from duban.reading.formats.docx.numbering import Numbers
from duban.reading.formats.docx.run import text_of
from duban.reading.formats.docx.style import whole
from duban.reading.formats.lattice import Drawn, resolve
from duban.reading.formats.layout import Cell, Row

_MOST_COLUMNS = 1_000
_CONTINUE = "continue"
_MERGING = frozenset({w.GRID_SPAN, w.V_MERGE, w.H_MERGE, w.CELL_DELETED, w.CELL_MERGED})
_REVISED = "表格含未确定的单元格修订"
_UNEQUAL = "纵向合并的单元格宽度不一致"


class _Merge(NamedTuple):
    """A cell merged downwards that the row above still belonged to."""

    row: int
    place: int
    span: int


def rows_of(table: etree._Element, numbers: Numbers) -> list[Row[etree._Element]]:
    """The rows with the text of each cell."""
    nested = any(inner is not table for inner in islice(table.iter(w.TBL), 2))
    return [
        [
            Cell(cell, cell_text(cell, numbers), nested and _holds_table(cell))
            for cell in children(row, w.TC)
        ]
        for row in children(table, w.TR)
    ]


def children(parent: etree._Element, tag: str) -> Iterator[etree._Element]:
    """Children of one kind, also those inside content controls and insertions."""
    for child in parent:
        if child.tag == tag:
            yield child
        elif child.tag in w.WRAPPERS:
            yield from children(child, tag)


def cell_text(cell: etree._Element, numbers: Numbers) -> str:
    """The paragraphs of a cell, one a line.

    An automatic number is printed before a label; before a digit it is left out, or "1." and
    "24" would become a number that nobody wrote.
    """
    lines: list[str] = []
    for paragraph in cell.iter(w.P):
        text = text_of(paragraph)
        if not text:
            continue
        number = numbers.get(paragraph)
        lines.append(text if number is None or text[0].isdigit() else number + text)
    return "\n".join(lines)


def grid_of(rows: list[Row[etree._Element]], *, table: int, line: int) -> Grid:
    """Data rows with horizontal and vertical merges resolved."""
    rows_drawn = _Rows(edges_of(_above(rows, w.TBL)))
    for row in rows:
        rows_drawn.add(row)
    if rows_drawn.has_lost:
        rows_drawn = _Rows()
        for row in rows:
            rows_drawn.add(row)
    grid = resolve([rows_drawn.drawn], table=table, line=line)
    return replace(grid, doubt=rows_drawn.doubt) if rows_drawn.doubt else grid


class _Rows:
    """Turns rows, in which merged cells are repeated, into cells with spans."""

    def __init__(self, edges: Edges | None = None) -> None:
        self.drawn: list[list[Drawn]] = []
        self.doubt: str | None = None
        self.has_lost = False
        self._edges = edges
        self._merges: dict[int, _Merge] = {}

    def add(self, row: Row[etree._Element]) -> None:
        self.drawn.append([])
        grid_column = _columns_before(row)
        for cell in row:
            given = _given(cell.source)
            wide = whole(given.get(w.GRID_SPAN)) if given else None
            grid_span = min(wide, _MOST_COLUMNS) if wide else 1
            column, span = self._seen(grid_column, grid_span)
            if w.CELL_DELETED in given or w.CELL_MERGED in given:
                self.doubt = _REVISED
            if self.drawn[-1] and given.get(w.H_MERGE) == _CONTINUE:
                last = self.drawn[-1][-1]
                self.drawn[-1][-1] = last._replace(colspan=last.colspan + span)
            else:
                kind = given.get(w.V_MERGE)
                if kind != _CONTINUE or not self._continues(column, span):
                    self._draw(cell.text, column, span, kind)
            grid_column += grid_span

    def _seen(self, column: int, span: int) -> tuple[int, int]:
        """Column and span without slivers; `has_lost` where a cell is nothing but a sliver."""
        if self._edges is None:
            return column, span
        start, end = self._edges.at(column), self._edges.at(column + span)
        self.has_lost = self.has_lost or start == end
        return start, end - start

    def _continues(self, column: int, span: int) -> bool:
        """Lengthen the merged cell right above, if there is one."""
        above = self._merges.get(column)
        row = len(self.drawn) - 1
        if above is None:
            return False
        first = self.drawn[above.row][above.place]
        if above.row + first.rowspan != row:
            return False
        if above.span != span:
            self.doubt = _UNEQUAL
        self.drawn[above.row][above.place] = first._replace(rowspan=first.rowspan + 1)
        return True

    def _draw(self, text: str, column: int, span: int, kind: str | None) -> None:
        self._merges.pop(column, None)
        if kind is not None:
            self._merges[column] = _Merge(len(self.drawn) - 1, len(self.drawn[-1]), span)
        self.drawn[-1].append(Drawn(text, 1, span, column))


def _columns_before(row: Row[etree._Element]) -> int:
    """Grid columns that the row leaves out at its left."""
    properties = first_child(_above([row], w.TR), w.TR_PR)
    found = first_child(properties, w.GRID_BEFORE)
    value = whole(found.get(w.VAL)) if found is not None else None
    return min(value or 0, _MOST_COLUMNS)


def _above(rows: Sequence[Row[etree._Element]], tag: str) -> etree._Element | None:
    """The row or table that the first cell stands in."""
    element = next((cell.source.getparent() for row in rows for cell in row), None)
    while element is not None and element.tag != tag:
        element = element.getparent()
    return element


def _holds_table(cell: etree._Element) -> bool:
    """Whether a table of several cells stands in the cell; one of a single cell is a frame."""
    for table in cell.iter(w.TBL):
        cells = table.iter(w.TC)
        if next(cells, None) is not None and next(cells, None) is not None:
            return True
    return False


def _given(cell: etree._Element) -> dict[str, str]:
    """The properties of a cell; a merge without a value goes on from the cell before."""
    properties = first_child(cell, w.TC_PR)
    if properties is None:
        return {}
    return {
        given.tag: given.get(w.VAL) or _CONTINUE for given in properties if given.tag in _MERGING
    }
