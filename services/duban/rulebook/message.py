"""Messages with `{…}` filled in from the terms of the rule."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

from duban.domain.finding import Scalar
from duban.rulebook.days import Days
from duban.rulebook.environment import Elements, Environment
from duban.rulebook.path import compile_path
from duban.rulebook.quantity import Span, shown
from duban.rulebook.view import View

_PLACE = re.compile(r"\{([^{}]+)\}")
Render = Callable[[View, Elements, Scalar, Scalar], str]
OF_THE_FAILURE = ("expected", "actual", "delta")


class Manner(NamedTuple):
    """How a language writes lists, an empty list, what is not known, days, and ranges."""

    comma: str
    nothing: str
    unknown: str
    day: Callable[[str], str]
    to: str


def _chinese_day(day: str) -> str:
    year, month, of_month = day.split("-")
    return f"{year}年{int(month)}月{int(of_month)}日"


CHINESE = Manner("、", "无", "未知", _chinese_day, "至")
ENGLISH = Manner(", ", "none", "unknown", str, " to ")


def display(value: Any, manner: Manner) -> str:
    """A value as a reader sees it: whole numbers without decimals, the entries of a list."""
    if value is None:
        return manner.unknown
    if isinstance(value, Days):
        return _range(value.earliest, value.latest, manner.day, manner)
    if isinstance(value, Span) and value.is_range:
        return _range(value.low, value.high, str, manner)
    if isinstance(value, list | tuple) and not isinstance(value, Span):
        return manner.comma.join(display(item, manner) for item in value) or manner.nothing
    if isinstance(value, int | float | Span):
        return f"{shown(value)}"
    return str(value)


def _range(low: Any, high: Any, words: Callable[[Any], str], manner: Manner) -> str:
    if low == high:
        return words(high)
    return f"{manner.unknown if low is None else words(low)}{manner.to}{words(high)}"


def compile_message(text: str, env: Environment, key: str, manner: Manner) -> Render:
    """The text as a function of report, elements, expected and actual value."""
    pieces = _PLACE.split(text)
    fixed, names = pieces[0::2], pieces[1::2]
    values = [None if n in OF_THE_FAILURE else compile_path(n, env, key) for n in names]

    def render(view: View, elements: Elements, expected: Scalar, actual: Scalar) -> str:
        own: dict[str, Any] = {"expected": expected, "actual": actual}
        out = [fixed[0]]
        for name, value, after in zip(names, values, fixed[1:], strict=True):
            if value is not None:
                out.append(display(value(view, elements), manner))
            elif name == "delta":
                out.append(_delta(expected, actual, manner))
            else:
                out.append(display(own[name], manner))
            out.append(after)
        return "".join(out)

    return render


def _delta(expected: Scalar, actual: Scalar, manner: Manner) -> str:
    if isinstance(expected, int | float) and isinstance(actual, int | float):
        return display(round(abs(actual - expected), 6), manner)
    return manner.unknown
