"""Identities of the tables as linear equations over cells, for the diagnosis."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from duban.rulebook.environment import Elements, Environment
from duban.rulebook.path import Cells, compile_cells, is_cells
from duban.rulebook.quantity import Quantity, Span, add
from duban.rulebook.view import MISSING_ROW, View


class Equation(NamedTuple):
    """Σ factor · cell = 0, by the cells' numbers somewhere between `low` and `high` (None: ∞)."""

    factors: dict[str, int]
    low: int | float | None
    high: int | float | None
    cells: frozenset[str]

    @property
    def exact(self) -> bool:
        """Whether every cell of it is a number."""
        return self.low is not None and self.low == self.high

    @property
    def holds(self) -> bool:
        """Whether the admissible values let the sum be 0."""
        return (self.low is None or self.low <= 0) and (self.high is None or self.high >= 0)


Linear = Callable[[View, Elements], Equation]


class _Side(NamedTuple):
    sign: int
    cells: Cells
    summed: bool


def compile_linear(argument: dict[str, Any], env: Environment, key: str) -> Linear:
    """The `left` and `right` of a `balance` as an equation; both are cells or sums of cells."""
    sides = [
        *_sides(argument["left"], 1, env, f"{key}.left"),
        *_sides(argument["right"], -1, env, f"{key}.right"),
    ]
    return lambda view, elements: _equation(sides, view, elements)


def _sides(term: Any, sign: int, env: Environment, key: str) -> list[_Side]:
    if is_cells(term):
        return [_Side(sign, compile_cells(term, env, key), summed=False)]
    if isinstance(term, dict) and set(term) == {"sum"}:
        inner = term["sum"]
        if is_cells(inner):
            return [_Side(sign, compile_cells(inner, env, key), summed=True)]
        if isinstance(inner, list):
            return [side for one in inner for side in _sides(one, sign, env, key)]
    raise env.refusal(key, term, ("单元格路径", "sum: 单元格路径"))


def _equation(sides: list[_Side], view: View, elements: Elements) -> Equation:
    factors: dict[str, int] = {}
    addends: list[Quantity] = []
    minus: list[Quantity] = []
    for side in sides:
        into = addends if side.sign > 0 else minus
        for path in side.cells.keys(view, elements):
            for cell in _printed(path, view):
                factors[cell] = factors.get(cell, 0) + side.sign
            into.append(view.addend(path) if side.summed else view.number(path))
        table, rows = side.cells.table, side.cells.rows
        if rows is not None and table in view.gapped and view.gap(table, rows(view, elements)):
            into.append(MISSING_ROW)
    left, right = add(addends), add(minus)
    return Equation(
        factors,
        _minus(_low(left), _high(right)),
        _minus(_high(left), _low(right)),
        frozenset(factors),
    )


def _printed(path: str, view: View) -> list[str]:
    """The cell itself, or where a total is not printed the cells it follows from."""
    ref = view.cell(path)
    if ref is not None and ref.column == "total" and ref.kind in ("blank", "mark"):
        return view.parts_of_total(ref)
    return [path]


def _low(quantity: Quantity) -> int | float | None:
    return quantity.low if isinstance(quantity, Span) else quantity


def _high(quantity: Quantity) -> int | float | None:
    return quantity.high if isinstance(quantity, Span) else quantity


def _minus(a: int | float | None, b: int | float | None) -> int | float | None:
    return None if a is None or b is None else a - b
