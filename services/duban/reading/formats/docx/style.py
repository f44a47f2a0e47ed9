"""Paragraph styles: heading level, automatic number, table of contents."""

from __future__ import annotations

import re
from typing import NamedTuple

from lxml import etree

from duban.reading.formats.docx import names as w
from duban.reading.formats.docx.first_child import first_child
from duban.reading.formats.docx.style_part import StylePart

_HEADING_NAME = re.compile(r"(?:heading|标题)\s*([1-9])", re.IGNORECASE)
_CONTENTS_NAME = re.compile(r"(?:toc|目录)\s*\d", re.IGNORECASE)
_BODY_TEXT_LEVEL = 9
_LONGEST_CHAIN = 20


class NumberRef(NamedTuple):
    """A reference to a numbering instance; `level` is None where the style leaves it open."""

    number: str
    level: int | None


class _Style(NamedTuple):
    name: str
    based_on: str | None
    outline: int | None
    number: NumberRef | None


class Styles:
    """The paragraph styles of a document."""

    def __init__(self, part: StylePart) -> None:
        self._part = part
        self._known: dict[str, _Style | None] = {}

    def heading(self, key: str | None) -> int | None:
        """The heading level 1 to 9 that a style gives, itself or through its parents."""
        for style in self._chain(key):
            found = _HEADING_NAME.fullmatch(style.name)
            if found:
                return int(found[1])
            if style.outline is not None:
                return style.outline + 1 if style.outline < _BODY_TEXT_LEVEL else None
        return None

    def number(self, key: str | None) -> NumberRef | None:
        """The automatic number that a style gives."""
        level: int | None = None
        for style in self._chain(key):
            if style.number is None:
                continue
            level = style.number.level if level is None else level
            if style.number.number:
                return NumberRef(style.number.number, level)
        return None

    def is_contents(self, key: str | None) -> bool:
        """Whether the style is one of an entry in a table of contents."""
        style = self._style(key)
        return style is not None and _CONTENTS_NAME.match(style.name) is not None

    def _chain(self, key: str | None) -> list[_Style]:
        chain: list[_Style] = []
        while (style := self._style(key)) is not None and len(chain) < _LONGEST_CHAIN:
            chain.append(style)
            key = style.based_on
        return chain

    def _style(self, key: str | None) -> _Style | None:
        if not key:
            return None
        if key not in self._known:
            element = self._part.get(key)
            self._known[key] = _read(element) if element is not None else None
        return self._known[key]


def number_ref(properties: etree._Element | None) -> NumberRef | None:
    """The reference inside paragraph properties; `number` is empty where only a level stands."""
    found = first_child(properties, w.NUM_PR)
    if found is None:
        return None
    number = _value(found, w.NUM_ID)
    level = whole(_value(found, w.LEVEL_INDEX))
    return NumberRef(number or "", level)


def outline_of(properties: etree._Element | None) -> int | None:
    """The outline level 0 to 9 that stands in paragraph properties."""
    return whole(_value(properties, w.OUTLINE_LEVEL)) if properties is not None else None


def whole(text: str | None) -> int | None:
    """A non-negative whole number of at most six digits, None for anything else."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 6 else None


def _value(parent: etree._Element, tag: str) -> str | None:
    found = first_child(parent, tag)
    return found.get(w.VAL) if found is not None else None


def _read(style: etree._Element) -> _Style:
    properties = first_child(style, w.P_PR)
    return _Style(
        name=_value(style, w.NAME) or "",
        based_on=_value(style, w.BASED_ON),
        outline=outline_of(properties),
        number=number_ref(properties),
    )
