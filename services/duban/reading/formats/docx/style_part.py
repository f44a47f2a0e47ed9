"""The style part of a document, cut into single styles that are parsed when asked for.

A template brings hundreds of styles in hundreds of kilobytes, and a report uses a handful: to
parse them all would take longer than to read the report.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lxml import etree

from duban.reading.formats.docx import names as w

_OPENING = re.compile(rb"<w:styles(?=[\s>])[^>]*>")
_START, _END = b"<w:style", b"</w:style>"
_ID = b'w:styleId="%s"'


class StylePart:
    """Style elements by id; empty for a part that is missing or not sound."""

    def __init__(
        self,
        data: bytes | None,
        parse: Callable[[bytes], etree._Element | None],
    ) -> None:
        self._data = data or b""
        self._parse = parse
        self._whole: dict[str, etree._Element] | None = {} if data is None else None
        opening = _OPENING.search(self._data, 0, 20_000)
        # In a comment or a character section, what looks like a style is none.
        self._opening = opening[0] if opening and b"<!" not in self._data else None

    def get(self, key: str) -> etree._Element | None:
        """The element of a style."""
        cut = self._cut(key)
        if cut is not None:
            return _by_id(self._parse(cut)).get(key)
        if self._whole is None:
            self._whole = _by_id(self._parse(self._data))
        return self._whole.get(key)

    def _cut(self, key: str) -> bytes | None:
        """The style alone in a part of its own; None where it is not surely found."""
        if self._opening is None or not key.isascii() or not key.isalnum():
            return None
        mark = _ID % key.encode()
        at = self._data.find(mark)
        if at < 0 or self._data.find(mark, at + 1) >= 0:
            return None
        start, end = self._data.rfind(_START, 0, at), self._data.find(_END, at)
        if start < 0 or end < 0 or b">" in self._data[start:at]:
            return None
        return self._opening + self._data[start : end + len(_END)] + b"</w:styles>"


def _by_id(root: etree._Element | None) -> dict[str, etree._Element]:
    styles = root.iterchildren(w.STYLE) if root is not None else ()
    return {key: style for style in styles if (key := style.get(w.STYLE_ID))}
