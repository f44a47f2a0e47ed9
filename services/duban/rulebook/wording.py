"""Tests of words: patterns in a text, names of agencies, what a number of the prose counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from duban.domain.text import normal
from duban.rulebook.environment import Elements, Environment, Test
from duban.rulebook.name import names_same_body, one_character_apart
from duban.rulebook.path import compile_path
from duban.rulebook.quantity import Verdict
from duban.rulebook.term import compile_value, pair
from duban.rulebook.view import View


def matches(argument: Any, env: Environment, key: str) -> Test:
    """A text, in normal form, holds one of the patterns of a list."""
    term, given = pair(argument, env, key)
    text = compile_value(term, env, f"{key}[0]")
    if isinstance(given, str) and given.startswith("$"):
        patterns = env.words(given[1:], f"{key}[1]")
        fixed = re.compile("|".join(f"(?:{pattern})" for pattern in patterns))
        find: Callable[[View, Elements], re.Pattern[str]] = lambda view, elements: fixed  # noqa: E731
    else:
        listed = compile_value(given, env, f"{key}[1]")
        find = lambda view, elements: re.compile("|".join(listed(view, elements) or ("$^",)))  # noqa: E731

    def test(view: View, elements: Elements) -> Verdict:
        found = text(view, elements)
        return bool(found) and find(view, elements).search(normal(found)) is not None

    return test


def same_body(argument: Any, env: Environment, key: str) -> Test:
    """A printed name means one of the agency's names, short and former names included."""
    terms = pair(argument, env, key)
    printed, known = (compile_value(term, env, f"{key}[{i}]") for i, term in enumerate(terms))

    def test(view: View, elements: Elements) -> Verdict:
        name, names = printed(view, elements), known(view, elements)
        if not name or not names:
            return "报告或名册中没有单位名称"
        return any(names_same_body(name, other) for other in names)

    return test


def near_name(argument: Any, env: Environment, key: str) -> Test:
    """A printed name differs from one of the agency's names in one character."""
    terms = pair(argument, env, key)
    printed, known = (compile_value(term, env, f"{key}[{i}]") for i, term in enumerate(terms))

    def test(view: View, elements: Elements) -> Verdict:
        name = printed(view, elements) or ""
        return any(one_character_apart(name, other) for other in known(view, elements))

    return test


_REGIONAL = ("prov_gov", "pref_gov", "county_gov")
_OTHER_CASES = frozenset(("including", "excluding", "assisted", "registered"))
_OWN_AREA = ("全镇", "全乡", "全街道")


def other_scope(argument: Any, env: Environment, key: str) -> Test:
    """A number counts more or fewer cases than the report itself (3.12.3(10), 3.12.4(1)).

    A government's report covers its region, so 全区 is its own scope and 本机关 a narrower one;
    for every other body it is the other way round. Of an unknown kind both may be another scope.
    """
    found = compile_path(str(argument), env, key)

    def test(view: View, elements: Elements) -> Verdict:
        stated = found(view, elements)
        qualifiers = stated.attribute("qualifiers")
        if not _OTHER_CASES.isdisjoint(qualifiers):
            return True
        kind = view.about.kind
        if "own_office" in qualifiers and (kind is None or kind in _REGIONAL):
            return True
        words = stated.attribute("scope")
        own_area = any(word.startswith(_OWN_AREA) for word in words)
        return "region_wide" in qualifiers and kind not in _REGIONAL and not own_area

    return test
