"""Table 3 in text, whose rows may line up: only where every row of the grid proves it."""

from __future__ import annotations

from duban.domain.form import COLUMNS
from duban.reading.cells import is_value
from duban.reading.tables.labels import APPLICANT_COLUMNS, core
from duban.reading.tables.view import View

_FORM = [column.field for column in COLUMNS]


def squared(view: View) -> View:
    """The view with columns that line up, if the whole grid fits that and nothing speaks against.

    Rows are equally long, the header names all seven applicants one beside the other, every
    number and mark stands below one of them, and every label stands left of them.
    """
    if not view.ragged or any(len(row) != view.grid.width for row in view.rows):
        return view
    start = _start(view)
    if start is None or not _fits(view, start):
        return view
    return view.lined_up()


def _start(view: View) -> int | None:
    """The column of 自然人, where the lowest labels from there on are the seven of the form."""
    for upper, words in enumerate(view.words):
        if "自然人" not in words:
            continue
        start = words.index("自然人")
        for lower in view.words[upper : upper + 2]:
            labels = [low or up for low, up in zip(lower, words, strict=True)][start:]
            if [APPLICANT_COLUMNS.get(core(word)) for word in labels[: len(_FORM)]] == _FORM:
                return start if not any(labels[len(_FORM) :]) else None
    return None


def _fits(view: View, start: int) -> bool:
    begun = False
    for row, words in zip(view.rows, view.words, strict=True):
        values = [is_value(cell.text) for cell in row]
        begun = begun or any(values)
        if not begun:
            continue
        if any(values[:start]) or any(words[start + len(_FORM) :]):
            return False
        if any(w and not v for w, v in zip(words[start:], values[start:], strict=True)):
            return False
    return begun
