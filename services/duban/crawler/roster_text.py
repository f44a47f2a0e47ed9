"""The text of a roster file, in whichever encoding an office program saved it.

UTF-8 comes first. A table may also be UTF-16 or GB 18030 (the "CSV" of Excel in China): these are
taken only where nothing else can be meant, for hardly any bytes are no GB 18030 at all.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from pathlib import Path

from duban.crawler.roster_csv import has_known_header
from duban.crawler.roster_fault import holds_invisible, unusable
from duban.errors import RosterError

_WORKBOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")  # xlsx, xls
_CONTROL = dict.fromkeys([*range(9), 11, *range(14, 26), *range(27, 32)])  # 26 ends old files
_SAVE_AS = (
    "请用 Excel 另存为“CSV UTF-8（逗号分隔）”，或用记事本打开后另存为，编码选 UTF-8",
    "save it as “CSV UTF-8” in Excel, or open it in Notepad and save it with the encoding UTF-8",
)
_COMMON_IN_ALL = 0.8  # of the characters beyond ASCII in a table that is GB 18030, at the least
_COMMON_IN_ROW = 0.5  # and of those in each of its rows; of misread UTF-8 it is less


def text_of(path: Path, data: bytes, *, is_table: bool) -> str:
    """The text of the file `path` with the bytes `data`; RosterError where it is not certain."""
    if data.startswith(_WORKBOOKS):
        raise unusable(
            path,
            f"是 Excel 工作簿，不是 CSV：{_SAVE_AS[0]}",
            f"is an Excel workbook, not CSV: {_SAVE_AS[1]}",
        )
    wide = _utf_16(data) if is_table else None
    if wide is None and data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise unusable(
            path, f"是 UTF-16 编码：{_SAVE_AS[0]}", f"is encoded in UTF-16: {_SAVE_AS[1]}"
        )
    if _holds_control(data.decode("latin-1") if wide is None else wide):
        raise unusable(
            path,
            "是二进制文件，不是文字：请检查是否给错了文件",
            "is a binary file, not text: please check whether it is the right file",
        )
    return _narrow(path, data, is_table=is_table) if wide is None else wide


def _utf_16(data: bytes) -> str | None:
    """The table that the bytes are as UTF-16, with a mark of the order of bytes or without."""
    for codec, mark in (("utf-16-le", codecs.BOM_UTF16_LE), ("utf-16-be", codecs.BOM_UTF16_BE)):
        if data.startswith(mark) or b"\0" in data:
            try:
                text = data.removeprefix(mark).decode(codec)
            except UnicodeDecodeError:
                continue
            if has_known_header(text):
                return text
    return None


def _narrow(path: Path, data: bytes, *, is_table: bool) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        chinese = _gb_18030(data)
        if chinese is not None and is_table and has_known_header(chinese) and _is_sure(chinese):
            return chinese
        raise _refusal(path, data, error, looks_so=chinese is not None) from error
    if is_table and not text.isascii() and not any(map(_is_chinese, text)):
        chinese = _gb_18030(data)
        if chinese is not None and _is_sure(chinese):
            raise unusable(
                path,
                f"的编码无法确定（UTF-8 或 GBK 都读得通）：{_SAVE_AS[0]}",
                f"may be in UTF-8 or in GBK, which cannot be told: {_SAVE_AS[1]}",
            )
    return text


def _refusal(path: Path, data: bytes, error: UnicodeDecodeError, *, looks_so: bool) -> RosterError:
    line = data.count(b"\n", 0, error.start) + 1
    zh, en = ("（像是 GBK）", " (it looks like GBK)") if looks_so else ("", "")
    return unusable(
        path,
        f"第 {line} 行起不是 UTF-8 编码{zh}：{_SAVE_AS[0]}",
        f"is not in UTF-8 from line {line} on{en}: {_SAVE_AS[1]}",
    )


def _gb_18030(data: bytes) -> str | None:
    """The text that the bytes are as GB 18030, without any character that shows nothing."""
    try:
        text = data.decode("gb18030").removeprefix("\ufeff")
    except UnicodeDecodeError:
        return None
    return None if any(map(holds_invisible, text.split())) else text


def _is_sure(text: str) -> bool:
    """Whether a text decoded as GB 18030 cannot be meant otherwise.

    Nearly all that stands in it are the common characters of today's Chinese, which UTF-8, Big5
    or any other encoding misread as GB 18030 does not give; and no row is itself UTF-8.
    """
    rows = [list(_beyond_ascii(row)) for row in text.splitlines()]
    common = [sum(map(_is_common, row)) for row in rows]
    return (
        sum(common) >= _COMMON_IN_ALL * sum(map(len, rows))
        and all(n >= _COMMON_IN_ROW * len(row) for n, row in zip(common, rows, strict=True))
        and not any(map(_is_utf_8, rows))
    )


def _beyond_ascii(text: str) -> Iterator[str]:
    return (one for one in text if not one.isascii())


def _is_utf_8(row: list[str]) -> bool:
    try:
        read = "".join(row).encode("gb18030").decode("utf-8")
    except UnicodeDecodeError:
        return False
    return any(map(_is_chinese, read))


def _is_common(character: str) -> bool:
    """Whether it is one of the 3,755 common characters of GB 2312, or a sign between them."""
    try:
        row = character.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return row in (0xA1, 0xA3) or 0xB0 <= row <= 0xD7


def _is_chinese(character: str) -> bool:
    return "\u3400" <= character <= "\u9fff" or character >= "\U00020000"


def _holds_control(text: str) -> bool:
    return text.translate(_CONTROL) != text
