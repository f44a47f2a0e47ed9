"""What a data cell prints: a number, a blank, a mark, other text, or something not certain."""

from __future__ import annotations

import re
import unicodedata

from duban.domain.place import Place
from duban.domain.report import Cell

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None)
_SPACE = re.compile(r"\s+")
_MARK = re.compile(r"[/\\\-—–―─]+|无|N/?A", re.IGNORECASE)
_NUMBER = re.compile(
    r"([+-]?)([0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(\.[0-9]+)?(万元|元|件|条|项|个|次|份|宗|起)?(?:\((.*)\))?",
    re.DOTALL,
)
_CHANGE = re.compile(r"(增加?|减少?|[↑↓])([^+-].*)", re.DOTALL)
_VALUE_START = re.compile(r"[\s\u200b-\u200d\ufeff]*[0-9０-９+＋\-－﹢﹣−/／\\—–―─增减↑↓无NnＮ]")
_BROKEN = re.compile(r"[+-]?[0-9][0-9,.\s]*\s[0-9,.\s]*[0-9]")
_GROUPED_BY_BLANKS = re.compile(r"[+-]?[0-9]{1,3}(?:[ \u00a0\u2009\u202f][0-9]{3})+(?:\.[0-9]+)?")
_SIGNS = str.maketrans({"−": "-", "﹣": "-", "﹢": "+"})

#: A longer run of digits is no count or amount, and would not survive every reader of the output.
MOST_DIGITS = 15
TOO_LONG = f"数字超过{MOST_DIGITS}位，不能确定是一个数"
SPLIT_NUMBER = "数字之间有空白或换行，不能确定是一个数还是几个数"


def read_cell(text: str, at: Place | None = None, *, change: bool = False) -> Cell:
    """The cell for a printed text; `change` allows 增/减/↑/↓ before the number (本年增/减).

    A number is only ever the one printed: nothing is corrected, joined or converted.
    """
    raw = text.strip()
    if not raw:
        return Cell(kind="blank", raw=raw, at=at)
    if raw.isascii() and raw.isdigit() and len(raw) <= MOST_DIGITS:
        return Cell(kind="number", raw=raw, value=int(raw), at=at)
    compact = unicodedata.normalize("NFKC", raw).translate(_INVISIBLE).translate(_SIGNS).strip()
    if not compact:
        return Cell(kind="blank", raw=raw, at=at)
    grouped = "\n" not in raw and _GROUPED_BY_BLANKS.fullmatch(compact)
    if not grouped and _BROKEN.fullmatch(compact):
        return unreadable(SPLIT_NUMBER, at, raw)
    compact = _SPACE.sub("", compact)
    if not raw.isascii() and any(unicodedata.category(character) == "No" for character in raw):
        return Cell(kind="text", raw=raw, at=at)  # ① and ² are notes, not digits of the number
    if _MARK.fullmatch(compact):
        return Cell(kind="mark", raw=raw, at=at)
    return _number(compact, raw, at, change=change) or Cell(kind="text", raw=raw, at=at)


def is_value(text: str) -> bool:
    """Whether a text looks like a filled value cell: a number in any dress, or a mark."""
    if not _VALUE_START.match(text):
        return False
    return read_cell(text, change=True).kind in {"number", "mark", "unreadable"}


def unreadable(reason: str, at: Place | None = None, raw: str = "") -> Cell:
    """A cell whose value or place in the table is not certain, with the reason in Chinese."""
    return Cell(kind="unreadable", raw=raw, at=at, note=reason)


def _number(compact: str, raw: str, at: Place | None, *, change: bool) -> Cell | None:
    negative = False
    if change and (turned := _CHANGE.fullmatch(compact)):
        negative = turned[1][0] in "减↓"
        compact = turned[2]
    match = _NUMBER.fullmatch(compact)
    if not match:
        return None
    sign, digits, decimals, unit, note = match.groups()
    printed = digits.replace(",", "")
    if len(printed) > MOST_DIGITS or len(decimals or "") > MOST_DIGITS:
        return unreadable(TOO_LONG, at, raw)
    value: int | float = float(printed + decimals) if decimals else int(printed)
    if negative or sign == "-":
        value = -value
    return Cell(kind="number", raw=raw, value=value, at=at, note=note, unit=unit)
