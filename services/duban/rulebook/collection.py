"""What `for_each` goes through: rows, cells, facts, headings, or the entries of a word list."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from duban.domain.report import Fact
from duban.rulebook.environment import Environment
from duban.rulebook.table import CELL_ATTRIBUTES, ROW_ATTRIBUTES, SECTION_ATTRIBUTES, RowRef
from duban.rulebook.together import FactRef, Together
from duban.rulebook.view import TABLES, View

Collection = Callable[[View], Iterable[Any]]  # whatever else is bound
Compiled = tuple[Collection, frozenset[str]]

_ANYTHING = frozenset("*")
_TOGETHER_KEYS = ("with", "without")


def compile_collection(term: Any, env: Environment, key: str) -> Compiled:
    """The elements a term names, and the attributes each of them has."""
    if isinstance(term, str) and term.startswith("$"):
        return _of_list(term[1:], env, key)
    if isinstance(term, dict) and len(term) == 1:
        kind, argument = next(iter(term.items()))
        if kind in COLLECTIONS:
            env.used.add(kind)
            return COLLECTIONS[kind](argument, env, f"{key}.{kind}")
    raise env.refusal(key, term, ("$词表", *(f"{name}: …" for name in COLLECTIONS)))


def _of_list(name: str, env: Environment, key: str) -> Compiled:
    words = env.words(name, key)
    attributes = {attribute for word in words if isinstance(word, dict) for attribute in word}
    return (lambda view: words), frozenset(attributes)


def _rows(argument: Any, env: Environment, key: str) -> Compiled:
    if argument not in TABLES:
        raise env.refusal(key, argument, TABLES)

    def rows(view: View) -> Iterable[RowRef]:
        table = view.tables.get(argument)
        return table.rows if table else ()

    return rows, ROW_ATTRIBUTES


def _cells(argument: Any, env: Environment, key: str) -> Compiled:
    names = argument if isinstance(argument, list) else [argument]
    if not set(names) <= set(TABLES):
        raise env.refusal(key, argument, TABLES)
    return (
        lambda view: [cell for name in names for cell in view.cells(name)],
        CELL_ATTRIBUTES,
    )


def _sections(argument: Any, env: Environment, key: str) -> Compiled:
    if argument not in ("all", "parts"):
        raise env.refusal(key, argument, ("all", "parts"))
    if argument == "all":
        return (lambda view: view.report.sections), SECTION_ATTRIBUTES
    return (
        lambda view: [s for s in view.report.sections if s.part is not None],
        SECTION_ATTRIBUTES,
    )


def _facts(argument: Any, env: Environment, key: str) -> Compiled:
    names = _names(argument, env, key)

    def facts(view: View) -> Iterable[FactRef]:
        return [FactRef(fact, view) for name in names for fact in view.facts.get(name, ())]

    return facts, FactRef.ATTRIBUTES


def _grouped(unit: str) -> Callable[[Any, Environment, str], Compiled]:
    """Facts `with` one of the names, gathered by clause or sentence; `without` a circumstance."""

    def grouped(argument: Any, env: Environment, key: str) -> Compiled:
        if not isinstance(argument, dict) or not {"with"} <= set(argument) <= set(_TOGETHER_KEYS):
            raise env.refusal(key, argument, _TOGETHER_KEYS)
        names = frozenset(_names(argument["with"], env, f"{key}.with"))
        without = frozenset(_names(argument.get("without", []), env, f"{key}.without"))

        def groups(view: View) -> Iterable[Together]:
            if names.isdisjoint(view.facts):
                return []
            kept = [f for f in view.report.facts if without.isdisjoint(f.qualifiers)]
            found: dict[int, list[Fact]] = {}
            for fact in kept:
                if fact.name in names:
                    found.setdefault(getattr(fact, unit), []).append(fact)
            return [Together(facts, kept) for facts in found.values()]

        return groups, _ANYTHING

    return grouped


def _names(argument: Any, env: Environment, key: str) -> tuple[str, ...]:
    """Names given one by one, or as a word list of plain words."""
    names: list[str] = []
    for item in argument if isinstance(argument, list) else [argument]:
        if not isinstance(item, str):
            raise env.refusal(key, item, ("名称", "$词表"))
        names.extend(map(str, env.words(item[1:], key)) if item.startswith("$") else (item,))
    return tuple(names)


#: `rows` and `cells` of a table; `sections`; `facts` of a name; facts that stand together.
COLLECTIONS: dict[str, Callable[[Any, Environment, str], Compiled]] = {
    "rows": _rows,
    "cells": _cells,
    "sections": _sections,
    "facts": _facts,
    "clauses": _grouped("clause"),
    "sentences": _grouped("sentence"),
}
