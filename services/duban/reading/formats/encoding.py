"""Bytes of a text file → text, whatever its declaration says."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,20})""")
_DECLARATION_WITHIN_BYTES = 4096
_SAMPLE_BYTES = 4096
# A page cut in the middle of a character, or with one spoilt byte, is still UTF-8; a GBK page
# read as UTF-8 has an error at nearly every character.
_MOST_SPOILT = 0.05
_LEAST_WIDE_BYTES = 4
_ORDINARY = re.compile("[\t\n\r\x20-\x7e\u2010-\u203f\u3000-\u301f\u4e00-\u9fff\uff00-\uff5e]")
_LEAST_ORDINARY = 0.9
# These decode any bytes whatever, so that success proves nothing.
_ANY_BYTES_PASS = frozenset({"iso8859-1", "cp1252", "ascii", "utf-16", "utf-16-le", "utf-16-be"})


def decode(data: bytes) -> str:
    """The text of `data`: BOM, UTF-16 by its zero bytes, UTF-8, GB18030, then what is declared."""
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data[len(bom) :].decode(name, "replace")
    if wide := _wide_without_bom(data):
        return data.decode(wide, "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return _decode_doubtful(data)


def _decode_doubtful(data: bytes) -> str:
    as_utf8 = data.decode("utf-8", "replace")
    foreign = sum(1 for byte in data if byte >= 0x80) or 1
    if as_utf8.count("\ufffd") <= max(1, foreign // 3 * _MOST_SPOILT):
        return as_utf8
    strict = [name for name in (_declared(data), "gb18030", "big5") if name]
    for name in strict:
        try:
            return data.decode(name)
        except UnicodeDecodeError:
            continue
    as_gb = data.decode("gb18030", "replace")
    if as_gb.count("\ufffd") <= foreign // 2 * _MOST_SPOILT:
        return as_gb
    if not _looks_chinese(as_gb):
        return data.decode("cp1252", "replace")
    return min(as_utf8, as_gb, key=lambda text: text.count("\ufffd"))


def _declared(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_DECLARATION_WITHIN_BYTES])
    if not found:
        return None
    try:
        name = codecs.lookup(found[1].decode("ascii")).name
    except LookupError:
        return None
    if name in _ANY_BYTES_PASS or not _is_text_codec(name):
        return None
    # GB2312 and GBK pages use characters outside these sets; GB18030 contains both.
    return "gb18030" if name in {"gb2312", "gbk", "hz"} else name


def _is_text_codec(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, UnicodeError):
        return False
    return True


def _looks_chinese(text: str) -> bool:
    sample = text[:_SAMPLE_BYTES]
    return sum("\u4e00" <= char <= "\u9fff" for char in sample) * 20 > len(sample)


def _wide_without_bom(data: bytes) -> str | None:
    """UTF-16 tells itself by zero bytes, and its byte order by which reading makes sense."""
    sample = data[: _SAMPLE_BYTES // 2 * 2]
    if len(sample) < _LEAST_WIDE_BYTES or b"\0" not in sample:
        return None
    for name in ("utf-16-le", "utf-16-be"):
        text = sample.decode(name, "replace")
        if len(_ORDINARY.findall(text)) >= len(text) * _LEAST_ORDINARY:
            return name
    return None
