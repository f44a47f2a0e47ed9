"""The smallest set of cells that explains every broken identity of a system of equations.

Each broken equation holds at least one wrong cell. Sets of cells are tried in order of size;
a new cell is always taken from an equation that the chosen ones cannot mend, so no smaller set
is overlooked. A set is an explanation if new whole numbers of at least 0 in its cells make every
equation hold. Only a single smallest explanation accuses a cell.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from duban.rulebook.linear import Equation

LARGEST = 4  # cells in an explanation; beyond that nothing is told
STEPS = 6_000  # sets tried before giving up


class Explanation(NamedTuple):
    """Cells and what they should be."""

    proposed: dict[str, int | float]


class Diagnosis(NamedTuple):
    """The one smallest explanation (None: several, or none found) and one of its size."""

    only: Explanation | None
    example: Explanation | None


class _UndecidedError(Exception):
    """The search cannot be finished, or a set of cells admits several numbers."""


def diagnose(equations: list[Equation], numbers: dict[str, int | float]) -> Diagnosis:
    """Explain why some equations do not hold by cells whose numbers would mend them all."""
    if any(not equation.holds and not equation.exact for equation in equations):
        return Diagnosis(None, None)
    search = _Search(equations, numbers)
    for size in range(1, LARGEST + 1):
        try:
            found = search.of_size(size)
        except _UndecidedError:
            return Diagnosis(None, None)
        if found:
            return Diagnosis(found[0] if len(found) == 1 else None, found[0])
    return Diagnosis(None, None)


class _Search:
    def __init__(self, equations: list[Equation], numbers: dict[str, int | float]) -> None:
        self.equations = equations
        self.numbers = numbers
        self.broken = [i for i, equation in enumerate(equations) if not equation.holds]
        self.of_cell = _by_cell(tuple([equation.cells for equation in equations]))
        self.settled = {i for i, e in enumerate(equations) if e.exact and e.low == 0}
        self.steps = 0

    def of_size(self, size: int) -> list[Explanation]:
        """The explanations of exactly `size` cells; two are enough to know it is not the only."""
        found: list[Explanation] = []
        seen: set[frozenset[str]] = set()
        for cells in self._sets((), size, seen):
            explanation = self._solve(cells)
            if explanation is not None:
                found.append(explanation)
                if len(found) == 2:
                    break
        return found

    def _sets(
        self, chosen: tuple[str, ...], size: int, seen: set[frozenset[str]]
    ) -> Iterator[tuple[str, ...]]:
        key = frozenset(chosen)
        if key in seen:
            return
        seen.add(key)
        self.steps += 1
        if self.steps > STEPS:
            raise _UndecidedError
        if len(chosen) == size:
            if all(any(cell in self.equations[i].factors for cell in chosen) for i in self.broken):
                yield chosen
            return
        for cell in self._next(chosen, size - len(chosen)):
            if cell not in chosen:
                yield from self._sets((*chosen, cell), size, seen)

    def _next(self, chosen: tuple[str, ...], left: int) -> list[str]:
        """Cells one of which must be added to the chosen ones."""
        missed = [
            i for i in self.broken if not any(cell in self.equations[i].factors for cell in chosen)
        ]
        if missed:
            widest = max((len(self.of_cell[c]) for i in missed for c in self._cells(i)), default=0)
            if len(missed) > left * widest:
                return []
            return self._cells(min(missed, key=lambda i: len(self.equations[i].factors)))
        touched = {i for cell in chosen for i in self.of_cell[cell]}
        return [cell for i in sorted(touched) for cell in self._cells(i)]

    def _cells(self, i: int) -> list[str]:
        return [cell for cell in self.equations[i].factors if cell in self.numbers]

    def _solve(self, cells: tuple[str, ...]) -> Explanation | None:
        """New numbers for exactly these cells, each changed, that make every equation hold."""
        if self._must_stay(cells):
            return None
        touched = sorted({i for cell in cells for i in self.of_cell[cell]})
        rows = [
            [*(equation.factors.get(cell, 0) for cell in cells), -(equation.low or 0)]
            for equation in map(self.equations.__getitem__, touched)
            if equation.exact
        ]
        changes = _eliminate(rows, len(cells))
        if changes is None:
            return None
        proposed: dict[str, int | float] = {}
        for cell, change in zip(cells, changes, strict=True):
            value = self.numbers[cell] + change
            if change == 0 or value < 0 or value != int(value):
                return None
            proposed[cell] = int(value)
        by_cell = dict(zip(cells, changes, strict=True))
        return Explanation(proposed) if self._mended(touched, by_cell) else None

    def _must_stay(self, cells: tuple[str, ...]) -> bool:
        """Whether an exact equation that holds has just one of the cells: it cannot change."""
        times = Counter(i for cell in cells for i in self.of_cell[cell])
        return any(count == 1 and i in self.settled for i, count in times.items())

    def _mended(self, touched: list[int], changes: dict[str, int | float]) -> bool:
        for i in touched:
            equation = self.equations[i]
            shift = sum(equation.factors.get(cell, 0) * change for cell, change in changes.items())
            if equation.low is not None and equation.low + shift > 0:
                return False
            if equation.high is not None and equation.high + shift < 0:
                return False
        return True


@lru_cache(maxsize=128)  # nearly every report has the identities of the form, and no others
def _by_cell(equations: tuple[frozenset[str], ...]) -> dict[str, list[int]]:
    """In which equations each cell stands."""
    found: dict[str, list[int]] = {}
    for i, cells in enumerate(equations):
        for cell in cells:
            found.setdefault(cell, []).append(i)
    return found


def _eliminate(rows: list[list[int | float]], width: int) -> list[int | float] | None:
    """The one solution of the rows (factors, then right side); None if there is none.

    Factors are whole, so rows are combined without division. A change that is no whole number
    is no solution: counts are whole. Raises _UndecidedError if there are many solutions.
    """
    rows = [list(row) for row in rows]
    rank = 0
    for column in range(width):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        top = rows[rank]
        for i, row in enumerate(rows):
            times = row[column]
            if i != rank and times:
                rows[i] = [a * top[column] - b * times for a, b in zip(row, top, strict=True)]
        rank += 1
    if any(row[-1] for row in rows[rank:]):
        return None
    if rank < width:
        raise _UndecidedError
    changes: list[int | float] = []
    for i in range(width):
        right, factor = rows[i][-1], rows[i][i]
        if right % factor:
            return None
        changes.append(right // factor)
    return changes
