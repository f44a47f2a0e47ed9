"""A document as lines, grids and pictures in reading order, ready for matching."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from duban.domain.document import Document, Grid, Paragraph
from duban.domain.place import Place

_ARTEFACT = re.compile(r"\[bookmark: [^\]]*\]|\{? ?(?:HYPERLINK|PAGEREF|MERGEFORMAT)[^}\n]*\}?")
_PAGE_NUMBER = re.compile(r"[-—–·\s]*(?:第\s*)?\d{1,3}(?:\s*页|\s*/\s*\d{1,3})?[-—–·\s]*")


class Line(NamedTuple):
    """One line of prose outside every table; `paragraph` numbers the paragraph it belongs to."""

    text: str
    at: Place
    paragraph: int
    numbering: str | None = None
    level: int | None = None


class GridMark(NamedTuple):
    """Where a grid stands in the flow; `number` counts the grids of the document from 0."""

    number: int
    grid: Grid


class PictureMark(NamedTuple):
    """Where a picture stands in the flow."""

    at: Place


Item = Line | GridMark | PictureMark


def items_of(document: Document) -> list[Item]:
    """The blocks without page numbers, running heads and traces of conversion."""
    items: list[Item] = []
    grids = 0
    for number, block in enumerate(document.blocks):
        if isinstance(block, Grid):
            items.append(GridMark(grids, block))
            grids += 1
        elif isinstance(block, Paragraph):
            if not block.furniture:
                items += _lines(block, number)
        else:
            items.append(PictureMark(block.at))
    return items


def _lines(block: Paragraph, number: int) -> Iterable[Line]:
    numbering = block.numbering
    text = _ARTEFACT.sub("", block.text) if "[" in block.text or "{" in block.text else block.text
    for line in text.split("\n"):
        line = line.strip()
        if line and not _PAGE_NUMBER.fullmatch(line):
            yield Line(line, block.at, number, numbering, block.heading)
            numbering = None


def split(items: list[Item], cut: Callable[[str], list[str]]) -> list[Item]:
    """The same flow with each line cut into the pieces that `cut` gives."""
    found: list[Item] = []
    for item in items:
        if isinstance(item, Line):
            found += [item._replace(text=piece) for piece in cut(item.text)]
        else:
            found.append(item)
    return found
