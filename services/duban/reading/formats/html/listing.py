"""The numbers a browser draws before the items of an ordered list."""

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


class Listing:
    """Counts the items of the lists of a page, which come in reading order."""

    def __init__(self) -> None:
        self._last: dict[etree._Element, int] = {}

    def number_of(self, item: etree._Element) -> str | None:
        """The number of a list item with its mark ("3.", "三、"); None in an unordered list."""
        parent = item.getparent()
        if parent is None or parent.tag != "ol":
            return None
        position = self._position(item, parent)
        style = _style_of(item) or _style_of(parent) or "decimal"
        if style == "none":
            return None
        if style in _CHINESE:
            return chinese(position) + "、"
        if style in {"lower-alpha", "lower-latin", "upper-alpha", "upper-latin"}:
            text = letters(position)
        elif style in {"lower-roman", "upper-roman"}:
            text = roman(position)
        else:
            return f"{position}."
        return (text.lower() if style.startswith("lower") else text) + "."

    def _position(self, item: etree._Element, parent: etree._Element) -> int:
        position = _whole_number(item.get("value"))
        if position is None:
            last = self._last.get(parent)
            if last is None:
                position = _first(parent)
            else:
                position = last + (-1 if "reversed" in parent.attrib else 1)
        self._last[parent] = position
        return position


def _style_of(element: etree._Element) -> str | None:
    found = _STYLE.search(element.get("style") or "")
    if found:
        return found[1].lower()
    return _TYPES.get(element.get("type") or "")


def _first(ordered: etree._Element) -> int:
    start = _whole_number(ordered.get("start"))
    if start is not None:
        return start
    return sum(1 for _ in ordered.iterchildren("li")) if "reversed" in ordered.attrib else 1


def _whole_number(text: str | None) -> int | None:
    found = re.match(r"\s*(-?\d{1,6})", text or "")
    return int(found[1]) if found else None
