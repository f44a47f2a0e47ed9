"""Pipe tables of Markdown."""

from __future__ import annotations

import re

from duban.domain.document import Grid, GridCell
from duban.domain.place import Place
from duban.reading.formats.markdown.inline import plain
from duban.reading.formats.text.line import Line

_ALIGNMENT = re.compile(r"\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*")
_BAR = re.compile(r"(?<!\\)\|")


def begins(lines: list[Line], index: int) -> bool:
    """Whether a table begins: a row of bars followed by an alignment row, or by such rows."""
    if not is_row(lines[index].text) or index + 1 >= len(lines):
        return False
    following = lines[index + 1].text
    return is_alignment(following) or (_is_closed(lines[index].text) and _is_closed(following))


def is_row(text: str) -> bool:
    """Whether the line holds a bar that is not escaped."""
    return "|" in text and _BAR.search(text) is not None


def is_alignment(text: str) -> bool:
    """Whether the line is the row of dashes under a table's head."""
    return "-" in text and "|" in text and _ALIGNMENT.fullmatch(text) is not None


def read(
    lines: list[Line], index: int, table: int, links: list[tuple[str, str]]
) -> tuple[Grid, int]:
    """The table that begins at `index` and the index of the first line after it.

    Columns line up where every row has as many cells as the widest; otherwise a converter
    dropped merged cells and the grid is ragged.
    """
    start = index
    rows: list[tuple[int, list[str]]] = []
    while index < len(lines) and is_row(lines[index].text):
        if not is_alignment(lines[index].text):
            fields = [plain(field, links) for field in _fields(lines[index].text)]
            rows.append((lines[index].number, fields))
        index += 1
    cells = [
        GridCell(
            text=field,
            row=row,
            column=column,
            at=Place(line=line, table=table, row=row + 1, column=column + 1),
        )
        for row, (line, fields) in enumerate(rows)
        for column, field in enumerate(fields)
    ]
    widths = {len(fields) for _, fields in rows}
    return Grid(
        cells=tuple(cells),
        width=max(widths, default=0),
        height=len(rows),
        at=Place(line=lines[start].number, table=table),
        ragged=len(widths) > 1 or _has_blank(rows),
    ), index


def _has_blank(rows: list[tuple[int, list[str]]]) -> bool:
    """A blank beside filled cells may be a merged cell, put where the converter liked."""
    return any(any(fields) and not all(fields[1:]) for _, fields in rows)


def _is_closed(text: str) -> bool:
    text = text.strip()
    return len(text) > 1 and text.startswith("|") and text.endswith("|")


def _fields(text: str) -> list[str]:
    text = text.strip()
    fields = _BAR.split(text)
    if text.startswith("|"):
        fields = fields[1:]
    if len(fields) > 1 and not fields[-1].strip() and text.endswith("|"):
        fields = fields[:-1]
    return fields
