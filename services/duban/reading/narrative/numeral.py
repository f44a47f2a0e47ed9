"""Numbers in prose: the pattern of a count and its value."""

from __future__ import annotations

import re

NUMBER = (
    r"(?P<about>超过?|将近|接近|大约|不到|不足|至少|近|约|逾)?"
    r"(?<![\d.,第/~-])(?P<n>\d{1,3}(?:,\d{3})+(?![\d.,])|\d{1,12}(?:\.\d{1,6})?"
    r"|[〇零一二两三四五六七八九十百千]{1,9})"
    r"(?P<wan>万)?(?P<more>余|多|几|来)?"
)
COUNTER = r"(?:件|份|宗|起|例)(?!事|条|次|套)"
CASE = rf"{NUMBER}(?P<unit>{COUNTER})(?P<over>以上|左右|上下)?"
"""A number of cases: applications, reconsiderations, suits."""

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_UNITS = {"十": 10, "百": 100, "千": 1000}
_LEAD_OF_CHINESE = re.compile(r"共|计|新收|收到|答复")


def is_approximate(found: re.Match[str]) -> bool:
    """Whether the count is rounded: 近, 约, 余, 多, 以上, or printed in 万."""
    groups = found.groupdict()
    return any(groups.get(name) for name in ("about", "wan", "more", "over"))


def value_of(found: re.Match[str], lead: str) -> int | float | None:
    """The number a match of CASE prints; None where it is no count.

    Chinese numerals count only after 共, 计, 新收, 收到 or 答复 in `lead`, the clause up to the
    number; a single 一 never does (`办好一件申请`).
    """
    printed = found["n"]
    scale = 10_000 if found["wan"] else 1
    if printed[0].isdigit():
        number = float(printed.replace(",", ""))
        if number * scale % 1 > 1e-6 and not found["wan"]:
            return None
        return round(number * scale)
    if printed == "一" or not _LEAD_OF_CHINESE.search(lead):
        return None
    spelt = chinese(printed)
    return None if spelt is None else spelt * scale


def chinese(printed: str) -> int | None:
    """The value of 十二, 一百零五, 二〇 and the like below ten thousand; None if malformed."""
    if not any(unit in printed for unit in _UNITS):
        if len(printed) > 1 and not any(zero in printed for zero in "零〇"):
            return None  # 三五件 is a guess, not thirty-five
        return int("".join(str(_DIGITS[c]) for c in printed))
    total, digit, last, skipped = 0, None, 10_000, False
    for character in printed:
        if character in _UNITS:
            unit = _UNITS[character]
            if unit >= last or (digit is None and unit != 10):
                return None
            total += (1 if digit is None else digit) * unit
            digit, last, skipped = None, unit, False
        elif digit and character not in "零〇":
            return None
        else:
            digit = _DIGITS[character] or None
            skipped = skipped or digit is None
    if digit and last > 10 and not skipped:
        return None  # 二百三 may be 203 or 230
    return total + (digit or 0)
