"""A passage in normal form with the way back to its raw text."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable
from functools import cached_property

import msgspec

from duban.domain.place import Place
from duban.domain.report import Passage
from duban.domain.text import normal

_SEPARATOR = "\x00"
# One set of marks, so that no pattern names two. The full-width comma is told apart from the
# ASCII one beforehand: `12，345` stays two numbers, `12,345` is one.
_MARKS = str.maketrans(";:()!?[]", "；：（）！？（）")
_KEPT = {mark: mark for mark in "，；：（）！？。、"}
_THOUSANDS = re.compile(r"(?<=\d),(?=\d{3}(?!\d))")
_THOUSANDS_MARK = "\x01"
_TITLE = re.compile(r"《[^《》]{0,200}》")
_BOOKMARK = re.compile(r"（bookmark：[^（）]{0,40}）")
_SENTENCE_END = re.compile(r"[。！？]")

MAX_SENTENCE = 4000
"""Longer runs without a full stop are no prose (torn tables, binary rubbish) and are not read."""


class Alphabet:
    """Normal forms of the single characters of some texts, worked out once for all of them."""

    def __init__(self, texts: Iterable[str]) -> None:
        self._pieces: dict[str, str] = {_SEPARATOR: "", _THOUSANDS_MARK: "", **_KEPT}
        met = sorted(set().union(*texts).difference(self._pieces))
        if met:
            forms = normal(_SEPARATOR.join(met)).translate(_MARKS).split(_SEPARATOR)
            self._pieces.update(zip(met, forms, strict=True))

    def pieces(self, raw: str) -> list[str]:
        """The normal form of each character of `raw`, marks as Chinese ones."""
        return list(map(self._pieces.__getitem__, raw))


class Prose:
    """One passage: `text` is normal with Chinese marks, titles in 《》 and bookmarks blanked.

    `text` keeps one character per character of the normal form, so `quote` finds the raw span.
    """

    def __init__(self, passage: Passage, alphabet: Alphabet) -> None:
        self.passage = passage
        self._pieces = alphabet.pieces(passage.text)
        text = "".join(self._pieces)
        if "," in text:
            text = _THOUSANDS.sub(_THOUSANDS_MARK, text).replace(",", "，")
            text = text.replace(_THOUSANDS_MARK, ",")
        if "《" in text:
            text = _TITLE.sub(_blank, text)
        if "bookmark" in text:
            text = _BOOKMARK.sub(_blank, text)
        self.text = text

    @cached_property
    def _origin(self) -> list[int]:
        return [index for index, piece in enumerate(self._pieces) for _ in piece]

    @cached_property
    def _breaks(self) -> list[int]:
        return [found.start() for found in re.finditer("\n", self.passage.text)]

    def quote(self, start: int, end: int) -> str:
        """The raw text of a span of `text`, line breaks as they stand."""
        raw, first = self.passage.text, self._origin[start]
        while first and raw[first - 1] in "“‘「『":
            first -= 1
        return raw[first : self._origin[end - 1] + 1]

    def place(self, start: int) -> Place:
        """The passage's place, counted on by the lines before `start`."""
        at = self.passage.at
        breaks = bisect_left(self._breaks, self._origin[start])
        if at.line is None or not breaks:
            return at
        return msgspec.structs.replace(at, line=at.line + breaks)

    def sentences(self) -> Iterable[tuple[int, int]]:
        """Spans between full stops, the stop included; over-long ones are left out."""
        start = 0
        for stop in _SENTENCE_END.finditer(self.text):
            yield from _span(start, stop.end())
            start = stop.end()
        yield from _span(start, len(self.text))


def _span(start: int, end: int) -> Iterable[tuple[int, int]]:
    if 0 < end - start <= MAX_SENTENCE:
        yield start, end


def _blank(found: re.Match[str]) -> str:
    return "□" * len(found.group())
