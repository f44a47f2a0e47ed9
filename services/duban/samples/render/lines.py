"""A manuscript as plain text: one cell a line, or rows separated by tabs; and as Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

from duban.samples.manuscript import Manuscript
from duban.samples.tables import PrintedTable, printed_tables

Layout = Literal["cells", "tabs", "markdown"]


@dataclass(frozen=True)
class LineStyle:
    """`blanks` puts no-break spaces around digits, `broken` soft line breaks into headers."""

    layout: Layout = "cells"
    blanks: bool = False
    broken: bool = False

    @classmethod
    def draw(cls, rng: Random, layout: Layout) -> LineStyle:
        """A style at random."""
        return cls(layout, rng.random() < 0.4, rng.random() < 0.6)


def text_bytes(paper: Manuscript, style: LineStyle) -> bytes:
    """The file's bytes, UTF-8."""
    lines: list[str] = []
    markdown = style.layout == "markdown"
    for number, line in enumerate(paper.title_lines()):
        lines.append(f"# {line}" if markdown and not number else line)
        if markdown:
            lines.append("")
    lines.append("")
    for paragraph in paper.preface:
        lines += _spaced(paragraph.lines(), style)
    for part in paper.parts:
        lines += _spaced([("## " if markdown else "") + part.printed_heading()], style)
        for paragraph in part.paragraphs:
            lines += _spaced(paragraph.lines(), style)
        if part.table:
            for table in printed_tables(paper, part.table, split=style.layout != "cells"):
                lines += _table(table, style)
                lines += [""] if style.layout != "cells" else ["", ""]
    lines += _spaced(paper.signature, style)
    return ("\n".join(lines) + "\n").encode()


def _spaced(texts: list[str], style: LineStyle) -> list[str]:
    if style.layout == "cells":
        return texts
    return [item for text in texts for item in (text, "")]


def _table(table: PrintedTable, style: LineStyle) -> list[str]:
    if style.layout == "markdown":
        return _markdown(table)
    if style.layout == "tabs":
        return ["\t".join(row) for row in _texts(table)]
    return _cells(table, style)


def _texts(table: PrintedTable) -> list[list[str]]:
    return [[cell.text if starts else "" for cell, starts in row] for row in table.matrix()]


def _markdown(table: PrintedTable) -> list[str]:
    rows = ["| " + " | ".join(row) + " |" for row in _texts(table)]
    rows.insert(1, "|" + " --- |" * table.width)
    return rows


def _cells(table: PrintedTable, style: LineStyle) -> list[str]:
    """One cell a line; what a vertical span covers is an empty cell; an empty line ends a row."""
    lines: list[str] = []
    for row_number, row in enumerate(table.matrix()):
        seen: set[int] = set()
        for cell, starts in row:
            if id(cell) in seen:
                continue
            seen.add(id(cell))
            if not starts and cell.row != row_number:
                lines.append("\t")
                continue
            lines.append("\t" + _decorated(cell.text, cell.value, cell.head, cell.row, style))
        lines.append("")
    return lines


def _decorated(text: str, value: bool, head: bool, row: int, style: LineStyle) -> str:
    if value and style.blanks and text:
        return f"\u00a0{text}"
    if style.broken and head and row and len(text) == 4 and text.isalpha():
        return f"{text[:2]}\n{text[2:]}"
    return text
