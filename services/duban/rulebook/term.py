"""Terms that give a value: numbers, texts and lists of the report."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from duban.rulebook.collection import Collection, compile_collection
from duban.rulebook.days import between
from duban.rulebook.environment import Elements, Environment, Value
from duban.rulebook.path import Cells, compile_cells, compile_path, is_cells
from duban.rulebook.quantity import Quantity, Span, add
from duban.rulebook.together import FactRef, quantity
from duban.rulebook.view import ABSENT, MISSING_ROW, View

ComprehensionTest = Callable[[Any, Environment, str], Callable[[View, Elements], Any]]


def compile_value(term: Any, env: Environment, key: str) -> Value:
    """A term as a function of report and elements; RuleError for what is no value."""
    if isinstance(term, str):
        return compile_path(term, env, key)
    if isinstance(term, int | float) and not isinstance(term, bool):
        return lambda view, elements: term
    if isinstance(term, dict):
        if "for_each" in term:
            return _comprehension(term, env, key)
        if len(term) == 1:
            name, argument = next(iter(term.items()))
            if name in VALUES:
                env.used.add(name)
                return VALUES[name](argument, env, f"{key}.{name}")
    raise env.refusal(key, term, ("字段路径", "数字", *(f"{name}: …" for name in VALUES)))


def compile_number(term: Any, env: Environment, key: str) -> Callable[[View, Elements], Quantity]:
    """A term as a quantity; what is not there at all is an unknown number."""
    value = compile_value(term, env, key)

    def number(view: View, elements: Elements) -> Quantity:
        found = value(view, elements)
        if isinstance(found, FactRef):
            return quantity(found.fact)
        return ABSENT if found is None else found

    return number


def items(argument: Any, env: Environment, key: str) -> list[Any]:
    """The argument as a list; RuleError if it is none."""
    if not isinstance(argument, list) or not argument:
        raise env.refusal(key, argument, ("列表",))
    return argument


def pair(argument: Any, env: Environment, key: str) -> list[Any]:
    """The argument as a list of two; RuleError if it is none."""
    terms = items(argument, env, key)
    if len(terms) != 2:
        raise env.refusal(key, argument, ("两项的列表",))
    return terms


def _sum(argument: Any, env: Environment, key: str) -> Value:
    if isinstance(argument, str):
        if is_cells(argument):
            return _sum_of_cells(compile_cells(argument, env, key))
        values = compile_path(argument, env, key)
        return lambda view, elements: add(values(view, elements) or ())
    numbers = [
        compile_number(item, env, f"{key}[{place}]")
        for place, item in enumerate(items(argument, env, key))
    ]
    return lambda view, elements: add(number(view, elements) for number in numbers)


def _sum_of_cells(cells: Cells) -> Value:
    table, rows = cells.table, cells.rows

    def total(view: View, elements: Elements) -> Quantity:
        keys = cells.keys(view, elements)
        addends = view.addends
        gap = rows is not None and table in view.gapped and view.gap(table, rows(view, elements))
        if not gap:
            try:
                return sum([addends[key] for key in keys])
            except KeyError:
                pass
        quantities: list[Quantity] = [view.addend(key) for key in keys] or [ABSENT]
        return add([*quantities, MISSING_ROW] if gap else quantities)

    return total


def _diff(argument: Any, env: Environment, key: str) -> Value:
    terms = pair(argument, env, key)
    first, second = (compile_number(t, env, f"{key}[{i}]") for i, t in enumerate(terms))

    def difference(view: View, elements: Elements) -> Quantity:
        a, b = first(view, elements), second(view, elements)
        if isinstance(a, Span):
            return Span(-math.inf, None, None, a.why)
        if isinstance(b, Span):
            return Span(-math.inf, None, None, b.why)
        return a - b

    return difference


def _count(argument: Any, env: Environment, key: str) -> Value:
    if isinstance(argument, str):
        values = compile_path(argument, env, key)
        return lambda view, elements: len(values(view, elements) or ())
    listed = compile_value(argument, env, key)
    return lambda view, elements: len(listed(view, elements))


def _comprehension(term: dict[str, Any], env: Environment, key: str) -> Value:
    """`for_each: {x: …}, where: …, take: …` as a list."""
    # Tests hold values and values hold tests: one of the two modules must be asked for late.
    from duban.rulebook.operators import compile_test

    allowed = {"for_each", "where", "take"}
    if set(term) - allowed or "take" not in term:
        raise env.refusal(key, sorted(term), sorted(allowed))
    name, source, inner = bind(term["for_each"], env, f"{key}.for_each")
    test = compile_test(term["where"], inner, f"{key}.where") if "where" in term else None
    take = compile_value(term["take"], inner, f"{key}.take")

    def collect(view: View, elements: Elements) -> list[Any]:
        found = []
        for element in source(view):
            local = {**elements, name: element}
            if test is None or test(view, local) is True:
                found.append(take(view, local))
        return found

    return collect


def bind(term: Any, env: Environment, key: str) -> tuple[str, Collection, Environment]:
    """The variable of a `for_each`, what it goes through, and the names known inside."""
    if not isinstance(term, dict) or len(term) != 1:
        raise env.refusal(key, term, ("变量: 集合",))
    name, source = next(iter(term.items()))
    collection, attributes = compile_collection(source, env, f"{key}.{name}")
    return name, collection, env.with_variable(name, attributes)


def _first(argument: Any, env: Environment, key: str) -> Value:
    """The first of several values that is there at all."""
    values = [
        compile_value(term, env, f"{key}[{place}]")
        for place, term in enumerate(items(argument, env, key))
    ]

    def first(view: View, elements: Elements) -> Any:
        found = (value(view, elements) for value in values)
        return next((value for value in found if value is not None), None)

    return first


def _days(argument: Any, env: Environment, key: str) -> Value:
    """How many days the second day is after the first."""
    terms = pair(argument, env, key)
    first, second = (compile_value(t, env, f"{key}[{i}]") for i, t in enumerate(terms))
    return lambda view, elements: between(first(view, elements), second(view, elements))


def _same_number(argument: Any, env: Environment, key: str) -> Value:
    """Where else in the tables the number of a fact stands: a hint at what went wrong."""
    if not isinstance(argument, dict) or set(argument) != {"as", "among"}:
        raise env.refusal(key, argument, ("as", "among"))
    wanted = compile_number(argument["as"], env, f"{key}.as")
    inner = Environment(env.file, env.lists, env.variables, env.lets, [], env.used)
    among: list[tuple[str, Callable[[View, Elements], Quantity]]] = []
    for place, entry in enumerate(items(argument["among"], env, f"{key}.among")):
        if not isinstance(entry, dict) or set(entry) != {"zh", "value"}:
            raise env.refusal(f"{key}.among[{place}]", entry, ("zh", "value"))
        among.append(
            (entry["zh"], compile_number(entry["value"], inner, f"{key}.among[{place}].value"))
        )

    def hint(view: View, elements: Elements) -> str:
        number = wanted(view, elements)
        if isinstance(number, Span) or number == 0:
            return ""
        found = next((zh for zh, value in among if value(view, elements) == number), None)
        return f"（{number}恰等于{found}）" if found else ""

    return hint


#: Every term that gives a value; an operator serves two rules of the catalogue or says why not.
VALUES: dict[str, Callable[[Any, Environment, str], Value]] = {
    "sum": _sum,
    "diff": _diff,
    "count": _count,
    "first": _first,
    "days": _days,
    "same_number": _same_number,
}
