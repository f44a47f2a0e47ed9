"""Lines → paragraphs and grids, in order."""

from __future__ import annotations

import re
from collections.abc import Iterator

from duban.domain.document import Block, Paragraph
from duban.domain.place import Place
from duban.reading.formats.text import cell_line, tab_row
from duban.reading.formats.text.line import (
    Line,
    is_bare_number,
    is_page_number,
    opens_prose,
    split_artefacts,
)

_LINE_END = re.compile(r"\r\n|\r|\n")


def lines_of(text: str) -> list[Line]:
    """The lines of a text; form feeds and the like are blanks inside a line."""
    return [Line(number, line) for number, line in enumerate(_LINE_END.split(text), 1)]


def blocks(lines: list[Line], first_table: int = 1) -> Iterator[Block]:
    """The blocks of `lines`; tables are counted from `first_table`."""
    table = first_table
    index = 0
    while index < len(lines):
        after = index + 1
        if _may_begin_table(lines, index):
            reader = tab_row if tab_row.begins(lines, index) else cell_line
            grid, end = reader.read(lines, index, table)
            after = max(after, end)
            if grid is not None:
                table += 1
                index = after
                yield grid
                continue
        for number in range(index, after):
            if lines[number].text.strip():
                yield from _paragraphs(lines, number)
        index = after


def _may_begin_table(lines: list[Line], index: int) -> bool:
    text = lines[index].text
    if "\t" in text.rstrip() and text.strip():
        return True
    # A caption row padded with TABs, or an empty first cell: only where a row follows.
    followed = index + 1 < len(lines) and "\t" in lines[index + 1].text
    return "\t" in text and followed and not opens_prose(text)


def _paragraphs(lines: list[Line], index: int) -> Iterator[Paragraph]:
    line = lines[index]
    at = Place(line=line.number)
    text, artefacts = split_artefacts(line.text)
    for artefact in artefacts:
        yield Paragraph(text=artefact, at=at, furniture=True)
    text = text.strip()
    if text:
        furniture = is_page_number(text) and not _among_numbers(lines, index)
        yield Paragraph(text=text, at=at, furniture=furniture)


def _among_numbers(lines: list[Line], index: int) -> bool:
    """Whether a number stands beside other numbers: then it may be a cell of a lost table."""
    return any(is_bare_number(_nearest(lines, index, step)) for step in (-1, 1))


def _nearest(lines: list[Line], index: int, step: int) -> str:
    index += step
    while 0 <= index < len(lines):
        if text := lines[index].text.strip():
            return text
        index += step
    return ""
