"""The visible characters of a page with their boxes, from PDFium's text page."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from duban.errors import UnreadableError
from duban.reading.formats.pdf.frame import Box, Frame
from duban.reading.formats.pdf.glyph import UNKNOWN, plain

# A page of a report has about 700 characters; a dense newspaper page 15,000.
MOST_CHARACTERS = 60_000
_QUARTER = math.pi / 2
# Text at another angle than a quarter turn is a watermark or a stamp.
_ASKEW = 0.1
_INVISIBLE_MODES = frozenset(
    (pdfium.FPDF_TEXTRENDERMODE_INVISIBLE, pdfium.FPDF_TEXTRENDERMODE_CLIP)
)


class Character(NamedTuple):
    """A character with its advance box in upright coordinates.

    `quarters` are the clockwise quarter turns by which it stands against the page's text.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    quarters: int = 0


class _Glyph(NamedTuple):
    text: str
    left: float
    bottom: float
    right: float
    top: float
    quarters: int


class PageText(NamedTuple):
    """What a page prints: its characters in content order and how they must be looked at."""

    characters: list[Character]
    frame: Frame
    unknown: int
    hidden: int


def read_characters(
    text_page: Any, *, bounds: Box, shown_quarters: int, may_hide: bool
) -> PageText:
    """All visible upright or quarter-turned characters; `may_hide` asks for each one's mode."""
    glyphs, hidden = _glyphs(text_page, may_hide=may_hide)
    quarters = Counter(glyph.quarters for glyph in glyphs if glyph.text != " ")
    turned = quarters.most_common(1)[0][0] if quarters else -shown_quarters
    frame = Frame(bounds, shown_quarters=shown_quarters, upright_quarters=-turned)
    characters = []
    unknown = 0
    for text, left, bottom, right, top, quarter in glyphs:
        x0, y0, x1, y1 = frame.upright.box(left, bottom, right, top)
        if x1 < 0 or y1 < 0 or x0 > frame.width or y0 > frame.height:
            continue
        unknown += text == UNKNOWN
        characters.append(Character(text, x0, y0, x1, y1, (quarter - turned) % 4))
    return PageText(characters, frame, unknown, hidden)


def _glyphs(text_page: Any, *, may_hide: bool) -> tuple[list[_Glyph], int]:
    loose = pdfium.FS_RECTF()
    reference = ctypes.byref(loose)
    unicode_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    angle_of, is_unmapped = pdfium.FPDFText_GetCharAngle, pdfium.FPDFText_HasUnicodeMapError
    count = pdfium.FPDFText_CountChars(text_page)
    if count > MOST_CHARACTERS:
        raise UnreadableError("too_large", "PDF 的一页文字过多，无法读取：请只提供年度报告本身。")
    glyphs: list[_Glyph] = []
    hidden = 0
    for index in range(count):
        code = unicode_of(text_page, index)
        # Spaces and line ends that PDFium adds by its own guess have no place on the page.
        if code <= 32 and code != 2 and pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        angle = angle_of(text_page, index) / _QUARTER
        quarters = round(angle)
        if abs(angle - quarters) > _ASKEW or not box_of(text_page, index, reference):
            continue
        if may_hide and _is_hidden(text_page, index):
            hidden += 1
            continue
        text = UNKNOWN if is_unmapped(text_page, index) == 1 else plain(code)
        if text:
            glyphs.append(
                _Glyph(text, loose.left, loose.bottom, loose.right, loose.top, quarters % 4)
            )
    return glyphs, hidden


def _is_hidden(text_page: Any, index: int) -> bool:
    owner = pdfium.FPDFText_GetTextObject(text_page, index)
    return bool(owner) and pdfium.FPDFTextObj_GetTextRenderMode(owner) in _INVISIBLE_MODES
