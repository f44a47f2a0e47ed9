"""Tables of a page: data tables become grids, layout tables are taken apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from lxml import etree

from duban.domain.document import Grid
from duban.reading.formats.html.words import BLOCKS, squeezed
from duban.reading.formats.lattice import MOST_CELLS, Drawn, resolve

_GROUPS = frozenset({"thead", "tbody", "tfoot"})
_CELLS = frozenset({"td", "th"})
_WHOLE_NUMBER = re.compile(r"\s*\+?(\d{1,6})")
# No cell of the form holds more than a label of some 45 characters and a short note.
_PROSE_CHARACTERS = 200
_LONG_PROSE_CHARACTERS = 400
_HEADING_ROW = re.compile(r"[一二三四五六七八九十]{1,3}、\S{2,40}")


class FlowCell(NamedTuple):
    """A cell, caption or stray element whose content flows as if there were no table."""

    element: etree._Element


class _Cell(NamedTuple):
    element: etree._Element
    text: str
    flows: bool


_Row = list[_Cell]


class GridRows(NamedTuple):
    """Consecutive data rows in their row groups."""

    groups: list[list[_Row]]

    def grid(self, *, table: int, line: int) -> Grid:
        """The rows with spans resolved."""
        groups = [
            [
                [
                    Drawn(c.text, _span(c.element, "rowspan"), _span(c.element, "colspan"))
                    for c in row
                ]
                for row in rows
            ]
            for rows in self.groups
        ]
        return resolve(groups, table=table, line=line)

    def pictures(self) -> Iterator[etree._Element]:
        """The img elements inside the cells."""
        for rows in self.groups:
            for row in rows:
                for cell in row:
                    if len(cell.element):
                        yield from cell.element.iter("img")


def segments_of(table: etree._Element) -> Iterator[FlowCell | GridRows]:
    """The table's parts in reading order; an ordinary data table is one GridRows."""
    strays, groups = _groups_of(table)
    for stray in strays:
        yield FlowCell(stray)
    cells = sum(len(row) for rows in groups for row in rows)
    if not cells:
        return
    width = max(len(row) for rows in groups for row in rows)
    if width == 1 or cells > MOST_CELLS:
        for rows in groups:
            for row in rows:
                for cell in row:
                    yield FlowCell(cell.element)
    elif any(cell.flows for rows in groups for row in rows for cell in row):
        yield from _taken_apart(groups)
    else:
        yield GridRows(groups)


def _taken_apart(groups: list[list[_Row]]) -> Iterator[FlowCell | GridRows]:
    """Rows with flowing cells flow; the data rows between them stay together."""
    open_rows: list[_Row] = []
    for rows in groups:
        for row in rows:
            if _flows(row):
                yield from _closed(open_rows)
                open_rows = []
                for cell in row:
                    yield FlowCell(cell.element)
            else:
                open_rows.append(row)
        yield from _closed(open_rows)
        open_rows = []


def _flows(row: _Row) -> bool:
    if any(cell.flows for cell in row):
        return True
    return len(row) == 1 and _HEADING_ROW.fullmatch(row[0].text) is not None


def _closed(rows: list[_Row]) -> Iterator[FlowCell | GridRows]:
    if any(len(row) > 1 for row in rows):
        yield GridRows([rows])
    else:
        for row in rows:
            for cell in row:
                yield FlowCell(cell.element)


def _groups_of(table: etree._Element) -> tuple[list[etree._Element], list[list[_Row]]]:
    """Stray elements, drawn before the table, and the row groups in drawn order."""
    strays: list[etree._Element] = []
    head: list[list[_Row]] = []
    body: list[list[_Row]] = [[]]
    foot: list[list[_Row]] = []
    for child in table:
        tag = child.tag
        if tag in _GROUPS:
            rows: list[_Row] = []
            for part in child:
                _add(part, rows, strays)
            {"thead": head, "tbody": body, "tfoot": foot}[tag].append(rows)
            if tag == "tbody":
                body.append([])
        elif tag not in {"colgroup", "col"}:
            _add(child, body[-1], strays)
    return strays, [rows for rows in [*head, *body, *foot] if rows]


def _add(part: etree._Element, rows: list[_Row], strays: list[etree._Element]) -> None:
    if part.tag == "tr":
        row: _Row = []
        for cell in part:
            if cell.tag in _CELLS:
                row.append(_cell(cell))
            else:
                strays.append(cell)
        rows.append(row)
    elif part.tag in _CELLS:
        # A cell without a row: browsers make one row of such cells.
        before = part.getprevious()
        if before is None or before.tag not in _CELLS or not rows:
            rows.append([])
        rows[-1].append(_cell(part))
    else:
        strays.append(part)


def _cell(element: etree._Element) -> _Cell:
    if not len(element):
        text = squeezed(element.text or "")
        return _Cell(element, text, flows=len(text) >= _LONG_PROSE_CHARACTERS and "。" in text)
    text = _text_of(element)
    flows = (
        len(text) >= _PROSE_CHARACTERS
        and "。" in text
        and ("\n" in text or len(text) >= _LONG_PROSE_CHARACTERS)
    )
    return _Cell(element, text, flows=flows or _holds_table(element))


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
                pieces.append(_one_line(element.text))
        else:
            if breaks and element.tag != "br":
                pieces.append("\n")
            if element is not cell and element.tail:
                pieces.append(_one_line(element.tail))
    lines = (squeezed(line) for line in "".join(pieces).split("\n"))
    return "\n".join(line for line in lines if line)


def _one_line(text: str) -> str:
    """Source line ends as blanks, so that the newlines left are drawn ones."""
    return text.replace("\n", " ").replace("\r", " ")


def _span(cell: etree._Element, name: str) -> int:
    text = cell.get(name)
    if text is None:
        return 1
    found = _WHOLE_NUMBER.match(text)
    return int(found[1]) if found else 1
