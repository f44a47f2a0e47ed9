"""Identities of a table in which every cell is a number, worked out once for each layout.

Nearly every table is laid out like the form and its sums hold; only those that do not are looked
at one by one.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from operator import itemgetter
from typing import Any, NamedTuple

from duban.rulebook.environment import Elements, Test
from duban.rulebook.layout import Layout
from duban.rulebook.linear import Equation, Linear
from duban.rulebook.rule import Rule
from duban.rulebook.view import View

_LAYOUTS = 32  # of the form, its older version, and those in common use with a row more or less
_FILLED = re.compile(r"\{([^{}]*)\}")


_Values = list[int | float | None]


class _Identity(NamedTuple):
    """Cells that add up to the same, out of all of the table's; the rest as in the equation.

    `parts` picks the cells of one side; `whole` gives the other, most often a single cell. What
    they pick from ends with a 0.
    """

    parts: Callable[[_Values], tuple[int | float, ...]]
    whole: Callable[[_Values], int | float]
    sign: int  # of the parts in the equation
    factors: dict[str, int]
    cells: frozenset[str]


class Identities:
    """What a rule asserts of a table of each layout; `table_of` tells whether it is such a rule."""

    def __init__(
        self,
        table: str,
        linear: Linear,
        elements: Callable[[View], Iterable[Elements]],
        assuming: list[Test],
    ) -> None:
        self._table = table
        self._linear = linear
        self._elements = elements
        self._assuming = assuming
        self._known: dict[Layout, tuple[_Identity, ...]] = {}

    def holding(self, view: View) -> list[bool]:
        """Which identities hold, in the order of the elements; none if that is not seen at once."""
        identities = self._laid_out(view)
        if not identities:
            return []
        values = [*view.values[self._table], 0]
        return [sum(parts(values)) == whole(values) for parts, whole, _, _, _ in identities]

    def equations(self, view: View) -> list[Equation]:
        """The identities as equations, in the order of the elements; none if they are not known."""
        identities = self._laid_out(view)
        if not identities:
            return []
        values = [*view.values[self._table], 0]
        found = []
        for parts, whole, sign, factors, cells in identities:
            value = sign * (sum(parts(values)) - whole(values))
            found.append(Equation(factors, value, value, cells))
        return found

    def _laid_out(self, view: View) -> tuple[_Identity, ...]:
        layout = view.layout(self._table)
        if layout is None:
            return ()
        identities = self._known.get(layout)
        if identities is None:
            if len(self._known) >= _LAYOUTS:
                self._known.clear()
            identities = self._known[layout] = tuple(self._of(view, layout))
        return identities

    def _of(self, view: View, layout: Layout) -> Iterable[_Identity]:
        place = {path: at for at, path in enumerate(layout.paths)}
        found = []
        for elements in self._elements(view):
            equation = self._linear(view, elements)
            if not equation.exact or any(t(view, elements) is not True for t in self._assuming):
                return ()
            factors = equation.factors
            left = [place[path] for path, factor in factors.items() for _ in range(factor)]
            right = [place[path] for path, factor in factors.items() for _ in range(-factor)]
            zero, sign = len(place), 1
            if len(left) == 1:
                left, right, sign = right, left, -1
            found.append(
                _Identity(_picked(left, zero), _whole(right, zero), sign, factors, equation.cells)
            )
        return found


def _picked(places: list[int], zero: int) -> Callable[[_Values], tuple[int | float, ...]]:
    """What picks these cells, with the 0 beside them, as one alone would not come as a tuple."""
    return itemgetter(*places, zero, zero)


def _whole(places: list[int], zero: int) -> Callable[[_Values], int | float]:
    if len(places) == 1:
        return itemgetter(*places)
    picked = _picked(places, zero)
    return lambda values: sum(picked(values))


def table_of(rule: Rule) -> str | None:
    """The table whose layout alone says which of its cells the rule sets against which."""
    if rule.where or len(rule.for_each) > 1:
        return None
    variable, source = next(iter(rule.for_each.items()), ("", "$"))
    sides = _paths(rule.check)
    table = sides[0].partition(".")[0]
    only = _Only(table, f"{variable}.field")
    by_form = source == {"rows": table} or str(source).startswith("$")
    follows = by_form and all(map(only.names, sides))
    return table if follows and all(only.asks(one.that) for one in rule.assuming) else None


def _paths(term: Any) -> list[str]:
    if isinstance(term, str):
        return [term]
    inner = term.values() if isinstance(term, dict) else term
    return [path for one in inner for path in _paths(one)]


class _Only(NamedTuple):
    """Whether a term looks at nothing but which cells a table has."""

    table: str
    field: str

    def names(self, path: str) -> bool:
        return path.startswith(f"{self.table}.") and set(_FILLED.findall(path)) <= {self.field}

    def asks(self, test: Any) -> bool:
        match test:
            case {"any": [*tests]} | {"all": [*tests]}:
                return all(map(self.asks, tests))
            case {"not": one}:
                return self.asks(one)
            case {"stated": str(path)}:
                return self.names(path)
            case {"one_of": [str(path), [*_]]}:
                return path == self.field
        return False
