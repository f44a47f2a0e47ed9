"""A TrueType font whose every character is one thin bar, or blank where it prints nothing."""

from __future__ import annotations

import struct
from itertools import pairwise

EM = 1000  # units
_ASCENT, _DESCENT = 880, -120
_BAR = (100, 0, 200, 700)  # x0, y0, x1, y1: within the advance of any character
_HALF, _FULL = EM // 2, EM
_BLANKS = (0x20, 0xA0, 0x3000)
_FIRST_FULL, _END = 0x2000, 0x110000  # code points; those before take half an em
# Glyphs: 0 and 3 are blank, 1 and 2 the bar; the advance of each.
_ADVANCES = (_FULL, _HALF, _FULL, _HALF)


def stand_in() -> bytes:
    """The font file. It maps all of Unicode, so that no character is without a place."""
    bar = _bar()
    tables = {
        b"cmap": _characters(),
        b"glyf": bar + bar,
        b"head": struct.pack(
            ">LLLLHHQQ4hHHhhh",
            *(0x10000, 0x10000, 0, 0x5F0F3CF5, 0, EM, 0, 0),
            *(0, _DESCENT, EM, _ASCENT, 0, 8, 2, 1, 0),
        ),
        b"hhea": struct.pack(
            ">LhhhH11hH", 0x10000, _ASCENT, _DESCENT, 0, EM, *(0, 0, EM, 1), *[0] * 7, 4
        ),
        b"hmtx": b"".join(struct.pack(">Hh", advance, _BAR[0]) for advance in _ADVANCES),
        b"loca": struct.pack(">5L", 0, 0, len(bar), 2 * len(bar), 2 * len(bar)),
        b"maxp": struct.pack(">L14H", 0x10000, len(_ADVANCES), 4, 1, 0, 0, 1, *[0] * 8),
    }
    return _file(tables)


def _file(tables: dict[bytes, bytes]) -> bytes:
    """The tables behind their directory; checksums are left out, as PDFium asks for none."""
    directory, body = struct.pack(">L4H", 0x10000, len(tables), 0, 0, 0), b""
    start = len(directory) + 16 * len(tables)
    for name, table in sorted(tables.items()):
        directory += name + struct.pack(">3L", 0, start + len(body), len(table))
        body += table + bytes(-len(table) % 4)
    return directory + body


def _bar() -> bytes:
    x0, y0, x1, y1 = _BAR
    outline = struct.pack(">5h2H", 1, *_BAR, 3, 0) + bytes([1] * 4)
    outline += struct.pack(">4h", x0, 0, x1 - x0, 0) + struct.pack(">4h", y0, y1 - y0, 0, y0 - y1)
    return outline + bytes(-len(outline) % 4)


def _characters() -> bytes:
    """Which glyph stands for which code point: ranges of many characters and one glyph each."""
    edges = sorted({0, _FIRST_FULL, _END, *_BLANKS, *(blank + 1 for blank in _BLANKS)})
    groups = b"".join(
        struct.pack(">3L", first, end - 1, _glyph(first)) for first, end in pairwise(edges)
    )
    table = struct.pack(">HHLLL", 13, 0, 16 + len(groups), 0, len(groups) // 12) + groups
    return struct.pack(">4HL", 0, 1, 3, 10, 12) + table


def _glyph(code: int) -> int:
    if code in _BLANKS:
        return 3 if code < _FIRST_FULL else 0
    return 1 if code < _FIRST_FULL else 2
