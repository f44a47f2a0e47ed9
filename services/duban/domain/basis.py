"""The codes of legal bases in words a clerk can look up."""

from __future__ import annotations

import re

_DIGITS = "零一二三四五六七八九"
_FORMATS = {
    "F2021": ("国办公开办函〔2021〕30号格式", "format of 2021 (国办公开办函〔2021〕30号)"),
    "F2019": ("国办公开办函〔2019〕60号格式", "format of 2019 (国办公开办函〔2019〕60号)"),
}
_OTHERS = {
    "Fee-Measure": (
        "《政府信息公开信息处理费管理办法》（国办函〔2020〕109号）",
        "Measures on information-processing fees (国办函〔2020〕109号)",
    ),
    "custom": ("本系统核对规则", "own quality rule"),
}
_TABLES = {"T2": "第二部分表格", "T3": "第三部分表格", "T4": "第四部分表格"}


def in_words(code: str, language: str = "zh") -> str:
    """`A50` as 《政府信息公开条例》第五十条; a code nobody knows is shown as it is."""
    english = language == "en"
    if code in _OTHERS:
        return _OTHERS[code][english]
    article = re.fullmatch(r"A(\d+)(?:\((\d+)\))?", code)
    if article:
        number, paragraph = int(article[1]), article[2]
        if english:
            return f"Regulation on disclosure, art. {number}" + (f"({paragraph})" * bool(paragraph))
        tail = f"第（{_numeral(int(paragraph))}）项" if paragraph else ""
        return f"《政府信息公开条例》第{_numeral(number)}条{tail}"
    head, _, rest = code.partition("-")
    if head in _FORMATS:
        part = _TABLES.get(rest, "" if english or not rest else f"第{rest}项")
        return f"{_FORMATS[head][english]}{' ' if english and part else ''}{part}"
    return code


def _numeral(number: int) -> str:
    """A number below one hundred as Chinese statutes print it."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")
