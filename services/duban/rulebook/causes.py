"""Broken identities put together by their common cause."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from duban.domain.finding import Suspect
from duban.rulebook.diagnosis import Diagnosis, diagnose
from duban.rulebook.evaluation import Compiled
from duban.rulebook.grouping import Cause
from duban.rulebook.linear import Equation
from duban.rulebook.slip import why
from duban.rulebook.tally import Broken
from duban.rulebook.view import View


class _Identity:
    """One equation of the system, and the broken assertion it belongs to, if it failed."""

    def __init__(self, equation: Equation, broken: Broken | None) -> None:
        self.equation = equation
        self.broken = broken


def by_cause(rules: Iterable[Compiled], broken: list[Broken], view: View) -> list[Cause]:
    """The broken assertions of the rules of one linear system, grouped by cause."""
    identities = _identities(rules, broken, view)
    causes: list[Cause] = []
    for island in _islands(identities):
        failing = [one for one in island if one.broken is not None]
        if failing:
            diagnosis = diagnose([one.equation for one in island], view.numbers)
            causes.extend(_causes(failing, island, diagnosis, view))
    told = {id(one) for cause in causes for one in cause.broken}
    causes.extend(Cause([one]) for one in broken if id(one) not in told)
    order = {id(one): place for place, one in enumerate(broken)}
    return sorted(causes, key=lambda cause: order[id(cause.broken[0])])


def _identities(rules: Iterable[Compiled], broken: list[Broken], view: View) -> list[_Identity]:
    identities = []
    for compiled in rules:
        if compiled.linear is None or compiled.reach.beyond(view):
            continue
        pending = [one for one in broken if one.rule is compiled.rule]
        for elements, equation in compiled.equations(view):
            own = next((one for one in pending if one.elements == elements), None)
            if own is not None and equation.holds:
                continue
            identities.append(_Identity(equation, own))
    return identities


def _islands(identities: list[_Identity]) -> list[list[_Identity]]:
    """Identities that are linked through shared cells, step by step."""
    islands = linked(tuple([one.equation.cells for one in identities]))
    return [[identities[place] for place in places] for places in islands]


def _causes(
    failing: list[_Identity], island: list[_Identity], diagnosis: Diagnosis, view: View
) -> list[Cause]:
    explanation = diagnosis.only or diagnosis.example
    cells = [one.equation.cells for one in failing]
    if explanation is None:
        return [Cause(_broken(failing, places)) for places in linked(tuple(cells))]
    wrong = list(explanation.proposed)
    ties: list[frozenset[str]] = [
        frozenset(cell for cell in wrong if cell in one.equation.factors) for one in island
    ]
    joined = _linked_cells(wrong, ties)
    if diagnosis.only is None:
        keys = [
            frozenset((*group, *joined.get(next(iter(group & set(wrong)), ""), ())))
            for group in cells
        ]
        return [Cause(_broken(failing, places)) for places in linked(tuple(keys))]
    causes = []
    for together in {frozenset(group) for group in joined.values()}:
        suspects = tuple(cell for cell in wrong if cell in together)
        mended = [at for at, one in enumerate(failing) if together & one.equation.cells]
        proposed = {cell: diagnosis.only.proposed[cell] for cell in suspects}
        suspect = Suspect(suspects, proposed, why(view, suspects, proposed))
        causes.append(Cause(_broken(failing, mended), suspect))
    return causes


def _broken(identities: list[_Identity], places: Iterable[int]) -> list[Broken]:
    found = [identities[place].broken for place in places]
    return [one for one in found if one is not None]


@lru_cache(maxsize=128)  # nearly every report has the identities of the form, and no others
def linked(keys: tuple[frozenset[str], ...]) -> tuple[tuple[int, ...], ...]:
    """Places in groups: two stand together if their sets share a key, or a third links them."""
    group_of: dict[str, int] = {}
    groups: list[tuple[set[str], list[int]]] = []  # keys and places; emptied where it was merged
    for place, own in enumerate(keys):
        near = {group_of[key] for key in own if key in group_of}
        target = max(near, key=lambda one: len(groups[one][0]), default=len(groups))
        if target == len(groups):
            groups.append((set(), []))
        for other in near - {target}:
            group_of.update(dict.fromkeys(groups[other][0], target))
            groups[target][0].update(groups[other][0])
            groups[target][1].extend(groups[other][1])
            groups[other] = (set(), [])
        group_of.update(dict.fromkeys(own, target))
        groups[target][0].update(own)
        groups[target][1].append(place)
    return tuple([tuple(sorted(places)) for _, places in groups if places])


def _linked_cells(cells: list[str], ties: list[frozenset[str]]) -> dict[str, set[str]]:
    """Each cell with all cells that some identity ties to it."""
    groups = {cell: {cell} for cell in cells}
    for tie in ties:
        merged = set().union(*(groups[cell] for cell in tie)) if tie else set()
        for cell in merged:
            groups[cell] = merged
    return groups
