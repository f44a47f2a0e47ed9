"""The number a browser draws before an item of an ordered list."""

from __future__ import annotations

import re

from lxml import etree

from duban.reading.formats.numeral import chinese, letters, roman

_STYLE = re.compile(r"list-style(?:-type)?\s*:\s*([a-z\-]+)", re.IGNORECASE)
_CHINESE = frozenset({
    "cjk-ideographic", "simp-chinese-informal", "trad-chinese-informal", "simp-chinese-formal",
    "trad-chinese-formal", "japanese-informal",
})  # fmt: skip
_TYPES = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman"}


def number_of(item: etree._Element) -> str | None:
    """The number of a list item with its mark ("3.", "三、"); None in an unordered list."""
    parent = item.getparent()
    if parent is None or parent.tag != "ol":
        return None
    style = _style_of(item) or _style_of(parent) or "decimal"
    if style == "none":
        return None
    position = _position(item, parent)
    if style in _CHINESE:
        return chinese(position) + "、"
    if style in {"lower-alpha", "lower-latin", "upper-alpha", "upper-latin"}:
        text = letters(position)
    elif style in {"lower-roman", "upper-roman"}:
        text = roman(position)
    else:
        return f"{position}."
    return (text.lower() if style.startswith("lower") else text) + "."


def _style_of(element: etree._Element) -> str | None:
    found = _STYLE.search(element.get("style") or "")
    if found:
        return found[1].lower()
    return _TYPES.get(element.get("type") or "")


def _position(item: etree._Element, parent: etree._Element) -> int:
    own = _whole_number(item.get("value"))
    if own is not None:
        return own
    backwards = "reversed" in parent.attrib
    step = -1 if backwards else 1
    distance = 0
    for before in item.itersiblings("li", preceding=True):
        distance += step
        value = _whole_number(before.get("value"))
        if value is not None:
            return value + distance
    first = _whole_number(parent.get("start"))
    if first is None:
        first = sum(1 for _ in parent.iterchildren("li")) if backwards else 1
    return first + distance


def _whole_number(text: str | None) -> int | None:
    found = re.match(r"\s*(-?\d{1,6})", text or "")
    return int(found[1]) if found else None
