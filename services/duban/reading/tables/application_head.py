"""The header of table 3: which applicant each value column stands for."""

from __future__ import annotations

from duban.domain.document import GridCell
from duban.domain.form import COLUMNS
from duban.reading.tables.align import Head
from duban.reading.tables.labels import (
    APPLICANT_COLUMNS,
    APPLICANTS_HEAD,
    BALANCE,
    ORGANISATIONS,
    REMARKS,
    SUBTOTAL,
    core,
)
from duban.reading.tables.view import View

FORM = tuple(field for field, _ in COLUMNS)
CANONICAL = Head(FORM, tuple(label for _, label in COLUMNS))
_DOUBT = "表头与统一格式不一致，无法确定各列是哪类申请人"
_UNMISTAKABLE = frozenset({"自然人", "商业企业", "科研机构", "社会公益组织", "法律服务机构"})


def is_head(words: list[str]) -> bool:
    """Whether a row's words belong to the header of table 3."""
    named = sum(word in _UNMISTAKABLE or word.startswith(ORGANISATIONS) for word in words)
    return named > 0 or any(APPLICANTS_HEAD in word or BALANCE in word for word in words)


def read_head(view: View, rows: list[int]) -> Head | None:
    """The columns named by header rows, None where these rows name no applicant at all."""
    if not any(word in _UNMISTAKABLE for row in rows for word in view.words[row]):
        return None
    return _ragged(view, rows) if view.ragged else _placed(view, rows)


def _field(word: str) -> str | None:
    return APPLICANT_COLUMNS.get(core(word)) if word else None


def _checked(head: Head) -> Head:
    named = [field for field in head.fields if field != SUBTOTAL]
    ends = (head.fields[:1], head.fields[-1:]) == (FORM[:1], FORM[-1:])
    if ends and sorted(named) == sorted(FORM) and len(head.fields) - len(named) <= 1:
        return head
    return head._replace(doubt=_DOUBT)


def _ragged(view: View, rows: list[int]) -> Head:
    """Header labels in printed order, each group label replaced by the labels below it."""
    lines = [[word for word in view.words[row] if word] for row in rows]
    leaves = next(
        (line for line in reversed(lines) if "商业企业" in line or "科研机构" in line), []
    )
    if "自然人" in leaves:
        return _named([word for word in leaves if _field(word)])
    upper = next((line for line in lines if "自然人" in line), [])
    labels: list[str] = []
    for word in upper:
        if word.startswith(ORGANISATIONS):
            labels += leaves
        elif _field(word):
            labels.append(word)
    if "总计" not in labels and any("总计" in line for line in lines if line is not upper):
        labels.append("总计")
    return _named(labels)


def _named(labels: list[str]) -> Head:
    fields = tuple(_field(label) or "" for label in _by_elimination(labels))
    return _checked(Head(fields, tuple(labels)))


def _placed(view: View, rows: list[int]) -> Head:
    """The lowest header label over each grid column, neighbouring columns of one cell joined."""
    found: list[tuple[str, int, int]] = []
    blank = 0
    previous = None
    for column in range(view.grid.width):
        cell = next(
            (
                cell
                for row in reversed(rows)
                if (cell := view.covering(row, column)) and view.word(cell)
            ),
            None,
        )
        word = view.word(cell) if cell else ""
        lowest = view.covering(rows[-1], column)
        if found and _field(word) is None and _starts_blank(view, lowest, rows[-1]):
            blank += 1
            continue
        if cell is not None and cell is previous and found:
            found[-1] = (word, found[-1][1], column + 1)
        elif cell is not None and (_field(word) or (found and word)):
            found.append((word, column, column + 1))
            previous = cell
    if found and found[-1][0] in (APPLICANTS_HEAD, *REMARKS):
        found.pop()
        blank += 1
    labels = _by_elimination([word for word, _, _ in found])
    head = Head(
        tuple(_field(label) or "" for label in labels),
        tuple(word for word, _, _ in found),
        tuple((start, end) for _, start, end in found),
        blank,
    )
    return _checked(head)


def _starts_blank(view: View, cell: GridCell | None, row: int) -> bool:
    """Whether a header row has an empty cell of its own here."""
    return cell is not None and cell.row == row and not view.word(cell)


def _by_elimination(labels: list[str]) -> list[str]:
    """One altered label among seven takes the only place of the form that is left."""
    fields = [_field(label) for label in labels]
    if len(fields) != len(FORM) or fields.count(None) != 1:
        return labels
    index = fields.index(None)
    if [*fields[:index], FORM[index], *fields[index + 1 :]] != list(FORM):
        return labels
    if labels[index].startswith(ORGANISATIONS) or labels[index] == APPLICANTS_HEAD:
        return labels
    return [*labels[:index], COLUMNS[index].label, *labels[index + 1 :]]
