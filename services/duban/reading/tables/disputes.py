"""Table 4: reconsiderations and suits, one row of values under a header of two to four rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from duban.domain.document import GridCell
from duban.domain.form import DISPUTE_COLUMNS, DISPUTE_GROUPS
from duban.domain.report import Cell
from duban.reading.cells import is_value, read_cell, unreadable
from duban.reading.tables.align import Head, align, read_row
from duban.reading.tables.disputes_turned import read_turned
from duban.reading.tables.labels import DISPUTE_HEADS, LITIGATION, OUTCOMES, core
from duban.reading.tables.view import View

PATHS = tuple(f"{g.field}.{c.field}" for g in DISPUTE_GROUPS for c in DISPUTE_COLUMNS)
_OUTCOME_COUNT = len(DISPUTE_COLUMNS)


class Piece(NamedTuple):
    """What one grid holds of table 4; `width` counts the value cells of its data row, if any."""

    cells: dict[str, Cell]
    head: Head
    width: int | None


def find_piece(view: View, after: Head | None = None) -> Piece | None:
    """Table 4 in a grid, None where it is not there.

    `after` is the header that ended the grid before, when a page broke it off its values.
    """
    rows = _head_rows(view) if "复议" in view.text else []
    if not rows:
        turned = read_turned(view) if "复议" in view.text else None
        if turned:
            return Piece(turned[0], turned[1], len(PATHS))
        return _orphan(view, after) if after else None
    head = _ragged(view, rows) if view.ragged else _placed(view, rows)
    values = _value_row(view, rows[-1] + 1)
    return _read(view, head, values)


def _head_rows(view: View) -> list[int]:
    first = next((row for row in range(len(view.rows)) if _is_top(view.words[row])), None)
    if first is None:
        return []
    rows = [first]
    while rows[-1] + 1 < len(view.rows) and _is_head(view.words[rows[-1] + 1]):
        rows.append(rows[-1] + 1)
    outcomes = sum(core(word) in OUTCOMES for row in rows for word in view.words[row])
    return rows if outcomes >= _OUTCOME_COUNT else []


def _group(word: str) -> str | None:
    return DISPUTE_HEADS.get(core(word)) if word else None


def _outcome(word: str) -> str | None:
    return OUTCOMES.get(core(word)) if word else None


def _is_top(words: Sequence[str]) -> bool:
    """Whether a row names groups, with one word in front of them at most."""
    named = [word for word in words if word]
    groups = [word for word in named if _group(word) or core(word) == LITIGATION]
    return bool(groups) and named[-len(groups) :] == groups and len(named) - len(groups) <= 1


def _is_head(words: Sequence[str]) -> bool:
    return any(_group(word) or _outcome(word) or core(word) == LITIGATION for word in words)


def _value_row(view: View, start: int) -> list[GridCell] | None:
    for row in range(start, len(view.rows)):
        cells = view.rows[row]
        if len(cells) >= 2 and all(not view.word(c) or is_value(c.text) for c in cells):
            return cells
        if any(view.words[row]) and not any(is_value(cell.text) for cell in cells):
            continue
        if cells:
            return cells
    return None


def _pairs(pairs: list[tuple[str | None, str]]) -> tuple[str, ...]:
    return tuple(f"{group}.{_outcome(word) or ''}" for group, word in pairs)


def _checked(head: Head) -> Head:
    head = _by_elimination(head)
    if sorted(head.fields) == sorted(PATHS):
        return head
    found = len(head.labels)
    return head._replace(
        doubt=f"表头有{found}个列名，与统一格式的15列不一致，无法确定各数属于哪一列"
    )


def _by_elimination(head: Head) -> Head:
    """An altered label takes its place of the form if all other labels stand in theirs."""
    if len(head.fields) != len(PATHS):
        return head
    pairs = zip(head.fields, PATHS, strict=True)
    unknown = [path for field, path in pairs if field == path.rpartition(".")[0] + "."]
    known = sum(field == path for field, path in zip(head.fields, PATHS, strict=True))
    if len(unknown) > len(DISPUTE_GROUPS) or known + len(unknown) != len(PATHS):
        return head
    return head._replace(fields=PATHS)


def _ragged(view: View, rows: list[int]) -> Head:
    """Groups and outcomes in printed order; a group's outcomes stand beside it or one row below."""
    lines = [[word for word in view.words[row] if word] for row in rows]
    if (owners := _owners(lines)) and len(lines[-1]) == len(PATHS):
        lowest = [f"{owners[i // _OUTCOME_COUNT]}.{_outcome(w)}" for i, w in enumerate(lines[-1])]
        return _checked(Head(tuple(lowest), tuple(lines[-1])))
    top = [group for word in lines[0] if (group := _group(word))]
    pairs: list[tuple[str | None, str]] = []
    below: list[tuple[str | None, str]] = []
    for depth, line in enumerate(lines):
        if not any(_outcome(word) for word in line):
            continue
        groups = [word for word in line if _group(word)]
        following = lines[depth + 1] if groups and depth + 1 < len(lines) else []
        if groups and len(following) == _OUTCOME_COUNT * len(groups):
            turn = iter(following)
            for word in line:
                if group := _group(word):
                    below += [(group, next(turn)) for _ in range(_OUTCOME_COUNT)]
                    pairs += below[-_OUTCOME_COUNT:]
                else:
                    pairs.append((top[0] if len(top) == 1 else None, word))
            break
        if not groups:
            owners = top if len(top) > 1 else [g for w in lines[depth - 1] if (g := _group(w))]
            if len(line) == _OUTCOME_COUNT * len(owners):
                pairs = [(owners[i // _OUTCOME_COUNT], word) for i, word in enumerate(line)]
            else:
                pairs = [(None, word) for word in line]
            break
        pairs = [(None, word) for word in line + following if _outcome(word)]
        break
    width = len(view.rows[rows[-1]])
    blank = max(width - len(pairs), 0) if not view.words[rows[-1]][-1] else 0
    labels = tuple(word for _, word in pairs)
    return _checked(Head(_pairs(pairs), labels, None, blank))


def _owners(lines: list[list[str]]) -> list[str] | None:
    """The three groups from left to right, where all outcomes stand in the lowest row."""
    if len(lines) < 2 or not all(map(_outcome, lines[-1])) or not _group(lines[0][0]):
        return None
    named = [group for line in lines[:-1] for word in line if (group := _group(word))]
    owners = list(dict.fromkeys(named))
    return owners if len(owners) == len(DISPUTE_GROUPS) else None


def _placed(view: View, rows: list[int]) -> Head:
    """The lowest label over each grid column is its outcome, the lowest group above its group."""
    pairs: list[tuple[str | None, str]] = []
    spans: list[tuple[int, int]] = []
    blank = 0
    previous: GridCell | None = None
    for column in range(view.grid.width):
        over = [view.covering(row, column) for row in rows]
        leaf = next((cell for cell in reversed(over) if cell and view.word(cell)), None)
        lowest = over[-1]
        if leaf is None or not _outcome(view.word(leaf)):
            if lowest is not None and not view.word(lowest) and pairs:
                blank += 1
            elif leaf is not None and not _is_head([view.word(leaf)]):
                group = _group_over(view, rows, column)
                if group and leaf is not previous:
                    pairs.append((group, view.word(leaf)))
                    spans.append((column, column + 1))
            previous = leaf
        elif leaf is previous:
            spans[-1] = (spans[-1][0], column + 1)
        else:
            pairs.append((_group_over(view, rows, column), view.word(leaf)))
            spans.append((column, column + 1))
            previous = leaf
    labels = tuple(word for _, word in pairs)
    return _checked(Head(_pairs(pairs), labels, tuple(spans), blank))


def _group_over(view: View, rows: list[int], column: int) -> str | None:
    """The group of a column: blank header cells belong to the label on their left."""
    for row in reversed(rows):
        for left in range(column, -1, -1):
            cell = view.covering(row, left)
            word = view.word(cell) if cell else ""
            if word:
                if group := _group(word):
                    return group
                break
    return None


def _read(view: View, head: Head, values: list[GridCell] | None) -> Piece:
    if values is None:
        return Piece({}, head, None)
    values = [c for c in values if c.column >= head.start or is_value(c.text)] or values
    surplus = values[len(head.fields) :]
    chosen = view.grid.doubt or align(values, head, head.blank)
    if isinstance(chosen, list) and any(read_cell(c.text).value not in (None, 0) for c in surplus):
        chosen = "表中多出一列没有列名的数据，无法确定各数属于哪一列"
    if isinstance(chosen, str):
        at = values[0].at
        return Piece({path: unreadable(chosen, at) for path in PATHS}, head, len(values))
    return Piece(read_row(chosen, head.fields), head, len(values))


def _orphan(view: View, head: Head) -> Piece | None:
    """The row of values whose header stands at the end of the grid before."""
    if len(view.rows) != 1 or not all(
        not view.word(cell) or is_value(cell.text) for cell in view.rows[0]
    ):
        return None
    return _read(view, head._replace(spans=None), view.rows[0])
