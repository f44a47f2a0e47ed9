"""Whether two names of agencies mean the same body."""

from __future__ import annotations

import re

from duban.domain.text import normal

_ENDING = re.compile(
    r"(人民政府|政府)?(办公厅|办公室)$|人民政府$|政府$|街道办事处$|街道办$|办事处$|管理委员会$|管委会$"
)
_BRACKET = re.compile(r"\([^()]*\)")
_SHORTEST = 2  # one character names no body


def core(name: str) -> str:
    """A name without the words that short names leave out (人民政府, 办事处, 办公室 …)."""
    text = _BRACKET.sub("", normal(name))
    stem = _ENDING.sub("", text)
    return f"{stem}街道" if text.endswith(("街道办事处", "街道办")) else stem


def names_same_body(a: str, b: str) -> bool:
    """Whether one name is the other, or its end: short names drop province, city and county."""
    one, other = core(a), core(b)
    if one == other:
        return bool(one)
    short, long = sorted((one, other), key=len)
    return len(short) >= _SHORTEST and long.endswith(short)


def one_character_apart(a: str, b: str) -> bool:
    """Whether two names of equal length differ in exactly one character (a misread one?)."""
    one, other = core(a), core(b)
    return len(one) == len(other) and sum(x != y for x, y in zip(one, other, strict=True)) == 1
