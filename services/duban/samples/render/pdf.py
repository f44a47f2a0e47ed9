"""A manuscript as a text pdf with rulings, spans, page breaks inside table 3, page numbers."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from duban.samples.manuscript import Manuscript
from duban.samples.tables import PrintedTable, printed_tables

_FONT = "STSong-Light"
_WIDTH, _HEIGHT = 490.0, 690.0


@dataclass(frozen=True)
class PdfStyle:
    """`vertical` prints the group label one character a line, `dashes` the page as - 3 -.

    `break_at` is the row of table 3 that begins a new page, with the labels beside it torn.
    """

    vertical: bool = False
    dashes: bool = True
    size: int = 12
    break_at: int | None = None

    @classmethod
    def draw(cls, rng: Random) -> PdfStyle:
        """A style at random."""
        return cls(
            rng.random() < 0.5,
            rng.random() < 0.6,
            rng.choice((11, 12, 14)),
            rng.choice((None, rng.randint(6, 24))),
        )


def pdf_bytes(paper: Manuscript, style: PdfStyle) -> bytes:
    """The document's bytes, the same for the same manuscript."""
    from reportlab import rl_config
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer

    if _FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(UnicodeCIDFont(_FONT))
    text = ParagraphStyle(
        "text", fontName=_FONT, fontSize=style.size, leading=style.size * 1.6, wordWrap="CJK",
        firstLineIndent=style.size * 2,
    )  # fmt: skip
    title = ParagraphStyle(
        "title", parent=text, fontSize=18, leading=28, alignment=1, firstLineIndent=0
    )
    flow: list[Any] = [Paragraph(_safe(line), title) for line in paper.title_lines()]
    flow.append(Spacer(1, 6 * mm))
    flow += [Paragraph(_safe(t), text) for p in paper.preface for t in p.lines()]
    for part in paper.parts:
        flow.append(Paragraph(_safe(part.printed_heading()), text))
        flow += [Paragraph(_safe(t), text) for p in part.paragraphs for t in p.lines()]
        if part.table:
            for table in printed_tables(paper, part.table):
                flow += [Spacer(1, 2 * mm), *_pieces(table, style), Spacer(1, 2 * mm)]
    right = ParagraphStyle("right", parent=text, alignment=2, firstLineIndent=0)
    flow += [Paragraph(_safe(t), right) for t in paper.signature]
    buffer = io.BytesIO()
    document = SimpleDocTemplate(
        buffer, pagesize=A4, leftMargin=18 * mm, rightMargin=18 * mm, topMargin=20 * mm,
        bottomMargin=20 * mm, title="".join(paper.title_lines()), author=paper.agency.name,
        invariant=1,
    )  # fmt: skip
    footer = _footer(style)
    before = rl_config.invariant
    rl_config.invariant = 1
    try:
        document.build(flow, onFirstPage=footer, onLaterPages=footer)
    finally:
        rl_config.invariant = before
    return buffer.getvalue()


def _safe(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _footer(style: PdfStyle) -> Any:
    def draw(canvas: Any, document: Any) -> None:
        canvas.setFont(_FONT, 9)
        number = f"- {document.page} -" if style.dashes else str(document.page)
        canvas.drawCentredString(297, 30, number)

    return draw


def _pieces(table: PrintedTable, style: PdfStyle) -> list[Any]:
    """The table in one piece, or table 3 torn where a new page begins."""
    from reportlab.platypus import PageBreak

    if table.name != "applications":
        return [_drawn(table, style)]
    parts = list(_torn(table, style.break_at)) if style.break_at else [table]
    drawn: list[Any] = []
    while parts:
        part = _drawn(parts[0], style)
        if part.wrap(_WIDTH, 0)[1] > _HEIGHT:
            parts[:1] = _torn(parts[0], parts[0].height // 2)
            continue
        drawn += [PageBreak(), part] if drawn else [part]
        del parts[0]
    return drawn


def _torn(table: PrintedTable, at: int) -> tuple[PrintedTable, PrintedTable]:
    """Both parts of a table; a label that spans the tear stands half above and half below."""
    upper, lower = (replace(table, cells=[]) for _ in range(2))
    for cell in table.cells:
        end = cell.row + cell.rowspan
        if end <= at:
            upper.cells.append(cell)
        elif cell.row >= at:
            lower.cells.append(replace(cell, row=cell.row - at))
        else:
            share = len(cell.text) * (at - cell.row) // cell.rowspan
            first = replace(cell, text=cell.text[:share], rowspan=at - cell.row)
            upper.cells.append(first)
            lower.cells.append(replace(cell, text=cell.text[share:], row=0, rowspan=end - at))
    return upper, lower


def _drawn(table: PrintedTable, style: PdfStyle) -> Any:
    from reportlab.lib import colors
    from reportlab.platypus import Table

    data: list[list[Any]] = [["" for _ in range(table.width)] for _ in range(table.height)]
    commands: list[tuple[Any, ...]] = [
        ("GRID", (0, 0), (-1, -1), 0.6, colors.black),
        ("FONT", (0, 0), (-1, -1), _FONT, 9),
        ("ALIGN", (0, 0), (-1, -1), "CENTER"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
    widths = _widths(table)
    for cell in table.cells:
        width = sum(widths[cell.column : cell.column + cell.colspan])
        data[cell.row][cell.column] = _wrapped(cell.text, width, tall=_vertical(cell, style))
        if cell.rowspan > 1 or cell.colspan > 1:
            end = (cell.column + cell.colspan - 1, cell.row + cell.rowspan - 1)
            commands.append(("SPAN", (cell.column, cell.row), end))
    return Table(data, colWidths=widths, style=commands)


def _vertical(cell: Any, style: PdfStyle) -> bool:
    return style.vertical and cell.rowspan > 6


def _wrapped(text: str, width: float, *, tall: bool) -> str:
    """Text broken into lines that fit; a number is never broken."""
    fits = 1 if tall else max(1, int((width - 6) // 9))
    if text.replace(",", "").replace(".", "").lstrip("+-").isdigit() or len(text) <= fits:
        return text
    return "\n".join(text[i : i + fits] for i in range(0, len(text), fits))


def _widths(table: PrintedTable) -> list[float]:
    if table.name == "applications":
        values = table.width - 3
        return [34.0, 56.0, _WIDTH - 90 - 294, *[294 / values] * values]
    return [_WIDTH / table.width] * table.width
