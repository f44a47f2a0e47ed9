"""The tree of a page → paragraphs, grids and pictures as they follow one another."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from duban.domain.document import Block, Grid, Paragraph, Picture
from duban.domain.place import Place
from duban.reading.formats.html.listing import Listing
from duban.reading.formats.html.picture import matters
from duban.reading.formats.html.table import grid_of, groups_of
from duban.reading.formats.html.words import BLOCKS, HEADINGS, SOFT_BREAK, paragraphs_in, text_of
from duban.reading.formats.layout import Flowing, Groups, segments
from duban.reading.formats.text.block import blocks as text_blocks
from duban.reading.formats.text.block import lines_of

_MOST_NESTED_TABLES = 12
_SILENT = frozenset({"head", "title", "meta", "link", "base", "iframe", "embed"})
_BLANK = re.compile(r"[ \t\r\n\f]*")


class Drawn(NamedTuple):
    """A block, the element it was drawn from and how many of its characters are links."""

    block: Block
    element: etree._Element
    linked: int = 0


def blocks_of(page: etree._Element, tables_before: int = 0) -> list[Drawn]:
    """Every drawn block of the page in reading order."""
    flow = _Flow(tables_before)
    flow.walk(page, depth=0)
    return flow.drawn


class _Flow:
    """Walks elements without recursion and collects blocks; recursion only into tables."""

    def __init__(self, tables_before: int) -> None:
        self.drawn: list[Drawn] = []
        self._paragraphs = 0
        self._tables = tables_before
        self._pieces: list[str] = []
        self._linked = 0
        self._in_link = 0
        self._inside: list[etree._Element] = []
        self._heading: int | None = None
        self._number: str | None = None
        self._pictures: list[etree._Element] = []
        self._listing = Listing()

    def walk(self, root: etree._Element, depth: int) -> None:
        """Collect the blocks of `root`, which stands inside `depth` tables."""
        walker = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        self._inside.append(root)
        for event, element in walker:
            tag = element.tag
            if event == "start":
                if self._whole(element, tag, depth):
                    walker.skip_subtree()
                    skipped = element
                else:
                    self._start(element, tag)
                continue
            if element is not skipped:
                self._end(element, tag)
            if element is not root and element.tail:
                self._text(element.tail)
        self._close()
        self._inside.pop()

    def _whole(self, element: etree._Element, tag: str, depth: int) -> bool:
        """Take in a whole element that is not walked through; False for all others."""
        if tag == "table" and depth < _MOST_NESTED_TABLES:
            self._table(element, depth)
        elif tag == "pre":
            self._preformatted(element)
        else:
            return tag in _SILENT
        return True

    def _start(self, element: etree._Element, tag: str) -> None:
        if tag in BLOCKS:
            self._close()
            self._inside.append(element)
            if tag in HEADINGS:
                self._heading = HEADINGS[tag]
            elif tag == "li":
                self._number = self._listing.number_of(element)
        elif tag == "br":
            self._pieces.append(SOFT_BREAK)
        elif tag == "a":
            self._in_link += 1
        elif tag == "img":
            self._pictures.append(element)
        if element.text:
            self._text(element.text)

    def _end(self, element: etree._Element, tag: str) -> None:
        if tag in BLOCKS:
            self._close()
            self._inside.pop()
            if tag in HEADINGS:
                self._heading = None
        elif tag == "a":
            self._in_link = max(0, self._in_link - 1)

    def _text(self, text: str) -> None:
        self._pieces.append(text)
        if self._in_link:
            self._linked += len(text.strip())

    def _close(self) -> None:
        """End the paragraph that is open; its pictures come after it."""
        if self._pieces:
            text = "".join(self._pieces)
            self._pieces.clear()
            if not _BLANK.fullmatch(text):
                self._paragraphs_of(text)
            self._linked = 0
        for picture in self._pictures:
            if matters(picture):
                at = Place(line=max(1, self._paragraphs))
                self.drawn.append(Drawn(Picture(at=at), self._inside[-1]))
        self._pictures.clear()

    def _paragraphs_of(self, text: str) -> None:
        whole = self._heading is not None
        linked = self._linked
        for paragraph in paragraphs_in(text, whole=whole):
            self._paragraphs += 1
            block = Paragraph(
                text=paragraph,
                at=Place(line=self._paragraphs),
                heading=self._heading,
                numbering=self._number,
            )
            self._number = None
            self.drawn.append(Drawn(block, self._inside[-1], min(linked, len(paragraph))))
            linked = max(0, linked - len(paragraph))

    def _table(self, table: etree._Element, depth: int) -> None:
        self._close()
        strays, groups = groups_of(table)
        for stray in strays:
            if isinstance(stray, str):
                self._text(stray)
            else:
                self._close()
                self._apart(stray, depth)
        self._close()
        for segment in segments(groups):
            if isinstance(segment, Flowing):
                self._apart(segment.source, depth)
            else:
                self._grid(table, segment.groups)

    def _apart(self, element: etree._Element, depth: int) -> None:
        heading, self._heading = self._heading, None
        self.walk(element, depth + 1)
        self._heading = heading

    def _grid(self, table: etree._Element, groups: Groups[etree._Element]) -> None:
        self._tables += 1
        grid = grid_of(groups, table=self._tables, line=max(1, self._paragraphs))
        linked = 0
        for rows in groups:
            for row in rows:
                for cell in row:
                    if len(cell.source):
                        linked += sum(len(text_of(a)) for a in cell.source.iter("a"))
                        self._pictures += cell.source.iter("img")
        self.drawn.append(Drawn(grid, table, linked))
        self._close()

    def _preformatted(self, element: etree._Element) -> None:
        self._close()
        lines = lines_of(text_of(element))
        for block in text_blocks(lines, self._tables + 1):
            if isinstance(block, Grid):
                self._tables += 1
                self.drawn.append(Drawn(block, element))
            elif isinstance(block, Paragraph):
                self._paragraphs += 1
                at = Place(line=self._paragraphs)
                self.drawn.append(Drawn(Paragraph(text=block.text, at=at), element))
