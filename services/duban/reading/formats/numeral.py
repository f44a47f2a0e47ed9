"""Numbers as automatic numbering draws them."""

from __future__ import annotations

_DIGITS = "〇一二三四五六七八九"
_PLACES = ("", "十", "百", "千")
_LARGEST_CHINESE = 9_999
_ROMAN = (
    (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"),
    (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
)  # fmt: skip
_LARGEST_ROMAN = 3_999


def chinese(number: int) -> str:
    """一, 十, 十二, 一百零五; digits outside 1 to 9,999."""
    if not 1 <= number <= _LARGEST_CHINESE:
        return str(number)
    result = ""
    skipped = False
    for place in range(len(_PLACES) - 1, -1, -1):
        digit = number // 10**place % 10
        if digit:
            result += ("零" if skipped and result else "") + _DIGITS[digit] + _PLACES[place]
            skipped = False
        else:
            skipped = True
    return result[1:] if result.startswith("一十") else result


def chinese_digits(number: int) -> str:
    """One character for each digit: 一二 for 12, 二〇 for 20."""
    return "".join(_DIGITS[int(digit)] for digit in str(max(0, number)))


def letters(number: int) -> str:
    """A to Z, then AA, BB and so on as word processors count; digits below 1."""
    if number < 1:
        return str(number)
    return chr(ord("A") + (number - 1) % 26) * min((number - 1) // 26 + 1, 20)


def roman(number: int) -> str:
    """Upper-case Roman numerals; digits outside 1 to 3,999."""
    if not 1 <= number <= _LARGEST_ROMAN:
        return str(number)
    result = ""
    for value, sign in _ROMAN:
        while number >= value:
            result += sign
            number -= value
    return result
