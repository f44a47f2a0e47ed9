"""The visible characters of a page with their boxes, from PDFium's text page."""

from __future__ import annotations

import ctypes
import math
from collections import Counter
from typing import Any, NamedTuple

import pypdfium2.raw as pdfium

from duban.errors import UnreadableError
from duban.reading.formats.pdf.drawing import HIDING_MODES
from duban.reading.formats.pdf.frame import Box, Frame, Turned
from duban.reading.formats.pdf.glyph import UNKNOWN, plain

# A page of a report has about 700 characters; a dense newspaper page 15,000.
MOST_CHARACTERS = 60_000
# Text at another angle than a quarter turn is a watermark or a stamp.
_ASKEW = 0.1
_ASCENT, _DESCENT = 0.86, 0.14  # of the em box of Chinese fonts
_SMALLEST, _LARGEST = 1.0, 300.0  # points; other sizes of type are a fault of the file


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


class PageText(NamedTuple):
    """What a page prints: its characters in content order and how they must be looked at."""

    characters: list[Character]
    frame: Frame
    unknown: int
    hidden: int


class _Glyph(NamedTuple):
    """A character in the page's own coordinates; `origin` is where its base line begins."""

    text: str
    box: Box
    origin: tuple[float, float]
    em: float
    quarters: int


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
    for glyph in glyphs:
        character = _upright(glyph, frame.upright, (glyph.quarters - turned) % 4)
        _, x0, top, x1, bottom, _ = character
        # Written so that a coordinate that is no number fails too.
        is_seen = x1 >= 0 and bottom >= 0 and x0 <= frame.width and top <= frame.height
        if not (is_seen and x1 - x0 + bottom - top < 2 * _LARGEST):
            continue
        unknown += glyph.text == UNKNOWN
        characters.append(character)
    return PageText(characters, frame, unknown, hidden)


def _upright(glyph: _Glyph, upright: Turned, quarters: int) -> Character:
    """The character's em box: what fonts say of their height differs, or is missing."""
    text, box, (x, base), em, _ = glyph
    if quarters != 0 or not _SMALLEST <= em <= _LARGEST:
        x0, top, x1, bottom = upright.box(*box)
        return Character(text, x0, top, x1, bottom, quarters)
    if upright.a == 1:  # as nearly every page stands
        x0, x1, base = min(box[0], x) + upright.c, box[2] + upright.c, upright.f - base
    else:
        x0, _, x1, _ = upright.box(*box)
        x, base = upright.point(x, base)
        x0 = min(x0, x)
    return Character(text, x0, base - _ASCENT * em, x1, base + _DESCENT * em)


def _glyphs(text_page: Any, *, may_hide: bool) -> tuple[list[_Glyph], int]:
    count = pdfium.FPDFText_CountChars(text_page)
    if count > MOST_CHARACTERS:
        raise UnreadableError("too_large", "PDF 的一页文字过多，无法读取：请只提供年度报告本身。")
    loose, matrix = pdfium.FS_RECTF(), pdfium.FS_MATRIX()
    x, y = ctypes.c_double(), ctypes.c_double()
    to_loose, to_matrix = ctypes.byref(loose), ctypes.byref(matrix)
    to_x, to_y = ctypes.byref(x), ctypes.byref(y)
    # Looked up once: each of these is called for every character.
    unicode_of, box_of = pdfium.FPDFText_GetUnicode, pdfium.FPDFText_GetLooseCharBox
    matrix_of, origin_of = pdfium.FPDFText_GetMatrix, pdfium.FPDFText_GetCharOrigin
    size_of, is_unmapped = pdfium.FPDFText_GetFontSize, pdfium.FPDFText_HasUnicodeMapError
    glyphs: list[_Glyph] = []
    hidden = 0
    for index in range(count):
        code = unicode_of(text_page, index)
        # Spaces and line ends that PDFium adds by its own guess have no place on the page.
        if code <= 32 and code != 2 and pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        if not (box_of(text_page, index, to_loose) and matrix_of(text_page, index, to_matrix)):
            continue
        quarters = _quarters(matrix.a, matrix.b)
        if quarters is None:
            continue
        if may_hide and _is_hidden(text_page, index):
            hidden += 1
            continue
        text = UNKNOWN if is_unmapped(text_page, index) == 1 else plain(code)
        if not text:
            continue
        origin_of(text_page, index, to_x, to_y)
        em = size_of(text_page, index) * math.hypot(matrix.c, matrix.d)
        box = (loose.left, loose.bottom, loose.right, loose.top)
        glyphs.append(_Glyph(text, box, (x.value, y.value), em, quarters))
    return glyphs, hidden


def _quarters(a: float, b: float) -> int | None:
    """Clockwise quarter turns of text with this matrix; None where it stands askew."""
    along, across = abs(a), abs(b)
    if min(along, across) > _ASKEW * max(along, across):
        return None
    if along >= across:
        return 0 if a >= 0 else 2
    return 3 if b > 0 else 1


def _is_hidden(text_page: Any, index: int) -> bool:
    owner = pdfium.FPDFText_GetTextObject(text_page, index)
    return bool(owner) and pdfium.FPDFTextObj_GetTextRenderMode(owner) in HIDING_MODES
