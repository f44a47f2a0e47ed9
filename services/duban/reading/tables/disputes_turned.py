"""Table 4 turned by its author: a row for each group, the five outcomes as columns."""

from __future__ import annotations

from duban.domain.form import DISPUTE_COLUMNS, DISPUTE_GROUPS
from duban.domain.report import Cell
from duban.reading.tables.align import Head, align, read_row
from duban.reading.tables.labels import DISPUTE_HEADS, OUTCOMES, core
from duban.reading.tables.view import View

_FORM = sorted(column.field for column in DISPUTE_COLUMNS)


def read_turned(view: View) -> tuple[dict[str, Cell], Head] | None:
    """The cells by path and the columns; None unless all three groups have five aligned values."""
    if view.grid.doubt:
        return None
    for row, words in enumerate(view.words):
        named = [cell for cell in view.rows[row] if OUTCOMES.get(core(view.word(cell)))]
        fields = [OUTCOMES[core(view.word(cell))] for cell in named]
        if sorted(fields) != _FORM or any(word in DISPUTE_HEADS for word in words):
            continue
        spans = tuple((cell.column, cell.column + cell.colspan) for cell in named)
        labels = tuple(view.word(cell) for cell in named)
        head = Head(tuple(fields), labels, None if view.ragged else spans)
        cells = _groups(view, row + 1, head)
        return (cells, head._replace(labels=labels * len(DISPUTE_GROUPS))) if cells else None
    return None


def _groups(view: View, start: int, head: Head) -> dict[str, Cell] | None:
    cells: dict[str, Cell] = {}
    groups = []
    for row in range(start, len(view.rows)):
        own, words = view.rows[row], view.words[row]
        at = next((i for i, word in enumerate(words) if DISPUTE_HEADS.get(core(word))), None)
        if at is None:
            continue
        group = DISPUTE_HEADS[core(words[at])]
        chosen = align(own[at + 1 :], head)
        if isinstance(chosen, str):
            return None
        groups.append(group)
        read = read_row(chosen, head.fields)
        cells |= {f"{group}.{name}": cell for name, cell in read.items()}
    return cells if sorted(groups) == sorted(group.field for group in DISPUTE_GROUPS) else None
