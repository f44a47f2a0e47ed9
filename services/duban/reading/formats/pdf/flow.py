"""The items of all pages → the blocks of the document in reading order."""

from __future__ import annotations

from collections.abc import Sequence

from duban.domain.document import Block, Paragraph, Picture
from duban.domain.place import Place
from duban.reading.formats.pdf.continuation import goes_on, grid_of
from duban.reading.formats.pdf.furniture import furniture_of
from duban.reading.formats.pdf.paragraph import Body, body_of, paragraphs, place_of
from duban.reading.formats.pdf.piece import Item, Page, PictureBox, Piece, TextLine


def blocks_of(pages: Sequence[Page]) -> tuple[Block, ...]:
    """Every paragraph, grid and picture of the pages; what a page break cut is one block."""
    furniture = furniture_of(pages)
    items = [item for page in pages for item in page.items]
    text = [i for i in items if isinstance(i, TextLine) and id(i) not in furniture]
    flow = _Flow(body_of(text))
    for item in items:
        if isinstance(item, TextLine) and id(item) in furniture:
            flow.set_aside(item)
        else:
            flow.add(item)
    return flow.blocks()


class _Flow:
    """Collects lines or table pieces until something else comes."""

    def __init__(self, body: Body) -> None:
        self._body = body
        self._blocks: list[Block] = []
        self._lines: list[TextLine] = []
        self._pieces: list[Piece] = []
        self._furniture: list[Paragraph] = []

    def set_aside(self, line: TextLine) -> None:
        place = place_of([line])
        self._furniture.append(Paragraph(text=line.line.text, at=place, furniture=True))

    def add(self, item: Item) -> None:
        if isinstance(item, TextLine):
            self._end_table()
            self._lines.append(item)
        elif isinstance(item, Piece):
            self._end_text()
            if self._pieces and not goes_on(self._pieces[-1], item):
                self._end_table()
            self._pieces.append(item)
        else:
            self._end_text()
            self._end_table()
            self._blocks.append(_picture(item))

    def blocks(self) -> tuple[Block, ...]:
        self._end_text()
        self._end_table()
        return (*self._blocks, *self._furniture)

    def _end_text(self) -> None:
        if self._lines:
            self._blocks += paragraphs(self._lines, self._body)
            self._lines = []
            self._put_furniture()

    def _end_table(self) -> None:
        if not self._pieces:
            return
        if all(piece.width == 1 for piece in self._pieces):
            self._blocks += [
                Paragraph(text=cell.text, at=piece.place(cell.region))
                for piece in self._pieces
                for cell in piece.cells
                if cell.text
            ]
        else:
            self._blocks.append(grid_of(self._pieces))
        self._pieces = []
        self._put_furniture()

    def _put_furniture(self) -> None:
        self._blocks += self._furniture
        self._furniture = []


def _picture(item: PictureBox) -> Picture:
    return Picture(at=Place(page=item.page, box=item.frame.shown_box(item.box)))
