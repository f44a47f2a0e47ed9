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
_START, _END = b"<w:style ", b"</w:style>"
_ID = re.compile(rb"""\sw:styleId\s*=\s*["']([^"']*)["']""")
# Where these occur, what looks like a style may be none: the whole part is parsed then.
_MISLEADING = (b"<!--", b"<![CDATA[", b"<w:style\t", b"<w:style\n", b"<w:style\r")


class StylePart:
    """Style elements by id; empty for a part that is missing or not sound."""

    def __init__(
        self,
        data: bytes | None,
        parse: Callable[[bytes], etree._Element | None],
    ) -> None:
        self._parse = parse
        self._opening = b""
        self._cut: dict[str, bytes] = {}
        self._whole: dict[str, etree._Element] = {}
        if data is None:
            return
        opening = _OPENING.search(data)
        if opening is None or any(mark in data for mark in _MISLEADING):
            self._whole = _by_id(parse(data))
            return
        self._opening = opening[0]
        at = data.find(_START, opening.end())
        while at >= 0 and (end := data.find(_END, at)) >= 0:
            key = _ID.search(data, at, data.index(b">", at))
            if key:
                self._cut[key[1].decode("utf-8", "replace")] = data[at : end + len(_END)]
            at = data.find(_START, end)

    def get(self, key: str) -> etree._Element | None:
        """The element of a style."""
        if key in self._cut:
            root = self._parse(self._opening + self._cut.pop(key) + b"</w:styles>")
            self._whole.update(_by_id(root))
        return self._whole.get(key)


def _by_id(root: etree._Element | None) -> dict[str, etree._Element]:
    styles = root.iterchildren(w.STYLE) if root is not None else ()
    return {key: style for style in styles if (key := style.get(w.STYLE_ID))}
