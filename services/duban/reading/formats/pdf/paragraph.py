"""Physical lines → paragraphs, by indent, line width, spacing and size."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from duban.domain.document import Paragraph
from duban.domain.place import Place
from duban.reading.formats.pdf.line import is_wide
from duban.reading.formats.pdf.piece import TextLine

_INDENT = 0.8  # of the size: a line starting further in begins a paragraph
_SHORT = 1.7  # of the size: a line ending this far before the margin ends one
_LOOSE = 1.5  # of the usual distance of lines: more is space between paragraphs
_MOST = 0.9  # of the long lines end at the margin or before it; some stick out
_WIDEST_PITCH = 2.4  # of the size: lines of one paragraph do not stand further apart
_OTHER_SIZE = 1.2
_HEADING_SIZE = 1.25
_LONGEST_HEADING = 60
_PART = re.compile(r"[一二三四五六七八九十]{1,3}、")


class Body(NamedTuple):
    """The margins, size and line distance of most of the text, in points."""

    left: float
    right: float
    size: float
    pitch: float


def body_of(lines: Sequence[TextLine]) -> Body:
    """Measured over the long lines, so that tables' captions and page numbers do not count."""
    if not lines:
        return Body(0, 0, 1, 1)
    size = median(line.line.size for line in lines)
    usual = [line.line for line in lines if line.line.size <= _OTHER_SIZE * size]
    widest = max(line.x1 - line.x0 for line in usual)
    long = [line for line in usual if line.x1 - line.x0 > 0.7 * widest]
    lefts = Counter(round(line.x0 / 2) for line in long)
    # A document of one-line paragraphs has indented lines only; the margin is then unknown,
    # and every line that starts there is a paragraph of its own by being short.
    often = [place for place, count in lefts.items() if 4 * count >= max(lefts.values())]
    steps = [
        below.line.top - above.line.top
        for above, below in pairwise(lines)
        if above.page == below.page and below.line.top - above.line.top > 0.5 * size
    ]
    return Body(
        left=min(often) * 2.0,
        right=sorted(line.x1 for line in long)[int(_MOST * (len(long) - 1))],
        size=size,
        pitch=min(median(steps), _WIDEST_PITCH * size) if steps else _WIDEST_PITCH * size,
    )


def paragraphs(lines: Sequence[TextLine], body: Body) -> list[Paragraph]:
    """The paragraphs of lines that follow one another without a table between them."""
    groups: list[list[TextLine]] = []
    for line in lines:
        if groups and not _begins(groups[-1][-1], line, body):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_paragraph(group, body) for group in groups]


def place_of(lines: Sequence[TextLine]) -> Place:
    """The page and box of lines, as far as they stand on the first one's page."""
    first = lines[0]
    here = [line.line for line in lines if line.page == first.page]
    box = (
        min(line.x0 for line in here),
        min(line.top for line in here),
        max(line.x1 for line in here),
        max(line.bottom for line in here),
    )
    return Place(page=first.page, box=first.frame.shown_box(box))


def _begins(above: TextLine, below: TextLine, body: Body) -> bool:
    upper, lower = above.line, below.line
    sizes = sorted((upper.size, lower.size))
    if sizes[1] > _OTHER_SIZE * sizes[0]:
        return True
    left, right = below.margins or (body.left, body.right)
    if lower.x0 > left + _INDENT * lower.size:
        return True
    if upper.x1 < (above.margins or (left, right))[1] - _SHORT * upper.size:
        return True
    if above.page == below.page and lower.top - upper.top > _LOOSE * body.pitch:
        return True
    is_short = lower.x1 < right - _SHORT * lower.size
    return bool(is_short and _PART.match(lower.text))


def _paragraph(lines: list[TextLine], body: Body) -> Paragraph:
    text = lines[0].line.text
    for above, below in pairwise(lines):
        last, first = above.line.text[-1], below.line.text[0]
        # No word processor breaks a number at a line's end: digits that meet are two numbers.
        glue = "" if is_wide(last) or is_wide(first) else " "
        text += glue + below.line.text
    size = max(line.line.size for line in lines)
    is_heading = size >= _HEADING_SIZE * body.size and len(text) <= _LONGEST_HEADING
    return Paragraph(text=text, at=place_of(lines), heading=1 if is_heading else None)
