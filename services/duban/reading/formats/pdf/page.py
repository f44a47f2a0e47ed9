"""One page of a PDF → its lines, table pieces and pictures in reading order."""

from __future__ import annotations

from typing import Any

import pypdfium2.raw as pdfium

from duban.errors import UnreadableError
from duban.reading.formats.pdf.alignment import stands_in_columns, with_tables
from duban.reading.formats.pdf.cell import fill
from duban.reading.formats.pdf.characters import Character, PageText, read_characters
from duban.reading.formats.pdf.columns import in_columns
from duban.reading.formats.pdf.drawing import Drawing, read_drawing
from duban.reading.formats.pdf.frame import Box, Frame
from duban.reading.formats.pdf.lattice import Lattice, Region, find_lattices
from duban.reading.formats.pdf.line import lines_of
from duban.reading.formats.pdf.piece import Item, Page, PictureBox, Piece, TextLine
from duban.reading.formats.pdf.ruling import rule
from duban.reading.formats.pdf.source import text_of

_MOST_UNKNOWN = 0.3  # share of characters without a known meaning on a page that is still read
_SMALLEST_PICTURE = 0.03  # share of the page; less is a seal, an icon or a rule
_SCANNED = 0.5  # share of the page that pictures of a scan fill, at least
_FEWEST_CHARACTERS = 50  # of a page of text; a page number or a stamp has fewer
_TALLEST_FRAMED_ROW = 90.0  # points; a lone box taller than this is a frame, not a table row


def read_page(page: Any, number: int) -> Page:
    """Page `number` (from 1); UnreadableError where it is too large or broken."""
    drawing = read_drawing(page, number)
    bounds = _bounds(page, number)
    with text_of(page, number) as text_page:
        text = read_characters(
            text_page,
            bounds=bounds,
            shown_quarters=pdfium.FPDFPage_GetRotation(page),
            may_hide=drawing.hides_text,
        )
    pictures = _pictures(drawing, text, number)
    visible = sum(character.text != " " for character in text.characters)
    if not visible or text.unknown > _MOST_UNKNOWN * visible:
        is_blank = drawing.is_empty and not (visible or text.hidden)
        whole = PictureBox(number, text.frame, (0.0, 0.0, text.frame.width, text.frame.height))
        unread: list[Item] = [*(pictures or ([whole] if visible else []))]
        return Page(number, text.frame, unread, is_readable=False, is_blank=is_blank)
    items = [*_tables_and_lines(drawing, text, number), *pictures]
    items.sort(key=lambda item: item.top)
    items = with_tables(in_columns(items))
    # The few words of a cover on a picture are read, but do not make it a page of text.
    is_scan = _is_scan(pictures, text, visible)
    return Page(number, text.frame, items, is_readable=not is_scan, is_blank=False)


def _is_scan(pictures: list[PictureBox], text: PageText, visible: int) -> bool:
    """Whether pictures fill the page and its text is a page number, a stamp or hidden."""
    share = sum((x1 - x0) * (y1 - y0) for x0, y0, x1, y1 in (p.box for p in pictures))
    if share < _SCANNED * text.frame.width * text.frame.height:
        return False
    return visible < _FEWEST_CHARACTERS or text.hidden > visible


def _bounds(page: Any, number: int) -> Box:
    box = pdfium.FS_RECTF()
    if not pdfium.FPDF_GetPageBoundingBox(page, box) or box.right <= box.left:
        raise UnreadableError("corrupt", f"PDF 第 {number} 页没有版面尺寸：请重新导出 PDF。")
    return box.left, min(box.bottom, box.top), box.right, max(box.bottom, box.top)


def _pictures(drawing: Drawing, text: PageText, number: int) -> list[PictureBox]:
    frame = text.frame
    least = _SMALLEST_PICTURE * frame.width * frame.height
    boxes = [frame.upright.box(*picture) for picture in drawing.pictures]
    return [
        PictureBox(number, frame, (x0, y0, x1, y1))
        for x0, y0, x1, y1 in boxes
        if (x1 - x0) * (y1 - y0) >= least
    ]


def _tables_and_lines(drawing: Drawing, text: PageText, number: int) -> list[Item]:
    frame = text.frame
    lattices = find_lattices(rule(drawing.strokes, frame, number))
    lattices = [lattice for lattice in lattices if not _is_frame(lattice, lattices)]
    inside: list[list[Character]] = [[] for _ in lattices]
    outside: list[Character] = []
    for character in text.characters:
        x, y = (character.x0 + character.x1) / 2, (character.top + character.bottom) / 2
        for lattice, held in zip(lattices, inside, strict=True):
            if lattice.xs[0] <= x <= lattice.xs[-1] and lattice.ys[0] <= y <= lattice.ys[-1]:
                held.append(character)
                break
        else:
            outside.append(character)
    items: list[Item] = []
    for lattice, held in zip(lattices, inside, strict=True):
        if len(lattice.xs) == 2 and stands_in_columns(lines_of(held)):
            outside += held
        elif (piece := _piece(lattice, held, frame, number)) is not None:
            items.append(piece)
    upright = [character for character in outside if not character.quarters]
    items += [TextLine(number, frame, line) for line in lines_of(upright)]
    return items


def _piece(lattice: Lattice, held: list[Character], frame: Frame, number: int) -> Piece | None:
    cells, doubt = fill(lattice, held)
    if not any(cell.text for cell in cells):
        return None
    piece = Piece(
        page=number,
        frame=frame,
        xs=lattice.xs,
        ys=lattice.ys,
        cells=cells,
        doubt=lattice.doubt or doubt,
        is_open_above=lattice.is_open_above,
        is_open_below=lattice.is_open_below,
    )
    return piece.without_empty_end()


def _is_frame(lattice: Lattice, others: list[Lattice]) -> bool:
    """Whether a lattice is a box around text or around a table, not a table itself."""
    if len(lattice.xs) > 2 or lattice.regions != [Region(0, 0, 1, 1)]:
        return False
    return lattice.ys[1] - lattice.ys[0] > _TALLEST_FRAMED_ROW or any(
        other is not lattice
        and lattice.xs[0] <= other.xs[0]
        and other.xs[-1] <= lattice.xs[-1]
        and lattice.ys[0] <= other.ys[0]
        and other.ys[-1] <= lattice.ys[-1]
        for other in others
    )
