"""The body of a Word document → blocks in reading order."""

from __future__ import annotations

from lxml import etree

from duban.domain.document import Block, Paragraph, Picture
from duban.domain.place import Place
from duban.reading.formats.docx import names as w
from duban.reading.formats.docx.first_child import first_child
from duban.reading.formats.docx.numbering import Numbers
from duban.reading.formats.docx.picture import large_pictures
from duban.reading.formats.docx.run import text_of
from duban.reading.formats.docx.style import Styles, outline_of
from duban.reading.formats.docx.table import grid_of, rows_of
from duban.reading.formats.layout import Flowing, segments

_BODY_TEXT_LEVEL = 9
_MOST_NESTED_TABLES = 12


def blocks_of(root: etree._Element, styles: Styles, numbers: Numbers) -> list[Block]:
    """Every paragraph, table and large picture of the document's body."""
    body = _Body(styles, numbers, has_pictures=next(large_pictures(root), None) is not None)
    for container in root.iterchildren(w.BODY):
        body.walk(container, depth=0)
    return body.blocks


class _Body:
    def __init__(self, styles: Styles, numbers: Numbers, *, has_pictures: bool) -> None:
        self._has_pictures = has_pictures
        self._styles = styles
        self._numbers = numbers
        self._paragraphs = 0
        self._tables = 0
        self.blocks: list[Block] = []

    def walk(self, container: etree._Element, depth: int) -> None:
        """Read the blocks inside a body, a cell or a wrapper, `depth` tables down."""
        for child in container:
            if child.tag == w.P:
                self._paragraph(child)
            elif child.tag == w.TBL:
                self._table(child, depth)
            elif child.tag in w.WRAPPERS:
                self.walk(child, depth)

    def _paragraph(self, paragraph: etree._Element) -> None:
        text = text_of(paragraph)
        if text:
            self._paragraphs += 1
            properties = first_child(paragraph, w.P_PR)
            style = first_child(properties, w.P_STYLE)
            key = style.get(w.VAL) if style is not None else None
            self.blocks.append(
                Paragraph(
                    text=text,
                    at=Place(line=self._paragraphs),
                    heading=self._heading(properties, key),
                    numbering=self._numbers.get(paragraph),
                    furniture=self._styles.is_contents(key),
                )
            )
        self._pictures(paragraph)

    def _heading(self, properties: etree._Element | None, style: str | None) -> int | None:
        outline = outline_of(properties)
        if outline is not None:
            return outline + 1 if outline < _BODY_TEXT_LEVEL else None
        return self._styles.heading(style)

    def _table(self, table: etree._Element, depth: int) -> None:
        if depth >= _MOST_NESTED_TABLES:
            for paragraph in table.iter(w.P):
                self._paragraph(paragraph)
            return
        for segment in segments([rows_of(table, self._numbers)]):
            if isinstance(segment, Flowing):
                self.walk(segment.source, depth + 1)
                continue
            rows = [row for group in segment.groups for row in group]
            self._tables += 1
            self.blocks.append(grid_of(rows, table=self._tables, line=max(1, self._paragraphs)))
            for row in rows:
                for cell in row:
                    self._pictures(cell.source)

    def _pictures(self, block: etree._Element) -> None:
        for _ in large_pictures(block) if self._has_pictures else ():
            self.blocks.append(Picture(at=Place(line=max(1, self._paragraphs))))
