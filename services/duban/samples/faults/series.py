"""Faults that only the report of the year before shows: what was handed on is not taken over.

They change what a year takes over before its report is written, so that the report agrees with
itself in every table and sentence.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from random import Random
from typing import Any

from duban.domain.form import regime_of
from duban.samples.faults.consequence import finding
from duban.samples.figures import APPLICANT_FIELDS, Stock
from duban.samples.manuscript import Manuscript, Planted

FROM_BEFORE = "carried_from_wrong_forward"
_STOCK = "disclosure.normative_documents.{}"
_FIRST_STOCK_YEAR = 2022
# Words that explain a stock which does not follow (catalogue, YOY-INFORCE-NORM).
_EXPLAINED = re.compile("清理|失效|有效期|认定|重新统计|口径")

Mutator = Callable[[Stock, Random], bool]


def carry_total(stock: Stock, rng: Random) -> bool:
    """More or fewer cases are taken over than the year before handed on."""
    column = rng.choice(APPLICANT_FIELDS[:2])
    change = rng.choice((-2, -1, 1, 2, 3, 5))
    if stock.carried[column] + change < 0:
        change = -change
    stock.carried[column] += change
    return True


def carry_column(stock: Stock, rng: Random) -> bool:
    """Cases change from one kind of applicant to another between two reports."""
    columns = [column for column in APPLICANT_FIELDS if stock.carried[column]]
    if not columns:
        return False
    source = rng.choice(columns)
    target = rng.choice([c for c in APPLICANT_FIELDS[:3] if c != source])
    moved = rng.randint(1, stock.carried[source])
    stock.carried[source] -= moved
    stock.carried[target] += moved
    return True


def in_force(stock: Stock, rng: Random) -> bool:
    """The stock of normative documents jumps by more than the tolerance of 1 or 2 %."""
    stock.in_force += rng.randint(4, 12) + stock.in_force // 10
    return True


SERIES: dict[str, Mutator] = {
    "carry_total": carry_total,
    "carry_column": carry_column,
    "in_force": in_force,
}


def breaks(paper: Manuscript, before: Manuscript) -> list[dict[str, Any]]:
    """What a report and the one of the year before contradict each other in, as findings.

    A number that one of the two does not print contradicts nothing.
    """
    return _carried(paper, before) + _in_force(paper, before)


def _carried(paper: Manuscript, before: Manuscript) -> list[dict[str, Any]]:
    differing = []
    for column in ("total", *APPLICANT_FIELDS):
        path = f"applications.carried_over.{column}"
        expected = _number(before, f"applications.carried_forward.{column}")
        actual = _number(paper, path)
        if expected is not None and actual is not None and expected != actual:
            differing.append((path, expected, actual))
            if column == "total":
                break
    is_total = len(differing) == 1
    consequence, severity = ("carry_total", "error") if is_total else ("carry_column", "warning")
    return [
        finding(consequence, severity, cells=[path], expected=expected, actual=actual)
        for path, expected, actual in differing
    ]


def _in_force(paper: Manuscript, before: Manuscript) -> list[dict[str, Any]]:
    if paper.year < _FIRST_STOCK_YEAR or {paper.form, before.form} != {"R2021"}:
        return []
    numbers = [_number(before, _STOCK.format("in_force"))]
    numbers += [_number(paper, _STOCK.format(n)) for n in ("issued", "repealed", "in_force")]
    if None in numbers:
        return []
    stock, issued, repealed, actual = (number or 0 for number in numbers)
    expected = stock + issued - repealed
    if actual == expected:
        return []
    cells = [_STOCK.format(name) for name in ("in_force", "issued", "repealed")]
    return [finding("in_force", "warning", cells=cells, expected=expected, actual=actual)]


def _number(paper: Manuscript, path: str) -> int | float | None:
    try:
        return paper.number(path)
    except (KeyError, ValueError):
        return None


def has_room(name: str, year: int, before: Manuscript, is_busy: bool) -> bool:
    """Whether a fault can be planted after the report `before`: it must be without fault."""
    if before.planted:
        return False
    if name == "in_force":
        return year >= _FIRST_STOCK_YEAR and regime_of(before.year) == "R2021"
    return is_busy


def planted(name: str, paper: Manuscript, before: Manuscript) -> bool:
    """Records the fault in the report it shows in; False where its words explain it away."""
    found = breaks(paper, before)
    explained = name == "in_force" and any(
        _EXPLAINED.search(sentence.text()) for _, _, sentence in paper.sentences()
    )
    if not found or explained:
        return False
    paper.planted.append(Planted(name, found, ("prior",)))
    return True
