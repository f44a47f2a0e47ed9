"""Table 2: the sub-tables of article 20, in one grid or several, each under its own header."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from duban.domain.document import GridCell
from duban.domain.form import DISCLOSURE_2019, DISCLOSURE_2021
from duban.domain.report import Cell, Row
from duban.reading.cells import is_value, unreadable
from duban.reading.tables.align import Head, align, count_of, exact, is_blank, read_row
from duban.reading.tables.labels import (
    CAPTION,
    CONTENT,
    DISCLOSURE_COLUMNS,
    DISCLOSURE_ROWS,
    closest,
    core,
)
from duban.reading.tables.view import View

OTHER_SERVICES = "other_services"
_TABLES = (*DISCLOSURE_2019, *DISCLOSURE_2021)
_COLUMNS_OF_ROW: Mapping[str, frozenset[tuple[str, ...]]] = {
    row.field: frozenset(
        tuple(sorted(column.field for column in table.columns))
        for table in _TABLES
        if row.field in dict(table.rows)
    )
    for holder in _TABLES
    for row in holder.rows
}
_TRACE = re.compile("件数|(?:项目|决定|公开|制作|总)数量|收费金额|采购总金额|增/?减")
_NO_HEAD = "该行上方没有列名，无法确定各数属于哪一列"
_WRONG_HEAD = "该行上方的列名与统一格式不一致，无法确定各数属于哪一列"


class Piece(NamedTuple):
    """What one grid holds of table 2; `signs` are the labels that tell the form."""

    cells: dict[str, Cell]
    rows: tuple[Row, ...]
    labels: tuple[str, ...]
    signs: tuple[str, ...]
    head: Head | None


class _State:
    """The header that is in force, and the row whose sub-rows may follow."""

    def __init__(self, head: Head | None) -> None:
        self.head = head
        self.parent: GridCell | None = None


def find_piece(view: View, head: Head | None = None) -> Piece | None:
    """The rows of table 2 in a grid under their headers; None where it holds no such header.

    `head` is the header in force at the end of the grid before, for a table broken by a page.
    """
    if not head and not _TRACE.search(view.text):
        return None
    heads = {row: found for row in range(len(view.rows)) if (found := _head(view, row))}
    if not heads and not (head and _all_known(view)):
        return None
    state = _State(head)
    cells: dict[str, Cell] = {}
    rows: list[Row] = []
    signs: list[str] = []
    for row, words in enumerate(view.words):
        if row in heads:
            state.head, state.parent = heads[row], None
            signs += state.head.labels
        elif any(CAPTION.fullmatch(word) for word in words):
            state.head, state.parent = None, None
        elif line := _line(view, row, state):
            rows.append(line[0])
            signs.append(line[0].label)
            add(cells, line[1])
    labels = tuple(label for found in heads.values() for label in found.labels)
    return Piece(cells, tuple(rows), labels, tuple(signs), state.head)


def _all_known(view: View) -> bool:
    """Whether every row with words is one of table 2, as in the rest of a broken table."""
    named = [next((word for word in words if word), "") for words in view.words]
    return bool(named) and all(
        core(word) in DISCLOSURE_ROWS or CAPTION.match(word) for word in named
    )


def add(cells: dict[str, Cell], found: dict[str, Cell]) -> None:
    """Join cells; a path that two places print differently becomes unreadable."""
    for path, cell in found.items():
        if path in cells and cells[path].raw != cell.raw:
            cell = unreadable("同一项目出现两次且数字不同，无法确定以哪一处为准", cell.at)
        cells[path] = cell


def _column(word: str) -> str | None:
    return DISCLOSURE_COLUMNS.get(core(word)) or closest(word, DISCLOSURE_COLUMNS)


def _head(view: View, row: int) -> Head | None:
    """The columns a header row names; it starts with 信息内容, or holds column labels only."""
    cells = [cell for cell, word in zip(view.rows[row], view.words[row], strict=True) if word]
    named = [cell for cell in cells if view.word(cell) != CONTENT]
    exactly = [cell for cell in named if core(view.word(cell)) in DISCLOSURE_COLUMNS]
    if not exactly or (len(named) == len(cells) and len(exactly) < len(named)):
        return None
    if len({view.word(cell) for cell in named}) < len(named):
        return _copied(view, row, named)
    last = view.rows[row][-1]
    return Head(
        tuple(_column(view.word(cell)) or "" for cell in named),
        tuple(view.word(cell) for cell in named),
        None if view.ragged else tuple((cell.column, cell.column + cell.colspan) for cell in named),
        0 if view.word(last) else len(view.rows[row]) - view.rows[row].index(named[-1]) - 1,
    )


def _copied(view: View, row: int, named: Sequence[GridCell]) -> Head:
    """A header whose merged cells were copied into every column they covered."""
    labels = [list(group) for _, group in groupby(named, key=view.word)]
    words = tuple(view.word(group[0]) for group in labels)
    spans = tuple((group[0].column, group[-1].column + group[-1].colspan) for group in labels)
    fields = tuple(_column(word) or "" for word in words)
    return Head(fields, words, None if view.ragged else spans, copies=spans)


def _once(values: Sequence[GridCell], head: Head) -> Sequence[GridCell]:
    """The values under a copied header, each once if all its copies print the same."""
    if head.copies is None:
        return values
    under = [[c for c in values if start <= c.column < end] for start, end in head.copies]
    if sum(map(len, under)) != len(values) or any(
        len(cells) != end - start or len({cell.text for cell in cells}) != 1
        for cells, (start, end) in zip(under, head.copies, strict=True)
    ):
        return values
    return [cells[0] for cells in under]


def _line(view: View, row: int, state: _State) -> tuple[Row, dict[str, Cell]] | None:
    """A data row: its row of the form, and its cells by path."""
    own, words = view.rows[row], view.words[row]
    end = _label_end(view, row, state)
    named = [word for word in words[:end] if word]
    if not named or (state.head is None and core(named[0]) not in DISCLOSURE_ROWS):
        return None
    field = _field(view, row, named, state)
    values: Sequence[GridCell] = own[end:]
    label = "".join(named)
    if field is None and not any(is_value(cell.text) for cell in values):
        return None
    if state.head is not None:
        values = _once(values, state.head)
    wanted = len(state.head.fields) if state.head else len(values)
    count = count_of(values, wanted) if view.ragged else _count(values, wanted)
    found = Row(label=label, values=count, at=own[0].at, field=field)
    if field is None:
        return found, {}
    return found, _cells(view, row, field, values, state.head)


def _label_end(view: View, row: int, state: _State) -> int:
    """How many cells of a row are labels: those left of the columns, else the first words.

    Only 其他对外管理服务事项 may be followed by a second label, the name of a local sub-row.
    """
    own, words = view.rows[row], view.words[row]
    if state.head is not None and state.head.spans is not None:
        end = sum(cell.column < state.head.start for cell in own)
        return 0 if any(is_value(cell.text) for cell in own[:end]) else end
    first = next((index for index, word in enumerate(words) if word), len(words))
    if first == len(words) or is_value(own[first].text):
        return 0
    after = own[first + 1] if first + 1 < len(own) else None
    divided = DISCLOSURE_ROWS.get(core(words[first])) == OTHER_SERVICES
    if divided and after is not None and words[first + 1] and not is_value(after.text):
        return first + 2
    return first + 1


def _count(values: Sequence[GridCell], wanted: int) -> int:
    """Value cells of a placed row; blank cells beyond the header are padding."""
    surplus = values[wanted:]
    return wanted if surplus and all(is_blank(cell) for cell in surplus) else len(values)


def _field(view: View, row: int, named: list[str], state: _State) -> str | None:
    """The row of the form, or a local sub-row of 其他对外管理服务事项."""
    own = view.rows[row]
    over = view.covering(row, 0) if not view.ragged else None
    if over is not None and over.row < row:
        inside = over is state.parent
    else:
        inside = state.parent is not None and not view.words[row][0]
        if not inside:
            state.parent = None
    first = DISCLOSURE_ROWS.get(core(named[0])) or closest(named[0], DISCLOSURE_ROWS)
    if inside and len(named) == 1 and DISCLOSURE_ROWS.get(core(named[0])) is None:
        return f"{OTHER_SERVICES}.sub[{named[0]}]"
    if first == OTHER_SERVICES and len(named) <= 2:
        state.parent = own[0]
        if len(named) == 1:
            return first
        return None if core(named[1]) in DISCLOSURE_ROWS else f"{first}.sub[{named[1]}]"
    return first if len(named) == 1 else None


def _cells(
    view: View, row: int, field: str, values: Sequence[GridCell], head: Head | None
) -> dict[str, Cell]:
    allowed = _COLUMNS_OF_ROW[field.partition(".")[0]]
    chosen = _aligned(view, row, values, head, allowed)
    if isinstance(chosen, str) or head is None:
        at = values[0].at if values else None
        columns = max(allowed, key=lambda names: (names == tuple(sorted(_fields(head))), names))
        return {f"{field}.{name}": unreadable(str(chosen), at) for name in columns}
    cells = read_row(chosen, head.fields, change="items_change")
    return {f"{field}.{name}": cell for name, cell in cells.items()}


def _aligned(
    view: View,
    row: int,
    values: Sequence[GridCell],
    head: Head | None,
    allowed: frozenset[tuple[str, ...]],
) -> list[GridCell] | str:
    """One cell per column of the header in force, or why the row is not certain."""
    if head is None:
        return _NO_HEAD
    if tuple(sorted(head.fields)) not in allowed:
        return _WRONG_HEAD
    if view.grid.doubt:
        return view.grid.doubt
    if not view.ragged:
        return align(values, head, head.blank)
    wanted = len(head.fields)
    padded = head.blank > 0 or _is_padded(view)
    regular = len(view.rows[row]) == view.usual_length
    return align(exact(values, wanted, padded=padded, regular=regular), head)


def _is_padded(view: View) -> bool:
    """Whether captions, which are single cells, are filled up with empty ones."""
    return any(len(words) > 1 and CAPTION.fullmatch(words[0]) for words in view.words)


def _fields(head: Head | None) -> tuple[str, ...]:
    return head.fields if head else ()
