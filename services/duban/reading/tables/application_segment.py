"""Where table 3 stands in a grid: its header, its rows, what is label and what is value."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from duban.domain.document import GridCell
from duban.reading.cells import is_value
from duban.reading.tables import application_head
from duban.reading.tables.align import Head, has_values
from duban.reading.tables.labels import (
    BALANCE,
    GROUPS,
    OTHER_GROUP,
    OTHER_LEAF,
    OTHER_ROW,
    RowLabel,
    row_label,
)
from duban.reading.tables.squared import squared
from duban.reading.tables.view import View

_TRACE = re.compile(
    r"新收|结转|予以公开|部分公开|秘密|禁止公开|安全一稳定|第三方|内部事务|过程性|案卷|查询事项|掌握|现成|补正|信访|重复申请|出版物"
    r"|大量反复|重新出具"
)
_WEAK = frozenset({"results.total", OTHER_LEAF, OTHER_ROW})
_GROUP_OF = {
    "refused": GROUPS[0],
    "not_provided": GROUPS[1],
    "not_processed": GROUPS[2],
    "other": OTHER_GROUP,
}


class Line(NamedTuple):
    """A row of a grid taken apart: label cells (from above too) and the cells after them."""

    row: int
    label: RowLabel
    words: tuple[str, ...]
    values: Sequence[GridCell]


class Segment(NamedTuple):
    """The part of table 3 that stands in one grid."""

    view: View
    head: Head | None
    lines: tuple[Line, ...]
    balance_note: bool


def find_segment(view: View, context: str | None = None) -> Segment | None:
    """The rows of table 3 in a grid, or None where the grid holds none of them."""
    if not _TRACE.search(view.text):
        return None
    view = squared(view)
    heads = [row for row, words in enumerate(view.words) if application_head.is_head(words)]
    head_rows = _first_block(heads)
    head = application_head.read_head(view, head_rows) if head_rows else None
    lines: list[Line] = []
    for row in range(head_rows[-1] + 1 if head else 0, len(view.rows)):
        if row in heads:
            continue
        line = _line(view, row, head, context)
        context = _context(line.label, context)
        lines.append(line)
    strong = [i for i, line in enumerate(lines) if line.label.field not in (None, *_WEAK)]
    if not strong:
        return None
    known = [i for i, line in enumerate(lines) if line.label.known]
    first = 0 if head else known[0]
    note = any(BALANCE in word for words in view.words for word in words)
    return Segment(view, head, tuple(lines[first : _end(lines, known[-1])]), note)


def is_whole(segment: Segment) -> bool:
    """Whether rows without a header are so many of the form's rows that they must be table 3."""
    wanted = len(application_head.CANONICAL.fields)
    full = [line for line in segment.lines if line.label.field and len(line.values) == wanted]
    return len(full) >= 8


def last_group(segment: Segment) -> str | None:
    """The group in which the segment ends, for the rows that follow on the next page."""
    context = None
    for line in segment.lines:
        context = _context(line.label, context)
    return context


def _first_block(rows: list[int]) -> list[int]:
    """The first run of neighbouring header rows; the same header may come again on a new page."""
    block = rows[:1]
    for row in rows[1:]:
        if row != block[-1] + 1:
            break
        block.append(row)
    return block


def _end(lines: list[Line], last: int) -> int:
    """One past the last row of the table; rows with values below the last known row count."""
    end = last + 1
    while end < len(lines) and len(lines[end].values) >= 5 and has_values(lines[end].values):
        end += 1
    return end


def _context(label: RowLabel, context: str | None) -> str | None:
    if label.group:
        return label.group
    if label.field:
        parts = label.field.split(".")
        return _GROUP_OF.get(parts[1]) if len(parts) == 3 else None
    return context


def _line(view: View, row: int, head: Head | None, context: str | None) -> Line:
    if head is not None and head.spans is not None:
        return _placed_line(view, row, head, context)
    cells, words = view.rows[row], view.words[row]
    cut = _label_end(cells, words, context)
    named = tuple(word for word in words[:cut] if word)
    return Line(row, row_label(named, context), named, cells[cut:])


def _label_end(cells: Sequence[GridCell], words: Sequence[str], context: str | None) -> int:
    """Where the labels of a row end: after its own label, known or the last text before values."""
    end, group = 0, context
    for index, word in enumerate(words):
        label = row_label((word,), group)
        if not word or not label.known or is_value(cells[index].text):
            continue
        end, group = index + 1, label.group or group
        if label.leaf:
            return end
    while end < len(words) and words[end] and not is_value(cells[end].text):
        end += 1
    if not end:
        end = next((i + 1 for i, word in enumerate(words) if word), 0)
        return 0 if end and is_value(cells[end - 1].text) else end
    return end


def _serial(view: View, row: int, start: int, context: str | None) -> int:
    """1 where the row begins with a running number before a label of the form, else 0."""
    own = view.rows[row]
    if len(own) < 2 or own[1].column >= start or not view.words[row][0].isdecimal():
        return 0
    label = row_label((view.words[row][1],), context)
    return int(label.known and not is_value(own[1].text))


def _placed_line(view: View, row: int, head: Head, context: str | None) -> Line:
    """A row under a header with known columns: what stands left of the first column is label.

    A cell that began in a row above names a group only: it cannot be this row's own label.
    """
    own, start = view.rows[row], head.start
    serial = _serial(view, row, start, context)
    first = next(
        (i for i, c in enumerate(own) if c.column >= start or (i >= serial and is_value(c.text))),
        len(own),
    )
    values = own[first:]
    above: list[str] = []
    column = 0
    while column < start:
        cell = view.covering(row, column)
        if cell is not None and cell.row < row:
            above.append(view.word(cell))
        column = cell.column + cell.colspan if cell is not None else column + 1
    words = [word for cell in own[serial:first] if (word := view.word(cell))]
    if not words:
        return Line(row, RowLabel(None, None, "", known=False), tuple(words), values)
    over = row_label([word for word in above if word], context) if above else None
    label = row_label(words, (over.group if over else None) or context)
    if over is not None and over.group and label.group is None:
        label = label._replace(group=over.group)
    return Line(row, label, (*[word for word in above if word], *words), values)
