"""Straight strokes, thin filled shapes and pictures of a page, also inside form objects."""

from __future__ import annotations

import ctypes
from itertools import pairwise
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from duban.errors import UnreadableError
from duban.reading.formats.pdf.frame import Box

# A report has hundreds of either on a page; a drawn map tens of thousands.
MOST_OBJECTS = 100_000
MOST_SEGMENTS = 100_000
_MOST_OF_A_TABLE = 5_000  # segments of one path; more is a picture drawn with lines
_DEEPEST_FORM = 12
_THIN = 3.0  # points; a filled shape no thicker than this is a drawn line
_STRAIGHT = 0.6  # points by which the ends of a line may differ across its direction
HIDING_MODES = frozenset((pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP))

Matrix = tuple[float, float, float, float, float, float]
_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


class Drawing(NamedTuple):
    """What a page draws, in the page's own coordinates (y grows upwards).

    `is_empty` says that it draws nothing but text.
    """

    strokes: list[Box]
    pictures: list[Box]
    hides_text: bool
    is_empty: bool


def read_drawing(page: Any, number: int) -> Drawing:
    """The drawing of a page; UnreadableError("too_large") where it has no reasonable size."""
    return _Walk(number).of(page)


class _Walk:
    """One pass over the objects of one page."""

    def __init__(self, number: int) -> None:
        self._number = number
        self._strokes: list[Box] = []
        self._pictures: list[Box] = []
        self._hides_text = False
        self._objects = 0
        self._segments = 0
        self._shapes = 0
        self._matrix = pdfium.FS_MATRIX()
        self._x, self._y = ctypes.c_float(), ctypes.c_float()
        self._fill, self._stroke = ctypes.c_int(), ctypes.c_int()
        self._colour = [ctypes.c_uint() for _ in range(4)]
        self._sides = [ctypes.c_float() for _ in range(4)]

    def of(self, page: Any) -> Drawing:
        count = pdfium.FPDFPage_CountObjects(page)
        self._bound(count, 0)
        for index in range(count):
            self._take(pdfium.FPDFPage_GetObject(page, index), _IDENTITY, 0)
        return Drawing(self._strokes, self._pictures, self._hides_text, not self._shapes)

    def _bound(self, objects: int, segments: int) -> None:
        self._objects += objects
        self._segments += segments
        if self._objects > MOST_OBJECTS or self._segments > MOST_SEGMENTS:
            raise UnreadableError(
                "too_large", f"PDF 第 {self._number} 页的图形过多，无法读取：请提供文字版文件。"
            )

    def _take(self, item: Any, outer: Matrix, depth: int) -> None:
        kind = pdfium.FPDFPageObj_GetType(item)
        if kind == pdfium.FPDF_PAGEOBJ_TEXT:
            if not self._hides_text:
                mode = pdfium.FPDFTextObj_GetTextRenderMode(item)
                self._hides_text = mode in HIDING_MODES
            return
        self._shapes += kind != pdfium.FPDF_PAGEOBJ_FORM
        if kind == pdfium.FPDF_PAGEOBJ_PATH:
            self._take_path(item, outer)
        elif kind == pdfium.FPDF_PAGEOBJ_IMAGE:
            inner = self._matrix_of(item, outer)
            corners = [_apply(inner, x, y) for x, y in ((0, 0), (1, 0), (0, 1), (1, 1))]
            self._pictures.append(_bounds(corners))
        elif kind == pdfium.FPDF_PAGEOBJ_FORM and depth < _DEEPEST_FORM:
            inner = self._matrix_of(item, outer)
            count = max(pdfium.FPDFFormObj_CountObjects(item), 0)
            self._bound(count, 0)
            for index in range(count):
                self._take(pdfium.FPDFFormObj_GetObject(item, index), inner, depth + 1)

    def _take_path(self, item: Any, outer: Matrix) -> None:
        pdfium.FPDFPath_GetDrawMode(item, self._fill, self._stroke)
        is_filled, is_stroked = bool(self._fill.value), bool(self._stroke.value)
        if is_stroked and self._is_transparent(pdfium.FPDFPageObj_GetStrokeColor, item):
            is_stroked = False
        if is_filled and self._is_transparent(pdfium.FPDFPageObj_GetFillColor, item):
            is_filled = False
        if not is_stroked and not is_filled:
            return
        # The dots and bars of which browsers make borders come by thousands.
        if not is_stroked and (bar := self._thin_bounds(item, outer)) is not None:
            self._strokes.append(bar)
            return
        for points in self._outlines(item, self._matrix_of(item, outer)):
            box = _bounds(points)
            if is_filled and _is_thin(box):
                self._strokes.append(box)
            elif is_stroked:
                self._strokes += _straight(points)

    def _thin_bounds(self, item: Any, outer: Matrix) -> Box | None:
        """The bounds of a filled path if all of it is one thin bar."""
        left, bottom, right, top = self._sides
        if not pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            return None
        corners = ((left.value, bottom.value), (right.value, top.value))
        box = _bounds([_apply(outer, x, y) for x, y in corners])
        return box if _is_thin(box) else None

    def _is_transparent(self, colour_of: Any, item: Any) -> bool:
        return bool(colour_of(item, *self._colour)) and self._colour[3].value == 0

    def _outlines(self, item: Any, matrix: Matrix) -> list[list[tuple[float, float]]]:
        """The sub-paths without curves, as points; a closed one ends where it began."""
        count = max(pdfium.FPDFPath_CountSegments(item), 0)
        if count > _MOST_OF_A_TABLE:
            return []
        self._bound(0, count)
        outlines: list[list[tuple[float, float]]] = []
        points: list[tuple[float, float]] = []
        is_curved = False
        for index in range(count):
            segment = pdfium.FPDFPath_GetPathSegment(item, index)
            kind = pdfium.FPDFPathSegment_GetType(segment)
            if kind == pdfium.FPDF_SEGMENT_MOVETO:
                if not is_curved and len(points) > 1:
                    outlines.append(points)
                points, is_curved = [], False
            is_curved = is_curved or kind == pdfium.FPDF_SEGMENT_BEZIERTO
            pdfium.FPDFPathSegment_GetPoint(segment, self._x, self._y)
            points.append(_apply(matrix, self._x.value, self._y.value))
            if pdfium.FPDFPathSegment_GetClose(segment) and not is_curved:
                points.append(points[0])
        if not is_curved and len(points) > 1:
            outlines.append(points)
        return outlines

    def _matrix_of(self, item: Any, outer: Matrix) -> Matrix:
        if not pdfium.FPDFPageObj_GetMatrix(item, self._matrix):
            return outer
        m = self._matrix
        if outer is _IDENTITY:
            return m.a, m.b, m.c, m.d, m.e, m.f
        a, b, c, d, e, f = outer
        return (
            m.a * a + m.b * c,
            m.a * b + m.b * d,
            m.c * a + m.d * c,
            m.c * b + m.d * d,
            m.e * a + m.f * c + e,
            m.e * b + m.f * d + f,
        )


def _apply(matrix: Matrix, x: float, y: float) -> tuple[float, float]:
    a, b, c, d, e, f = matrix
    return a * x + c * y + e, b * x + d * y + f


def _bounds(points: list[tuple[float, float]]) -> Box:
    xs, ys = [x for x, _ in points], [y for _, y in points]
    return min(xs), min(ys), max(xs), max(ys)


def _is_thin(box: Box) -> bool:
    return min(box[2] - box[0], box[3] - box[1]) <= _THIN


def _straight(points: list[tuple[float, float]]) -> list[Box]:
    """The sides of an outline that run along the page's edges."""
    return [
        (min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1))
        for (x0, y0), (x1, y1) in pairwise(points)
        if abs(x0 - x1) <= _STRAIGHT or abs(y0 - y1) <= _STRAIGHT
    ]
