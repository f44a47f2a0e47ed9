"""Chinese full text for an index of words: overlapping pairs of characters, exact for any length.

A run of Chinese characters becomes its overlapping pairs and, last, its final character alone
(so that every single character begins some word); a run of ASCII letters and digits becomes one
lower-cased word. Everything else only separates.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from operator import add

_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff\u3007"
_RUN = re.compile(f"[{_CJK}]+|[0-9a-z]+")
_WIDE = re.compile("[０-９Ａ-Ｚａ-ｚ]+")  # wide punctuation only separates, as narrow does
_BLANK_BESIDE_CJK = re.compile(f"\\s(?:(?<=[{_CJK}]\\s)\\s*|\\s*(?=[{_CJK}]))")
_LONGER_IN_LOWER_CASE = "İ"  # the only one there is; as search servers do, it is an i
_INVISIBLE = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")


def clean(text: str) -> str:
    """The text as it is shown and searched: no blanks beside Chinese, no invisible characters."""
    return _BLANK_BESIDE_CJK.sub("", _INVISIBLE.sub("", text))


def fold(text: str) -> str:
    """Character by character, without change of length: half-width and lower-case."""
    return _WIDE.sub(_narrow, text).replace(_LONGER_IN_LOWER_CASE, "I").lower()


def _narrow(match: re.Match[str]) -> str:
    return "".join(chr(ord(wide) - 0xFEE0) for wide in match.group())


def words(text: str) -> str:
    """The words of a text to be indexed, in order."""
    return " ".join(cut(runs(text)))


def runs(text: str) -> list[str]:
    """The runs of a text that words are made of, each of Chinese or of letters and digits."""
    return _RUN.findall(fold(text))


def cut(held: Iterable[str]) -> list[str]:
    """The words of runs, in order."""
    found: list[str] = []
    for run in held:
        if run.isascii():
            found.append(run)
        else:
            found.extend(map(add, run, run[1:]))
            found.append(run[-1])
    return found


def phrase(piece: str) -> str | None:
    """One piece of a query as an FTS5 phrase; None where nothing in it can be searched."""
    held = runs(clean(piece))
    if not held:
        return None
    last = held[-1]
    before = cut(held[:-1])
    if last.isascii():
        return _quoted([*before, last])
    if len(last) == 1:
        return _quoted([*before, last]) + " *"  # begins the pair it stands in
    return _quoted([*before, *map(add, last, last[1:])])


def finder(piece: str) -> re.Pattern[str] | None:
    """What finds a piece in folded text, just where its phrase matches."""
    held = runs(clean(piece))
    if not held:
        return None
    between = f"[^0-9a-z{_CJK}]"
    pattern = ""
    for i, run in enumerate(held):
        if i:
            alike = run.isascii() == held[i - 1].isascii()
            pattern += f"{between}{'+' if alike else '*'}"
        pattern += f"(?<![0-9a-z]){run}(?![0-9a-z])" if run.isascii() else run
    return re.compile(pattern)


def _quoted(found: list[str]) -> str:
    return '"' + " ".join(found) + '"'
