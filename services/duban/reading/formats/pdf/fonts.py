"""What PDFium uses for fonts that a file names but does not carry: the same on every machine.

Left alone it takes whatever font of the machine comes near, and drops characters that it then
lacks: the same file would read differently in an office and in a container without fonts.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import Any

import pypdfium2.raw as pdfium

from duban.reading.formats.pdf.stand_in import stand_in

# PDFium brings these along itself, with the widths that a file may leave out for them.
_BROUGHT_ALONG = (b"Courier", b"Helvetica", b"Times-", b"Symbol", b"ZapfDingbats")
_HANDLE = 1  # of the only font there is
_DEFAULT_CHARSET = 1
_ON_REQUEST = 2  # version of the interface that asks for single fonts, and for no list of all


@cache
def use_no_fonts_of_the_machine() -> None:
    """Have PDFium ask for fonts here, for the life of the process; once is enough."""
    pdfium.FPDF_SetSystemFontInfo(_only_font())


@cache
def _only_font() -> Any:
    """PDFium's view of it, kept for ever: PDFium goes on using it until the process ends."""
    kinds = dict(pdfium.FPDF_SYSFONTINFO._fields_)
    answers = {
        "Release": lambda _info: None,
        "MapFont": _map,
        "GetFont": lambda _info, _name: None,
        "GetFontData": _data,
        "GetFaceName": lambda _info, _font, into, room: _copied(b"Stand-in\0", into, room),
        "GetFontCharset": lambda _info, _font: _DEFAULT_CHARSET,
        "DeleteFont": lambda _info, _font: None,
    }
    made = {name: kinds[name](answer) for name, answer in answers.items()}
    return pdfium.FPDF_SYSFONTINFO(version=_ON_REQUEST, **made)


def _map(
    _info: Any, _weight: int, _italic: int, _charset: int, _pitch: int, name: Any, _exact: Any
) -> int | None:
    wanted = ctypes.cast(name, ctypes.c_char_p).value or b""
    return None if wanted.startswith(_BROUGHT_ALONG) else _HANDLE


def _data(_info: Any, _font: Any, table: int, into: Any, room: int) -> int:
    # A table of its own is asked for only to tell a collection of fonts, which this is not.
    return 0 if table else _copied(_font_file(), into, room)


def _copied(data: bytes, into: Any, room: int) -> int:
    """Its length, as PDFium wants it; copied where there is room."""
    if into and room >= len(data):
        ctypes.memmove(into, data, len(data))
    return len(data)


@cache
def _font_file() -> bytes:
    return stand_in()
