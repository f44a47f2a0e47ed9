"""The part of a table that stands on one page, and what else stands there."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import NamedTuple

from duban.domain.place import Place
from duban.reading.formats.pdf.frame import Box, Frame
from duban.reading.formats.pdf.lattice import Region
from duban.reading.formats.pdf.line import Line


class PieceCell(NamedTuple):
    """A cell of a piece; `is_full` where its last line of text fills its width."""

    text: str
    region: Region
    is_full: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A table, or the part of one that a page holds, with its edges in upright points."""

    page: int
    frame: Frame
    xs: list[float]
    ys: list[float]
    cells: list[PieceCell]
    doubt: str | None = None
    is_open_above: bool = False
    is_open_below: bool = False

    @property
    def top(self) -> float:
        return self.ys[0]

    @property
    def width(self) -> int:
        return len(self.xs) - 1

    @property
    def height(self) -> int:
        return len(self.ys) - 1

    def without_empty_end(self) -> Piece:
        """Without the empty room between a table's last drawn line and the end of the page."""
        last = self.height - 1
        ends = [cell for cell in self.cells if cell.region.top == last]
        if not self.is_open_below or last == 0 or any(cell.text for cell in ends):
            return self
        cells = [
            cell._replace(region=cell.region._replace(bottom=min(cell.region.bottom, last)))
            for cell in self.cells
            if cell.region.top < last
        ]
        return replace(self, ys=self.ys[:-1], cells=cells)

    def place(self, region: Region) -> Place:
        box = (
            self.xs[region.left],
            self.ys[region.top],
            self.xs[region.right],
            self.ys[region.bottom],
        )
        return Place(page=self.page, box=self.frame.shown_box(box))


@dataclass(frozen=True, slots=True)
class TextLine:
    """A line outside every table; `margins` are those of its column, if the page has two."""

    page: int
    frame: Frame
    line: Line
    margins: tuple[float, float] | None = None

    @property
    def top(self) -> float:
        return self.line.top


@dataclass(frozen=True, slots=True)
class PictureBox:
    """A picture large enough to hold text."""

    page: int
    frame: Frame
    box: Box

    @property
    def top(self) -> float:
        return self.box[1]


Item = Piece | TextLine | PictureBox


@dataclass(frozen=True, slots=True)
class Page:
    """A page's items in reading order; `is_readable` where its text can be trusted."""

    number: int
    frame: Frame
    items: list[Item]
    is_readable: bool
    is_blank: bool
