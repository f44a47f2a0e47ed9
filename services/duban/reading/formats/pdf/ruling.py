"""Strokes as drawn → ruling lines: pieces of one line joined, double lines taken as one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from duban.errors import UnreadableError
from duban.reading.formats.pdf.frame import Box, Frame

MOST_RULINGS = 20_000
SNAP = 3.0  # points: nearer lines are one (double borders, ends that miss each other)
_GAP = 4.5  # points between dashes or between the border pieces of neighbouring cells
_BEYOND = 20.0  # points; further outside the page nothing is drawn
_SHORTEST = 4.0  # points


class Ruling(NamedTuple):
    """A line at `at` (y of a horizontal, x of a vertical one) from `start` to `end`."""

    at: float
    start: float
    end: float


class Rulings(NamedTuple):
    """The ruling lines of one page in upright coordinates."""

    horizontal: list[Ruling]
    vertical: list[Ruling]


def rule(strokes: Iterable[Box], frame: Frame, number: int) -> Rulings:
    """The rulings of page `number`; UnreadableError("too_large") past MOST_RULINGS."""
    horizontal: list[Ruling] = []
    vertical: list[Ruling] = []
    for stroke in strokes:
        x0, y0, x1, y1 = frame.upright.box(*stroke)
        x0, x1 = max(x0, -_BEYOND), min(x1, frame.width + _BEYOND)
        y0, y1 = max(y0, -_BEYOND), min(y1, frame.height + _BEYOND)
        width, height = x1 - x0, y1 - y0
        # Written so that a coordinate that is no number fails too.
        if not (width >= 0 and height >= 0):
            continue
        # A dot of a dotted line is a piece of either direction.
        if width >= height or width <= SNAP:
            horizontal.append(Ruling((y0 + y1) / 2, x0, x1))
        if height >= width or height <= SNAP:
            vertical.append(Ruling((x0 + x1) / 2, y0, y1))
    rulings = Rulings(_joined(horizontal), _joined(vertical))
    if len(rulings.horizontal) + len(rulings.vertical) > MOST_RULINGS:
        raise UnreadableError(
            "too_large", f"PDF 第 {number} 页的线条过多，无法读取：请提供文字版文件。"
        )
    return rulings


def _joined(pieces: list[Ruling]) -> list[Ruling]:
    """Pieces at one height joined over small gaps; what stays short is no ruling."""
    pieces.sort()
    joined: list[Ruling] = []
    first = 0
    for index in range(1, len(pieces) + 1):
        is_last = index == len(pieces)
        if is_last or pieces[index].at - pieces[first].at > SNAP:
            joined += _along(pieces[first:index])
            first = index
    return joined


def _along(level: list[Ruling]) -> list[Ruling]:
    level.sort(key=lambda piece: piece.start)
    lines: list[Ruling] = []
    at, start, end = level[0]
    heights = [at]
    for piece in level[1:]:
        if piece.start - end <= _GAP:
            end = max(end, piece.end)
            heights.append(piece.at)
            continue
        lines.append(Ruling(sum(heights) / len(heights), start, end))
        at, start, end = piece
        heights = [at]
    lines.append(Ruling(sum(heights) / len(heights), start, end))
    return [line for line in lines if line.end - line.start >= _SHORTEST]
