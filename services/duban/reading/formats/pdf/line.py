"""Characters → lines of text, as printed and without guessed blanks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from duban.reading.formats.pdf.characters import Character
from duban.reading.formats.pdf.frame import Box

_SAME_LINE = 0.45  # of a character's height: how far two centres on one line may differ
_DOUBLED = 0.15  # of the height: a copy this near is the same character printed bolder
_WIDE_GAP = 0.6  # of the height: white space beside Chinese that counts as a blank
_LATIN_GAP = 0.2  # of the height: white space between Latin letters or digits that does
_FIRST_WIDE = 0x2E80  # from here on code points are Chinese and full-width characters


class Line(NamedTuple):
    """Characters side by side, from left to right; `characters` holds no blanks."""

    characters: list[Character]
    x0: float
    top: float
    x1: float
    bottom: float
    text: str

    @property
    def box(self) -> Box:
        return self.x0, self.top, self.x1, self.bottom

    @property
    def size(self) -> float:
        """The size of type of most of its characters in points."""
        sizes = sorted(c.bottom - c.top for c in self.characters)
        return sizes[len(sizes) // 2]


def lines_of(characters: Sequence[Character]) -> list[Line]:
    """The lines of a cell or a page from top to bottom; blanks alone are no line."""
    if not characters:
        return []
    rows: list[list[Character]] = []
    centre = height = 0.0
    for character in sorted(characters, key=_centre):
        middle, tall = _centre(character), character.bottom - character.top
        if rows and middle - centre <= _SAME_LINE * min(tall, height):
            rows[-1].append(character)
            continue
        rows.append([character])
        centre, height = middle, tall
    return [made for row in rows if (made := make_line(row)) is not None]


def make_line(row: Iterable[Character]) -> Line | None:
    """One line of characters that stand beside one another, copies for boldness dropped."""
    kept: list[Character] = []
    parts: list[str] = []
    has_blank = False
    for character in sorted(row, key=_start):
        if character.text == " ":
            has_blank = True
            continue
        if kept:
            if _is_copy(kept, character):
                continue
            if _is_apart(kept[-1], character, has_blank=has_blank):
                parts.append(" ")
        parts.append(character.text)
        kept.append(character)
        has_blank = False
    if not kept:
        return None
    return Line(
        kept,
        kept[0].x0,
        min(c.top for c in kept),
        max(c.x1 for c in kept),
        max(c.bottom for c in kept),
        "".join(parts),
    )


def is_wide(text: str) -> bool:
    """Whether a character is Chinese or full-width, so that no blank stands beside it."""
    return ord(text[0]) >= _FIRST_WIDE or text[0] in "“”‘’…—·"


def _centre(character: Character) -> float:
    return (character.top + character.bottom) / 2


def _start(character: Character) -> float:
    return character.x0


def _is_copy(kept: list[Character], character: Character) -> bool:
    near = _DOUBLED * (character.bottom - character.top)
    for other in reversed(kept[-3:]):
        if character.x0 - other.x0 > near:
            return False
        if other.text == character.text and abs(other.top - character.top) <= near:
            return True
    return False


def _is_apart(left: Character, right: Character, *, has_blank: bool) -> bool:
    gap = right.x0 - left.x1
    height = min(left.bottom - left.top, right.bottom - right.top)
    if is_wide(left.text) or is_wide(right.text):
        return gap > _WIDE_GAP * height
    return gap > _LATIN_GAP * height or (has_blank and gap > _LATIN_GAP / 2 * height)
