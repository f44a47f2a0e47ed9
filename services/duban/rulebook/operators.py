"""The tests a rule may make. Each gives True, False, or a sentence why it cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from duban.rulebook.days import on_or_before
from duban.rulebook.environment import Elements, Environment, Test
from duban.rulebook.path import compile_cells, compile_path, is_cells
from duban.rulebook.quantity import Quantity, Span, Verdict, at_least, equal
from duban.rulebook.term import compile_number, compile_value, items, pair
from duban.rulebook.together import APPROXIMATION, FactRef
from duban.rulebook.view import TABLES, View
from duban.rulebook.wording import matches, near_name, other_scope, same_body


def compile_test(term: Any, env: Environment, key: str) -> Test:
    """A term as a test; RuleError for what is none."""
    if isinstance(term, dict) and len(term) == 1:
        name, argument = next(iter(term.items()))
        if name in TESTS:
            env.used.add(name)
            return TESTS[name](argument, env, f"{key}.{name}")
    raise env.refusal(key, term, (f"{name}: …" for name in TESTS))


def _tests(argument: Any, env: Environment, key: str) -> list[Test]:
    return [
        compile_test(term, env, f"{key}[{place}]")
        for place, term in enumerate(items(argument, env, key))
    ]


def _all(argument: Any, env: Environment, key: str) -> Test:
    tests = _tests(argument, env, key)

    def test(view: View, elements: Elements) -> Verdict:
        unknown: Verdict = True
        for one in tests:
            verdict = one(view, elements)
            if verdict is False:
                return False
            if verdict is not True:
                unknown = verdict
        return unknown

    return test


def _any(argument: Any, env: Environment, key: str) -> Test:
    tests = _tests(argument, env, key)

    def test(view: View, elements: Elements) -> Verdict:
        unknown: Verdict = False
        for one in tests:
            verdict = one(view, elements)
            if verdict is True:
                return True
            if verdict is not False:
                unknown = verdict
        return unknown

    return test


def _not(argument: Any, env: Environment, key: str) -> Test:
    inner = compile_test(argument, env, key)

    def test(view: View, elements: Elements) -> Verdict:
        verdict = inner(view, elements)
        return not verdict if isinstance(verdict, bool) else verdict

    return test


def _equal(argument: Any, env: Environment, key: str) -> Test:
    terms = pair(argument, env, key)
    first, second = (compile_value(term, env, f"{key}[{i}]") for i, term in enumerate(terms))

    def test(view: View, elements: Elements) -> Verdict:
        a, b = first(view, elements), second(view, elements)
        if type(a) is int and type(b) is int:
            return a == b
        if a is None or b is None:
            return "缺少用于比较的内容"
        return bool(a == b) if isinstance(a, str) else equal(a, b)

    return test


def _at_least(argument: Any, env: Environment, key: str) -> Test:
    terms = pair(argument, env, key)
    first, second = (compile_number(term, env, f"{key}[{i}]") for i, term in enumerate(terms))
    return lambda view, elements: at_least(first(view, elements), second(view, elements))


def _balance(argument: Any, env: Environment, key: str) -> Test:
    """An identity of table cells; the diagnosis solves all of one `system` together."""
    if not isinstance(argument, dict) or set(argument) != {"left", "right"}:
        raise env.refusal(key, argument, ("left", "right"))
    left = compile_number(argument["left"], env, f"{key}.left")
    right = compile_number(argument["right"], env, f"{key}.right")
    return lambda view, elements: equal(left(view, elements), right(view, elements))


def _agrees(argument: Any, env: Environment, key: str) -> Test:
    """A number of the prose against the first, or any other, number the tables admit for it."""
    if not isinstance(argument, dict) or set(argument) != {"stated", "accepted"}:
        raise env.refusal(key, argument, ("stated", "accepted"))
    stated = compile_value(argument["stated"], env, f"{key}.stated")
    accepted = [
        compile_number(term, env, f"{key}.accepted[{place}]")
        for place, term in enumerate(items(argument["accepted"], env, f"{key}.accepted"))
    ]

    def test(view: View, elements: Elements) -> Verdict:
        fact = stated(view, elements)
        unknown: Verdict = False
        for number in accepted:
            verdict = _near(fact, number(view, elements))
            if verdict is True:
                return True
            if verdict is not False:
                unknown = verdict
        return unknown

    return test


def _near(stated: Any, number: Quantity) -> Verdict:
    if not isinstance(stated, FactRef):
        return equal(stated, number)
    fact = stated.fact
    if not fact.approximate:
        return equal(fact.value, number)
    if isinstance(number, Span):
        return number.why
    return abs(fact.value - number) <= APPROXIMATION * max(abs(fact.value), abs(number))


def _one_of(argument: Any, env: Environment, key: str) -> Test:
    """A value, or one entry of a list of values, is among the given words or numbers."""
    term, given = pair(argument, env, key)
    value = compile_value(term, env, f"{key}[0]")
    if isinstance(given, list):
        words = frozenset(given)
        known: Callable[[View, Elements], Any] = lambda view, elements: words  # noqa: E731
    else:
        known = compile_value(given, env, f"{key}[1]")

    def test(view: View, elements: Elements) -> Verdict:
        found, allowed = value(view, elements), known(view, elements) or ()
        if found is None:
            return False
        if isinstance(found, tuple | list):
            return any(item in allowed for item in found)
        return found in allowed

    return test


def _present(argument: Any, env: Environment, key: str) -> Test:
    """Something is there: a heading, a table, a text that is not empty, a list with entries."""
    value = compile_value(argument, env, key)

    def test(view: View, elements: Elements) -> Verdict:
        found = value(view, elements)
        return found is not None and found not in ("", (), [])

    return test


def _stated(argument: Any, env: Environment, key: str) -> Test:
    """Each cell the path names prints a number."""
    if not is_cells(argument):
        raise env.refusal(key, argument, (f"{table}.…" for table in TABLES))
    cells = compile_cells(argument, env, key)
    keys = cells.keys
    if cells.single:
        return lambda view, elements: keys(view, elements)[0] in view.numbers
    return lambda view, elements: all(path in view.numbers for path in keys(view, elements))


def _holds(argument: Any, env: Environment, key: str) -> Test:
    """A yes-or-no field of the report says yes."""
    value = compile_path(str(argument), env, key)
    return lambda view, elements: bool(value(view, elements))


def _within(argument: Any, env: Environment, key: str) -> Test:
    """Two numbers differ by no more than a count, or a share of the second, whichever is more.

    One rule uses it now; stated percentages will be compared with their rounding the same way.
    """
    if not isinstance(argument, dict) or set(argument) != {"values", "count", "percent"}:
        raise env.refusal(key, argument, ("values", "count", "percent"))
    terms = pair(argument["values"], env, f"{key}.values")
    first, second = (compile_number(t, env, f"{key}.values[{i}]") for i, t in enumerate(terms))
    count, share = argument["count"], argument["percent"] / 100

    def test(view: View, elements: Elements) -> Verdict:
        a, b = first(view, elements), second(view, elements)
        if isinstance(a, Span):
            return a.why
        return b.why if isinstance(b, Span) else bool(abs(a - b) <= max(count, share * abs(b)))

    return test


def _on_or_before(argument: Any, env: Environment, key: str) -> Test:
    """The first day is not after the second; days known only within bounds may leave it open."""
    terms = pair(argument, env, key)
    first, second = (compile_value(t, env, f"{key}[{i}]") for i, t in enumerate(terms))
    return lambda view, elements: on_or_before(first(view, elements), second(view, elements))


def _whole(argument: Any, env: Environment, key: str) -> Test:
    """A number, if one is printed, has no decimals.

    One rule uses it now; amounts in whole steps of ten yuan will be asked the same way.
    """
    number = compile_value(argument, env, key)

    def test(view: View, elements: Elements) -> Verdict:
        value = number(view, elements)
        return not isinstance(value, float) or value.is_integer()

    return test


def _increasing(argument: Any, env: Environment, key: str) -> Test:
    """Each number is larger than the one before."""
    numbers = compile_value(argument, env, key)

    def test(view: View, elements: Elements) -> Verdict:
        found: Sequence[int] = numbers(view, elements)
        return all(a < b for a, b in pairwise(found))

    return test


#: Every test; docs/reference/rule-files.md describes each, the corpus test counts their uses.
TESTS: dict[str, Callable[[Any, Environment, str], Test]] = {
    "all": _all,
    "any": _any,
    "not": _not,
    "equal": _equal,
    "at_least": _at_least,
    "balance": _balance,
    "agrees": _agrees,
    "one_of": _one_of,
    "present": _present,
    "stated": _stated,
    "holds": _holds,
    "whole": _whole,
    "within": _within,
    "on_or_before": _on_or_before,
    "increasing": _increasing,
    "matches": matches,
    "same_body": same_body,
    "near_name": near_name,
    "other_scope": other_scope,
}

#: Terms that one rule uses so far, and why they are words of the language all the same.
USED_ONCE: dict[str, str] = {
    "whole": "a count and an amount in fixed steps are asked the same way",
    "within": "shares and percentages of the text are compared with their rounding alike",
    "increasing": "only the six parts have an order",
    "near_name": "a misread character can stand in any printed name",
    "same_number": "every comparison of prose and table may hint at where a number came from",
    "clauses": "reconsiderations are added up like suits",
}
