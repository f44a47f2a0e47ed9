"""The characters of a lattice's cells → the text of each cell."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from duban.reading.formats.pdf.characters import Character
from duban.reading.formats.pdf.lattice import Lattice, Region
from duban.reading.formats.pdf.line import Line, is_wide, lines_of
from duban.reading.formats.pdf.piece import PieceCell

OVERFLOWING = "数字越过单元格边框，无法确定属于哪一格"
_DIGITS = frozenset("0123456789.,%-+０１２３４５６７８９．，")
UNRULED_ROWS = "表格行与行之间没有框线，无法确定各行的划分"
_TOUCHING = 0.12  # of the height: digits nearer than this belong to one number
_FULL = 1.05  # of a character: less room than this at a line's end makes the text wrap
_PADDING = 5.6  # points between a border and the text, as word processors set it
_CENTRED = 0.4  # of the size: how near to the middle of its neighbours a line stands


def fill(lattice: Lattice, characters: Sequence[Character]) -> tuple[list[PieceCell], str | None]:
    """Each region of the lattice with its text, and a doubt where a number crosses a border."""
    region_at = _regions_by_position(lattice)
    owners = [_owner(lattice, region_at, character) for character in characters]
    doubt = _keep_numbers_whole(characters, owners)
    inside: list[list[Character]] = [[] for _ in lattice.regions]
    for character, owner in zip(characters, owners, strict=True):
        if owner is not None:
            inside[owner].append(character)
    lines = [lines_of([c for c in held if not c.quarters]) for held in inside]
    centres = _centres_of_single_lines(lattice.regions, lines)
    cells = []
    stacked: Counter[tuple[int, int]] = Counter()
    for region, held, upright in zip(lattice.regions, inside, lines, strict=True):
        width = lattice.xs[region.right] - lattice.xs[region.left]
        text = _join(upright, width, centres.get((region.top, region.bottom), []))
        text += _turned_text(held)
        stacked[region.top, region.bottom] += _is_stack(upright, width)
        is_full = bool(upright) and _is_full(upright[-1], width)
        cells.append(PieceCell(text, region, is_full=is_full))
    if any(count > 1 for count in stacked.values()):
        doubt = doubt or UNRULED_ROWS
    return cells, doubt


def _regions_by_position(lattice: Lattice) -> dict[tuple[int, int], int]:
    return {
        (row, column): index
        for index, region in enumerate(lattice.regions)
        for row in range(region.top, region.bottom)
        for column in range(region.left, region.right)
    }


def _owner(
    lattice: Lattice, region_at: dict[tuple[int, int], int], character: Character
) -> int | None:
    row = bisect_right(lattice.ys, (character.top + character.bottom) / 2) - 1
    column = bisect_right(lattice.xs, (character.x0 + character.x1) / 2) - 1
    return region_at.get((row, column))


def _keep_numbers_whole(characters: Sequence[Character], owners: list[int | None]) -> str | None:
    """Give a number wider than its cell to the cell that holds it, if only one can."""
    doubt = None
    held = Counter(owners)
    index = 0
    while index < len(characters):
        end = _end_of_number(characters, index)
        run = Counter(owners[index:end])
        if len(run) > 1:
            # The middle of the number tells its cell only if the others hold nothing else.
            middle = (characters[index].x0 + characters[end - 1].x1) / 2
            home = next(
                o
                for c, o in zip(characters[index:end], owners[index:end], strict=True)
                if c.x1 >= middle
            )
            if any(owner != home and held[owner] > count for owner, count in run.items()):
                doubt = OVERFLOWING
            else:
                owners[index:end] = [home] * (end - index)
        index = end
    return doubt


def _end_of_number(characters: Sequence[Character], start: int) -> int:
    end = start + 1
    while end < len(characters) and characters[end - 1].text in _DIGITS:
        left, right = characters[end - 1], characters[end]
        height = left.bottom - left.top
        is_next = (
            right.text in _DIGITS
            and abs(left.top - right.top) < _TOUCHING * height
            and abs(right.x0 - left.x1) < _TOUCHING * height
        )
        if not is_next:
            break
        end += 1
    return end


def _is_stack(lines: list[Line], width: float) -> bool:
    """Whether numbers stand below one another although the first had room to go on."""
    return any(
        above.text[-1] in _DIGITS and below.text[0] in _DIGITS and not _is_full(above, width)
        for above, below in pairwise(lines)
    )


def _centres_of_single_lines(
    regions: Sequence[Region], lines: Sequence[list[Line]]
) -> dict[tuple[int, int], list[float]]:
    """For each row, at what heights numbers stand that take one line of their cell."""
    centres: dict[tuple[int, int], list[float]] = {}
    for region, held in zip(regions, lines, strict=True):
        if len(held) == 1 and all(c.text in _DIGITS for c in held[0].characters):
            centre = (held[0].top + held[0].bottom) / 2
            centres.setdefault((region.top, region.bottom), []).append(centre)
    return centres


def _turned_text(characters: Sequence[Character]) -> str:
    """The text of a cell that stands on its side."""
    return "".join(
        _join(lines_of([_turn(c, quarters) for c in characters if c.quarters == quarters]))
        for quarters in (1, 2, 3)
        if any(c.quarters == quarters for c in characters)
    )


def _turn(character: Character, quarters: int) -> Character:
    """The character's box as it stands after the text was turned back to upright."""
    text, x0, top, x1, bottom, _ = character
    boxes = {
        1: (top, -x1, bottom, -x0),
        2: (-x1, -bottom, -x0, -top),
        3: (-bottom, x0, -top, x1),
    }
    return Character(text, *boxes[quarters])


def _join(lines: list[Line], width: float = 0.0, centres: Sequence[float] = ()) -> str:
    """Lines joined, Chinese without blanks; digits stay apart unless a number was wrapped."""
    if not lines:
        return ""
    middle = (lines[0].top + lines[-1].bottom) / 2
    # Numbers below one another are the rows of a table that lacks a line, unless a number
    # beside them takes one line at the middle of theirs: then the row is one.
    is_one_row = any(abs(centre - middle) < _CENTRED * lines[0].size for centre in centres)
    parts = [lines[0].text]
    for above, below in pairwise(lines):
        last, first = above.text[-1], below.text[0]
        if last in _DIGITS and first in _DIGITS:
            parts.append("" if is_one_row and _is_full(above, width) else "\n")
        elif not (is_wide(last) or is_wide(first)):
            parts.append(" ")
        parts.append(below.text)
    return "".join(parts)


def _is_full(line: Line, width: float) -> bool:
    """Whether a line has no room for another character, so that its text may be wrapped."""
    character = line.characters[-1]
    room = width - (line.x1 - line.x0)
    return room < _FULL * (character.x1 - character.x0) + 2 * _PADDING
