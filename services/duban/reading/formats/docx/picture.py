"""Pictures of a Word document that are large enough to hold a table."""

from __future__ import annotations

import re
from collections.abc import Iterator

from lxml import etree

from duban.reading.formats.docx import names as w

_EMU_PER_POINT = 12_700
# A seal is about 42 mm wide; a table of the form fills most of the text width (150 mm).
_SMALLEST_WIDTH_PT = 170
_SMALLEST_HEIGHT_PT = 57
_SIDE = re.compile(r"(width|height)\s*:\s*([\d.]{1,8})\s*(pt|in|cm|mm)", re.IGNORECASE)
_POINTS = {"pt": 1.0, "in": 72.0, "cm": 28.35, "mm": 2.835}


def large_pictures(block: etree._Element) -> Iterator[etree._Element]:
    """The pictures inside a paragraph or table that may show text."""
    for picture in block.iter(w.DRAWING, w.PICTURE):
        width, height = _drawing(picture) if picture.tag == w.DRAWING else _shape(picture)
        if width >= _SMALLEST_WIDTH_PT and height >= _SMALLEST_HEIGHT_PT:
            yield picture


def _drawing(drawing: etree._Element) -> tuple[float, float]:
    extent = next(drawing.iter(w.EXTENT), None)
    if extent is None or next(drawing.iter(w.BLIP), None) is None:
        return 0, 0
    return _points(extent.get("cx")), _points(extent.get("cy"))


def _points(emu: str | None) -> float:
    text = emu or ""
    return int(text) / _EMU_PER_POINT if text.isascii() and text.isdigit() and len(text) < 12 else 0


def _shape(picture: etree._Element) -> tuple[float, float]:
    image = next(picture.iter(w.IMAGE_DATA), None)
    shape = image.getparent() if image is not None else None
    if shape is None:
        return 0, 0
    sides = {"width": 0.0, "height": 0.0}
    for name, size, unit in _SIDE.findall(shape.get("style") or ""):
        if size.count(".") <= 1 and size != ".":
            sides[name.lower()] = float(size) * _POINTS[unit.lower()]
    return sides["width"], sides["height"]
