"""Page numbers and running heads and feet."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from duban.reading.formats.pdf.piece import Item, Page, PictureBox, Piece, TextLine

_MARGIN = 0.13  # share of the page's height in which page numbers stand
_HEAD = 0.095  # share in which running heads and feet do: text begins nearer to them
_NUMBER = re.compile(r"[-—–―─·\s]*(?:[0-9０-９]{1,3}|[ivxlcIVXLC]{1,6})[-—–―─·\s]*")
_NUMBER_IN_WORDS = re.compile(r"(?:[第共]?\s*[0-9]{1,4}\s*页?\s*[,，/／、]?\s*){1,2}")
_DIGITS = re.compile(r"[0-9０-９]+")
_CONTINUED = re.compile(r"[（(]?\s*(?:续\s*表|接上表|接上页)\s*[0-9]*\s*[)）]?")
_SAME_HEIGHT = 6.0  # points


def furniture_of(pages: Sequence[Page]) -> set[int]:
    """The `id` of each line that belongs to the paper and not to the text."""
    edges = [(page, line) for page in pages for line in _edge_lines(page)]
    repeated = _repeated(edges)
    found = {
        id(item)
        for page in pages
        for item in page.items
        if isinstance(item, TextLine) and _CONTINUED.fullmatch(item.line.text)
    }
    for page, line in edges:
        text = line.line.text
        if _is_number(text) or _key(page, line) in repeated:
            found.add(id(line))
    return found


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text) or ("页" in text and _NUMBER_IN_WORDS.fullmatch(text)))


def _edge_lines(page: Page) -> list[TextLine]:
    """The lines in a page's margins above and below everything else on it."""
    height = page.frame.height
    lines = sorted((i for i in page.items if isinstance(i, TextLine)), key=lambda i: i.top)
    others = [_extent(item) for item in page.items if not isinstance(item, TextLine)]
    first = min((top for top, _ in others), default=height)
    last = max((bottom for _, bottom in others), default=0.0)
    return [
        line
        for line in lines
        if (line.line.bottom <= _MARGIN * height and line.line.bottom <= first + _SAME_HEIGHT)
        or (line.top >= (1 - _MARGIN) * height and line.top >= last - _SAME_HEIGHT)
    ]


def _extent(item: Item) -> tuple[float, float]:
    if isinstance(item, Piece):
        return item.ys[0], item.ys[-1]
    return item.top, item.box[3] if isinstance(item, PictureBox) else item.top


def _key(page: Page, line: TextLine) -> tuple[str, int] | None:
    """A line of the outer margins as its text without numbers and its height on the page."""
    top, bottom, height = line.line.top, line.line.bottom, page.frame.height
    if bottom > _HEAD * height and top < (1 - _HEAD) * height:
        return None
    return _DIGITS.sub("#", line.line.text), round(top / _SAME_HEIGHT)


def _repeated(edges: list[tuple[Page, TextLine]]) -> set[tuple[str, int]]:
    """Texts at one height of the margin on at least three pages, or on both of two."""
    seen = Counter(key for page, line in edges if (key := _key(page, line)) is not None)
    least = min(3, max(2, len({page.number for page, _ in edges})))
    return {key for key, count in seen.items() if count >= least}
