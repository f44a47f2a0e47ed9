"""One rule compiled: which elements it goes through, what it asserts of each, what failed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product
from typing import Any

from duban.domain.finding import Severity
from duban.errors import RuleError
from duban.rulebook.collection import Collection
from duban.rulebook.environment import Elements, Environment, Test, Value
from duban.rulebook.glance import passes_plain_cells, values_of_rows
from duban.rulebook.grounds import quote_and_place, scalar
from duban.rulebook.identities import Identities, table_of
from duban.rulebook.linear import Equation, Linear, compile_linear
from duban.rulebook.message import CHINESE, ENGLISH, Render, compile_message
from duban.rulebook.operators import compile_test
from duban.rulebook.reach import Reach
from duban.rulebook.rule import Rule
from duban.rulebook.subject import digest, fingerprint, printed, subject
from duban.rulebook.tally import Broken, Tally
from duban.rulebook.term import bind, compile_value
from duban.rulebook.view import TABLES, View

NOTHING = "报告中没有需要核对的内容"
_DEFAULTS = {  # which sides of a check are what is expected and what is there
    "balance": ("left", "right"),
    "agrees": ("accepted", "stated"),
    "equal": (1, 0),
    "at_least": (1, 0),
}


class _Severity:
    """A conditional severity with its own words, compiled."""

    def __init__(self, severity: Severity, when: Test, zh: Render, en: Render) -> None:
        self.severity, self.when, self.zh, self.en = severity, when, zh, en


class Compiled:
    """A rule ready to judge; RuleError where its terms make no sense."""

    def __init__(self, rule: Rule, file: str, lists: dict[str, tuple[Any, ...]]) -> None:
        self.rule = rule
        env = Environment(file, lists)
        self._sources: list[tuple[str, Collection]] = []
        for name, term in rule.for_each.items():
            name, source, env = bind({name: term}, env, "$.for_each")
            self._sources.append((name, source))
        for name, term in rule.let.items():
            env.lets[name] = compile_value(term, env, f"$.let.{name}")
        env.touched.clear()
        self._where = compile_test(rule.where, env, "$.where") if rule.where else None
        self._check = compile_test(rule.check, env, "$.check")
        self._asks_peculiar_only = self._passes_plain_cells()
        self._rows = self._asked_of_rows()
        expected, actual = self._sides(env)
        self._touched = tuple(env.touched)
        self._expected, self._actual = expected, actual
        self._assuming = [
            (compile_test(item.that, env, f"$.assuming[{i}].that"), item.because)
            for i, item in enumerate(rule.assuming)
        ]
        self._except = [
            (compile_test(item.when, env, f"$.except[{i}].when"), item.because, item.outcome)
            for i, item in enumerate(rule.except_)
        ]
        zh = compile_message(rule.message.zh, env, "$.message.zh", CHINESE)
        en = compile_message(rule.message.en, env, "$.message.en", ENGLISH)
        self._messages = (zh, en)
        self._severities = [
            self._severity(item, env, i) for i, item in enumerate(rule.severity_when)
        ]
        self._group = compile_value(rule.group_by, env, "$.group_by") if rule.group_by else None
        self.linear: Linear | None = None
        if rule.system is not None:
            if not isinstance(rule.check, dict) or "balance" not in rule.check:
                raise env.refusal("$.system", rule.system, ("只用于 check 为 balance 的规则",))
            self.linear = compile_linear(rule.check["balance"], env, "$.check.balance")
        self._identities = self._compile_identities()
        self.reach = Reach(rule, env)
        self.operators = frozenset(env.used)

    def _passes_plain_cells(self) -> bool:
        rule = self.rule
        if len(rule.for_each) != 1 or rule.where or rule.assuming:
            return False
        name, source = next(iter(rule.for_each.items()))
        overall = isinstance(source, dict) and source.get("cells") == list(TABLES)
        return overall and passes_plain_cells(rule.check, name)

    def _asked_of_rows(self) -> tuple[str, int] | None:
        """The table whose rows are only asked for their number of value cells, and that number."""
        rule = self.rule
        if len(rule.for_each) != 1 or rule.where or rule.assuming:
            return None
        name, source = next(iter(rule.for_each.items()))
        values = values_of_rows(rule.check, name)
        if not isinstance(source, dict) or set(source) != {"rows"} or values is None:
            return None
        return source["rows"], values

    def _compile_identities(self) -> Identities | None:
        table = table_of(self.rule) if self.linear is not None else None
        if table is None or self.linear is None:
            return None
        return Identities(table, self.linear, self.elements, [that for that, _ in self._assuming])

    def _sides(self, env: Environment) -> tuple[Value, Value]:
        rule, check = self.rule, self.rule.check
        operator = next(iter(check)) if isinstance(check, dict) and len(check) == 1 else None
        chosen: list[Any] = [rule.expected, rule.actual]
        if operator in _DEFAULTS:
            for place, side in enumerate(_DEFAULTS[operator]):
                if chosen[place] is None:
                    term = check[operator][side]
                    chosen[place] = term[0] if side == "accepted" else term
        values = [
            (lambda view, elements: None) if term is None else compile_value(term, env, key)
            for term, key in zip(chosen, ("$.expected", "$.actual"), strict=True)
        ]
        return values[0], values[1]

    def _severity(self, item: Any, env: Environment, place: int) -> _Severity:
        key = f"$.severity_when[{place}]"
        zh, en = self._messages
        if item.message is not None:
            zh = compile_message(item.message.zh, env, f"{key}.message.zh", CHINESE)
            en = compile_message(item.message.en, env, f"{key}.message.en", ENGLISH)
        return _Severity(item.severity, compile_test(item.when, env, f"{key}.when"), zh, en)

    def run(self, view: View) -> Tally:
        """Judge one report."""
        tally = Tally()
        beyond = self.reach.beyond(view)
        if beyond is not None:
            tally.note(*beyond)
            return tally
        holding = self._identities.holding(view) if self._identities is not None else []
        if holding and all(holding):
            tally.passed = len(holding)
        elif self._rows is not None:
            tally.passed = _rows_as_asked(view, *self._rows)
        if tally.passed:
            return tally
        elements_of = self.elements
        if self._asks_peculiar_only and view.cell_count:
            tally.passed = view.cell_count - len(view.peculiar)
            elements_of = self._peculiar
        seen: list[Elements] = []
        check, assuming = self._check, self._assuming
        for place, elements in enumerate(elements_of(view)):
            seen.append(elements)
            if holding and holding[place]:
                tally.passed += 1
                continue
            if assuming and (because := self._unassumed(view, elements)):
                tally.note("cannot_tell", because)
                continue
            verdict = check(view, elements)
            if verdict is True:
                tally.passed += 1
            elif verdict is False:
                self._fail(view, seen, tally)
            else:
                tally.note("cannot_tell", verdict)
        if not seen and not tally.passed:
            tally.note("not_applicable", NOTHING)
        return tally

    def equations(self, view: View) -> Iterable[tuple[Elements, Equation]]:
        """The identities of a rule of a linear system, as the diagnosis solves them."""
        linear, elements = self.linear, list(self.elements(view))
        known = self._identities.equations(view) if self._identities is not None else ()
        if known:
            return zip(elements, known, strict=True)
        return [(one, linear(view, one)) for one in elements] if linear is not None else ()

    def elements(self, view: View) -> Iterable[Elements]:
        """What the variables stand for, one combination after the other."""
        if len(self._sources) == 1:
            name, source = self._sources[0]
            found: Iterable[Elements] = [{name: element} for element in source(view)]
        else:
            names = [name for name, _ in self._sources]
            together = product(*(source(view) for _, source in self._sources))
            found = (dict(zip(names, one, strict=True)) for one in together)
        where = self._where
        return found if where is None else [one for one in found if where(view, one) is True]

    def _peculiar(self, view: View) -> Iterable[Elements]:
        (name,) = self.rule.for_each
        return [{name: cell} for cell in view.peculiar]

    def _unassumed(self, view: View, elements: Elements) -> str | None:
        for that, because in self._assuming:
            if that(view, elements) is not True:
                return because
        return None

    def _fail(self, view: View, seen: list[Elements], tally: Tally) -> None:
        for when, because, outcome in self._except:
            if when(view, seen[-1]) is True:
                tally.note(outcome, because)
                return
        tally.broken.append(self._broken(view, seen))

    def _broken(self, view: View, seen: list[Elements]) -> Broken:
        elements = seen[-1]
        expected = scalar(self._expected(view, elements))
        actual = scalar(self._actual(view, elements))
        severity: Severity = self.rule.severity
        zh, en = self._messages
        for item in self._severities:
            if item.when(view, elements) is True:
                severity, zh, en = item.severity, item.zh, item.en
                break
        cells = self._cells(view, elements)
        quote, at = quote_and_place(view, elements, cells)
        grounds = [str(expected), str(actual), *(printed(view, path) for path in cells)]
        about = "/".join(subject([one[name] for one in seen], len(seen) - 1) for name in elements)
        return Broken(
            rule=self.rule,
            severity=severity,
            message=zh(view, elements, expected, actual),
            message_en=en(view, elements, expected, actual),
            cells=cells,
            expected=expected,
            actual=actual,
            quote=quote,
            at=at,
            fingerprint=fingerprint(view, self.rule.id, about),
            evidence=digest(grounds),
            group=None if self._group is None else str(self._group(view, elements)),
            elements=elements,
        )

    def _cells(self, view: View, elements: Elements) -> tuple[str, ...]:
        found = [e.path for e in elements.values() if hasattr(e, "path")]
        for keys in self._touched:
            found.extend(path for path in keys(view, elements) if view.report.cell(path))
        return tuple(dict.fromkeys(found))


def _rows_as_asked(view: View, name: str, values: int) -> int:
    """How many rows a table has, if each has so many value cells; else 0."""
    table = view.tables.get(name)
    return table.rows_of(values) if table else 0


def compile_rule(rule: Rule, file: str, lists: dict[str, tuple[Any, ...]]) -> Compiled:
    """The rule ready to judge; RuleError names file and key of what makes no sense."""
    try:
        return Compiled(rule, file, lists)
    except (re.error, KeyError, IndexError, TypeError) as error:
        raise RuleError(f"{file}：规则无法编译（{error}），请检查 check 及其各项。") from error
