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
# Korean, Japanese and traditional Chinese bytes are valid GB 18030 too, and read as rare characters
# in no order: there at most a tenth are of these, in Chinese pages a third at the least.
_COMMON = re.compile(
    "[的一是在不有和人大为上中年月日政府信息公开行部工作理法机关规定依申请条度报告及对其他与全国区市县乡镇"
    "街道办局委要情况件数本处结果以等新主动内容民会进学实第方式无二三十五四事项制加强务众站版权所首页网址号"
    "為開資訊關報機處條務與對會學實國區縣鄉鎮們來個時說這經發請計數號頁權]"
)
_HAN = re.compile("[\u3400-\u9fff]")
_FONTS = re.compile("微软雅黑|仿宋|宋体|黑体|楷体|方正小标宋")
_LEAST_COMMON = 0.15
_LEAST_HAN = 20  # less tells nothing
_LOOKED_AT = 20_000
# These decode any bytes whatever, so that success proves nothing.
_ANY_BYTES_PASS = frozenset({"iso8859-1", "cp1252", "ascii", "utf-16", "utf-16-le", "utf-16-be"})


def decode(data: bytes) -> str:
    """The text of `data`: BOM, UTF-16 by its zero bytes, UTF-8, what is declared, GB18030, Big5.

    Where none of these can be what was meant, only ASCII is read: all else becomes U+FFFD.
    """
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
    if (fitting := _fitting(data)) is not None:
        return fitting
    as_gb = data.decode("gb18030", "replace")
    chinese = _is_chinese(as_gb)
    if chinese is not False and as_gb.count("\ufffd") <= foreign // 2 * _MOST_SPOILT:
        return as_gb
    if not _looks_chinese(as_gb):
        return data.decode("cp1252", "replace")
    if chinese is False:
        return data.decode("ascii", "replace")
    return min(as_utf8, as_gb, key=lambda text: text.count("\ufffd"))


def _fitting(data: bytes) -> str | None:
    """The text in an encoding that all bytes fit: one in which it is Chinese, else the declared.

    None where it is Chinese in none of them, and another was not declared.
    """
    declared = _declared(data)
    otherwise = None
    for name in dict.fromkeys(one for one in (declared, "gb18030", "big5") if one):
        try:
            text = data.decode(name)
        except UnicodeDecodeError:
            continue
        is_chinese = _is_chinese(text)
        if is_chinese:
            return text
        if otherwise is None and (is_chinese is None or name not in ("gb18030", "big5")):
            otherwise = text
    return otherwise


def _is_chinese(text: str) -> bool | None:
    """Whether it is made of the characters that Chinese is made of; None where too little is there.

    What is said in Korean holds hardly a Chinese character and is not told from too little.
    """
    seen = _FONTS.sub("", text[:_LOOKED_AT])
    han = len(_HAN.findall(seen))
    return None if han < _LEAST_HAN else len(_COMMON.findall(seen)) >= han * _LEAST_COMMON


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
