"""What happens to a table between two pages: which rows and cells go on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from duban.domain.place import Place
from duban.reading.formats.pdf.line import is_wide

UNCERTAIN_ROW = "表格跨页处无法确定是同一行还是两行"
_ORDINAL = re.compile(
    r"[（(][一二三四五六七八九十]+[)）]|[一二三四五六七八九十]+\s*、|[0-9０-９]+\s*[.．、)）]"
)
_VALUE = re.compile(r"[-+−＋－]?[0-9０-９][0-9０-９,，.．\s]*%?|[-/—－–]+")
_NUMBERED = 0.6  # share of a column's labels
_TALL = 3  # rows; a label over so many has lines of its own kind, such as one character each


class Laid(NamedTuple):
    """A cell of a whole table; `is_full` where its last line of text fills its width."""

    text: str
    top: int
    left: int
    bottom: int
    right: int
    place: Place
    is_full: bool

    @property
    def span(self) -> tuple[int, int]:
        return self.left, self.right

    @property
    def is_label(self) -> bool:
        return bool(self.text) and not _VALUE.fullmatch(self.text)

    @property
    def is_value(self) -> bool:
        return bool(_VALUE.fullmatch(self.text))

    def starts_item(self) -> bool:
        """Whether the text begins with a number of its own, as no continuation does."""
        return bool(_ORDINAL.match(self.text))


class Seam(NamedTuple):
    """`row_goes_on` says that the rows at the seam are one; `joined` which cells are one."""

    row_goes_on: bool
    joined: frozenset[tuple[int, int]]
    doubt: str | None


def examine(
    table: Sequence[Laid], above: Sequence[Laid], below: Sequence[Laid], *, is_undrawn: bool
) -> Seam:
    """Compare the cells that end at a page's foot with those that begin at the next one's head.

    `table` holds the cells of both parts, by whose labels the habit of the table is known.
    `is_undrawn` says that no line was drawn at the break although the table has borders.
    """
    lower = {cell.span: cell for cell in below}
    goes_on = _row_goes_on(table, above, lower, is_undrawn=is_undrawn)
    if goes_on:
        return Seam(True, frozenset(lower), None)
    joined = {
        cell.span
        for cell in above
        if cell.span in lower and _is_one_label(cell, lower[cell.span], above, below)
    }
    return Seam(False, frozenset(joined), UNCERTAIN_ROW if goes_on is None else None)


def joined_text(above: str, below: str) -> str:
    """The text of a cell that a page break cut."""
    if above and below and not (is_wide(above[-1]) or is_wide(below[0])):
        return f"{above} {below}"
    return above + below


def _row_goes_on(
    table: Sequence[Laid],
    above: Sequence[Laid],
    lower: dict[tuple[int, int], Laid],
    *,
    is_undrawn: bool,
) -> bool | None:
    """None where it cannot be told and numbers are at stake."""
    if {cell.span for cell in above} != set(lower):
        return False
    if not any(cell.text for cell in lower.values()):
        return True
    is_above, is_below = (any(c.is_value for c in row) for row in (above, lower.values()))
    pairs = [(cell, lower[cell.span]) for cell in above]
    is_clash = any(a.text and b.text and (a.is_value or b.is_value) for a, b in pairs)
    # Numbers may be cut too: what would join them is never done, but may have to be doubted.
    has_two_parts = is_clash or (is_above and is_below)
    labels = [cell for cell in lower.values() if cell.is_label]
    if not labels:
        return False if all(cell.is_label for cell in above) else None
    label = max(labels, key=lambda cell: cell.left)
    if label.starts_item():
        return False
    upper = next(cell for cell in above if cell.span == label.span)
    has_values = is_above or is_below
    if not upper.text:
        return None if has_values and not has_two_parts else False
    if not upper.is_full:
        return False
    if is_undrawn or (upper.starts_item() and _are_numbered(table, label.left)):
        return None if has_two_parts else True
    return None if has_values and not has_two_parts else False


def _are_numbered(table: Sequence[Laid], column: int) -> bool:
    """Whether the labels of a column begin with numbers, so that one without goes on."""
    peers = [cell for cell in table if cell.left == column and cell.is_label]
    return sum(cell.starts_item() for cell in peers) >= _NUMBERED * len(peers) > _NUMBERED


def _is_one_label(a: Laid, b: Laid, above: Sequence[Laid], below: Sequence[Laid]) -> bool:
    """Whether two cells are the halves of one label that stands beside several rows."""
    if a.is_value or b.is_value or not _has_label_right_of(b, below):
        return False
    if not a.text and not b.text:
        return _has_label_right_of(a, above)
    if not b.text:
        return True
    rows = max(a.bottom - a.top, b.bottom - b.top)
    if b.starts_item():
        return False if a.text else rows > 1
    if not _has_label_right_of(a, above):
        return False
    return not a.text or a.is_full or rows >= _TALL


def _has_label_right_of(cell: Laid, row: Sequence[Laid]) -> bool:
    return any(other.is_label and other.left >= cell.right for other in row)
