"""Lines of Markdown → blocks; tab tables and tables in html are read by their own readers."""

from __future__ import annotations

import re

from msgspec.structs import replace

from duban.domain.document import Block, Grid, Paragraph, Picture
from duban.domain.place import Place
from duban.reading.formats.html.embedded import blocks_of_fragment
from duban.reading.formats.markdown import pipe
from duban.reading.formats.markdown.inline import is_picture, plain
from duban.reading.formats.text.block import blocks as text_blocks
from duban.reading.formats.text.line import Line, is_sentence

_HEADING = re.compile(r"\s{0,3}(#{1,6})(?:[ \t\u3000]+|(?=[^#\s]))(.*?)[ \t]*#*[ \t]*")
_UNDERLINE = re.compile(r"\s{0,3}(=+|-{2,})\s*")
_RULE = re.compile(r"\s{0,3}(?:[-*_]\s*){3,}")
_FENCE = re.compile(r"\s{0,3}(?:```|~~~).{0,40}")
_QUOTE = re.compile(r"\s{0,3}(?:>\s?)+")
_BULLET = re.compile(r"\s*[-*+][ \t]+")
_HTML_BLOCK = re.compile(r"\s*<(table|div|p|center)\b", re.IGNORECASE)

Links = list[tuple[str, str]]


def blocks_and_links(lines: list[Line]) -> tuple[tuple[Block, ...], tuple[tuple[str, str], ...]]:
    """The blocks in order and the targets of links."""
    reader = _Reader(lines)
    reader.run()
    return tuple(reader.blocks), tuple(dict.fromkeys(reader.links))


class _Reader:
    def __init__(self, lines: list[Line]) -> None:
        self._lines = lines
        self._tables = 0
        self.blocks: list[Block] = []
        self.links: Links = []

    def run(self) -> None:
        """Read all lines."""
        index = 0
        while index < len(self._lines):
            index = self._next(index)

    def _next(self, index: int) -> int:
        text = self._lines[index].text
        if pipe.begins(self._lines, index):
            self._tables += 1
            grid, index = pipe.read(self._lines, index, self._tables, self.links)
            self.blocks.append(grid)
            return index
        if found := _HTML_BLOCK.match(text):
            return self._html(index, found[1].lower())
        if "\t" in text.strip("\n"):
            return self._tabbed(index)
        if _UNDERLINE.fullmatch(text) and self._underlines(self._lines[index]):
            return index + 1
        if text.strip() and not _FENCE.fullmatch(text) and not _RULE.fullmatch(text):
            self._paragraph(index)
        return index + 1

    def _paragraph(self, index: int) -> None:
        line = self._lines[index]
        at = Place(line=line.number)
        if is_picture(line.text):
            self.blocks.append(Picture(at=at))
            return
        heading = _HEADING.fullmatch(line.text)
        body = heading[2] if heading else _BULLET.sub("", _QUOTE.sub("", line.text, 1), 1)
        for block in text_blocks([Line(line.number, plain(body, self.links))]):
            if heading and isinstance(block, Paragraph) and not block.furniture:
                block = replace(block, heading=len(heading[1]))
            self.blocks.append(block)

    def _underlines(self, line: Line) -> bool:
        """Whether the line of signs makes the paragraph just above it a heading."""
        above = self.blocks[-1] if self.blocks else None
        if not isinstance(above, Paragraph) or above.at.line != line.number - 1:
            return False
        if is_sentence(above.text):
            return False
        level = 1 if line.text.strip().startswith("=") else 2
        self.blocks[-1] = replace(above, heading=level)
        return True

    def _tabbed(self, index: int) -> int:
        """A run of lines with TABs and what belongs to it, as in plain text."""
        end = index
        while end < len(self._lines) and not self._ends_tabbed(end):
            end += 1
        end = max(end, index + 1)
        for block in text_blocks(self._lines[index:end], self._tables + 1):
            if isinstance(block, Grid):
                self._tables += 1
            elif isinstance(block, Paragraph):
                text = plain(block.text, self.links)
                if not text:
                    continue
                block = replace(block, text=text)
            self.blocks.append(block)
        return end

    def _ends_tabbed(self, index: int) -> bool:
        text = self._lines[index].text
        return _HEADING.fullmatch(text) is not None or _HTML_BLOCK.match(text) is not None

    def _html(self, index: int, tag: str) -> int:
        """An html block ends with its closing tag, or with the file."""
        depth = 0
        end = index
        opening = re.compile(rf"<(/?){tag}\b", re.IGNORECASE)
        while end < len(self._lines):
            for found in opening.finditer(self._lines[end].text):
                depth += -1 if found[1] else 1
            end += 1
            if depth <= 0:
                break
        source = "\n".join(line.text for line in self._lines[index:end])
        line = self._lines[index].number
        for block in blocks_of_fragment(source, line=line, first_table=self._tables + 1):
            if isinstance(block, Grid):
                self._tables += 1
            self.blocks.append(block)
        return end
