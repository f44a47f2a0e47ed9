"""Which reports a rule speaks of: their years, the kinds of agencies, and what must be readable."""

from __future__ import annotations

import re
from functools import lru_cache

from duban.rulebook.environment import Environment
from duban.rulebook.needs import unmet
from duban.rulebook.rule import Rule
from duban.rulebook.view import View

_YEARS = re.compile(r"all|(?P<from>\d{4})(?:(?P<open>\+)|-(?P<to>\d{4}))?|<=(?P<until>\d{4})")
_KNOWN = 256  # years and kinds met; few come in one archive

Beyond = tuple[str, str]  # an outcome, and why


class Reach:
    """The reach of one rule; RuleError where its years make no sense."""

    def __init__(self, rule: Rule, env: Environment) -> None:
        self._rule = rule
        self._first, self._last = _years(rule, env)
        self._out_of_bounds = lru_cache(maxsize=_KNOWN)(self._beyond_bounds)

    def beyond(self, view: View) -> Beyond | None:
        """Why the rule says nothing of this report, if so: outcome and reason."""
        found = self._out_of_bounds(view.about.year, view.about.kind)
        needs = self._rule.needs
        if found is not None or not needs:
            return found
        lacking = view.lacking
        if needs not in lacking:  # many rules need the same
            lacking[needs] = unmet(needs, view)
        reason = lacking[needs]
        return ("cannot_tell", reason) if reason else None

    def _beyond_bounds(self, year: int | None, kind: str | None) -> Beyond | None:
        rule = self._rule
        if rule.years != "all":
            if year is None:
                return "cannot_tell", "报告年度不明，无法确定规则是否适用"
            if not self._first <= year <= self._last:
                return "not_applicable", f"规则适用于{rule.years}年度的报告"
        if rule.kinds != "all":
            if kind is None:
                return "cannot_tell", "单位类别不明，无法确定规则是否适用"
            if kind not in rule.kinds:
                return "not_applicable", "规则不适用于该类单位"
        return None


def _years(rule: Rule, env: Environment) -> tuple[int, int]:
    found = _YEARS.fullmatch(rule.years)
    if found is None:
        raise env.refusal("$.years", rule.years, ("all", "2019+", "2019", "2019-2020", "<=2018"))
    low = int(found["from"] or 0)
    high = int(found["to"] or found["until"] or (low if low and not found["open"] else 9999))
    return low, high
