"""From the coordinates of a PDF page to points from the top left, and to upright text."""

from __future__ import annotations

from typing import NamedTuple

Box = tuple[float, float, float, float]


class Turned(NamedTuple):
    """x' = a·x + b·y + c and y' = d·x + e·y + f, with turns by quarters only."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def point(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.b * y + self.c, self.d * x + self.e * y + self.f

    def box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        """The box of two opposite corners, ordered from the top left."""
        left, top = self.point(x0, y0)
        right, bottom = self.point(x1, y1)
        return min(left, right), min(top, bottom), max(left, right), max(top, bottom)

    def inverse_point(self, x: float, y: float) -> tuple[float, float]:
        x, y = x - self.c, y - self.f
        # The matrix is orthogonal: its inverse is its transpose.
        return self.a * x + self.d * y, self.b * x + self.e * y


def _view(bounds: Box, quarters: int) -> Turned:
    """The page box (left, bottom, right, top) turned clockwise, y growing downwards."""
    left, bottom, right, top = bounds
    return (
        Turned(1, 0, -left, 0, -1, top),
        Turned(0, 1, -bottom, 1, 0, -left),
        Turned(-1, 0, right, 0, 1, -bottom),
        Turned(0, -1, top, -1, 0, right),
    )[quarters % 4]


class Frame:
    """One page: `upright` is how its text is read, `shown` how a viewer displays it."""

    def __init__(self, bounds: Box, *, shown_quarters: int, upright_quarters: int) -> None:
        self.upright = _view(bounds, upright_quarters)
        self._shown = _view(bounds, shown_quarters)
        self._same = shown_quarters % 4 == upright_quarters % 4
        width, height = bounds[2] - bounds[0], bounds[3] - bounds[1]
        self.width, self.height = (height, width) if upright_quarters % 2 else (width, height)

    def shown_box(self, box: Box) -> Box:
        """A box of upright coordinates as a viewer of the page shows it, to 0.1 point."""
        if not self._same:
            first = self.upright.inverse_point(box[0], box[1])
            second = self.upright.inverse_point(box[2], box[3])
            box = self._shown.box(*first, *second)
        return round(box[0], 1), round(box[1], 1), round(box[2], 1), round(box[3], 1)
