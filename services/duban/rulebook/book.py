"""The rulebook: rule files read, compiled once, and asked of any number of reports."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

from duban.domain.finding import Context, Coverage, Judgement, Outcome, OutcomeName
from duban.domain.report import Report
from duban.errors import RuleError
from duban.rulebook.causes import by_cause
from duban.rulebook.evaluation import Compiled, compile_rule
from duban.rulebook.grouping import Cause, apply_precedence, gather, to_finding
from duban.rulebook.layout import Layouts
from duban.rulebook.rule import Rule
from duban.rulebook.shape import book_of, rule_of, words_of
from duban.rulebook.source import read
from duban.rulebook.tally import Tally
from duban.rulebook.view import View

#: Folders beside those that hold rules.
NO_RULES = ("lists", "overlays", "deadlines")


_NO_REPORT = Report(agency=None, year=None, regime=None)


class Rulebook:
    """Rules of one version, ready to judge; `sha256` is of everything the rules say."""

    def __init__(self, version: str, sha256: str, compiled: Iterable[Compiled]) -> None:
        self.version = version
        self.sha256 = sha256
        self.compiled = tuple(compiled)
        self.rules: tuple[Rule, ...] = tuple(one.rule for one in self.compiled)
        active = [one for one in self.compiled if one.rule.status == "active"]
        self._layouts = Layouts()
        self._about_reports = [one for one in active if one.rule.about == "report"]
        self._about_absence = [one for one in active if one.rule.about == "absence"]

    def judge(
        self,
        report: Report | None,
        context: Context | None = None,
        before: Callable[[], Report] | None = None,
    ) -> Judgement:
        """Ask every active rule about the report, or about its absence where there is none.

        `before` gives the report of the year before, for those who keep it undecoded: it is asked
        for at most once, and stands in place of `context.prior`. The same arguments give the same
        answer.
        """
        view = View(report or _NO_REPORT, context or Context(), before, self._layouts)
        asked = self._about_absence if report is None else self._about_reports
        tallies = [(one, _run(one, view)) for one in asked]
        causes = apply_precedence(gather(self._causes(tallies, view)))
        return Judgement(
            findings=tuple(to_finding(cause, view) for cause in causes),
            outcomes=_outcomes(tallies),
            coverage=_coverage(tallies),
            crashed=tuple(one.rule.id for one, tally in tallies if tally.crashed),
        )

    def _causes(self, tallies: list[tuple[Compiled, Tally]], view: View) -> list[Cause]:
        causes: list[Cause] = []
        done: set[str] = set()
        for one, tally in tallies:
            if not tally.broken:
                continue
            system = one.rule.system
            if system is None:
                causes.extend(Cause([broken]) for broken in tally.broken)
            elif system not in done:
                done.add(system)
                members = [(o, t) for o, t in tallies if o.rule.system == system]
                causes.extend(_diagnosed(members, view))
        return causes


def load(directory: Path) -> Rulebook:
    """Read and compile the rules under `directory`; RuleError names file, key and what is wrong."""
    digest = hashlib.sha256()
    data, raw = read(directory / "rulebook.yaml", directory)
    version, order = book_of(raw, "rulebook.yaml")
    digest.update(data)
    lists: dict[str, tuple[Any, ...]] = {}
    for path in sorted((directory / "lists").glob("*.yaml")):
        data, raw = read(path, directory)
        digest.update(data)
        lists[path.stem] = words_of(raw, f"lists/{path.name}").entries
    found: dict[str, Compiled] = {}
    for path in sorted(directory.glob("*/*.yaml")):
        if path.parent.name in NO_RULES:
            continue
        data, raw = read(path, directory)
        digest.update(data)
        name = path.relative_to(directory).as_posix()
        rule = rule_of(raw, name)
        if rule.id != path.stem:
            raise RuleError(f"{name}：$.id 的值 {rule.id!r} 与文件名不一致，应为 {path.stem!r}。")
        if rule.id in found:
            raise RuleError(f"{name}：规则 {rule.id} 已在另一目录中存在，请删除其一。")
        found[rule.id] = compile_rule(rule, name, lists)
    if sorted(found) != sorted(order):
        differ = "、".join(sorted(set(found) ^ set(order)))
        raise RuleError(f"rulebook.yaml：$.order 与规则文件不一致：{differ}。")
    return Rulebook(version, digest.hexdigest(), (found[id_] for id_ in order))


def _run(one: Compiled, view: View) -> Tally:
    try:
        return one.run(view)
    except Exception as error:
        tally = Tally(crashed=True)
        tally.note("cannot_tell", f"规则运行出错（{type(error).__name__}：{error}），请报告此问题")
        return tally


def _diagnosed(members: list[tuple[Compiled, Tally]], view: View) -> list[Cause]:
    """The broken identities by cause; an error of ours there costs the diagnosis, no finding."""
    broken = [one for _, tally in members for one in tally.broken]
    try:
        return by_cause([rule for rule, _ in members], broken, view)
    except Exception:
        for _, tally in members:
            tally.crashed = tally.crashed or bool(tally.broken)
        return [Cause([one]) for one in broken]


def _outcomes(tallies: list[tuple[Compiled, Tally]]) -> tuple[Outcome, ...]:
    outcomes: list[Outcome] = []
    for one, tally in tallies:
        if tally.cannot_tell:
            outcomes += _counted(one.rule.id, "cannot_tell", tally.cannot_tell)
        if tally.not_applicable:
            outcomes += _counted(one.rule.id, "not_applicable", tally.not_applicable)
        if tally.passed:
            outcomes.append(_passed(one.rule.id, tally.passed))
    return tuple(outcomes)


def _counted(rule: str, name: OutcomeName, counts: dict[str, int]) -> list[Outcome]:
    return [
        _outcome(rule, name, because if times == 1 else f"{because}（{times}处）")
        for because, times in counts.items()
    ]


@lru_cache(maxsize=4096)
def _passed(rule: str, assertions: int) -> Outcome:
    return Outcome(rule, "pass", f"{assertions}项核对无误")


@lru_cache(maxsize=4096)
def _outcome(rule: str, name: OutcomeName, because: str) -> Outcome:
    """One value for what is said of report after report in the same words."""
    return Outcome(rule, name, because)


def _coverage(tallies: list[tuple[Compiled, Tally]]) -> Coverage:
    passed = fail = cannot_tell = not_applicable = 0
    for _, tally in tallies:
        passed += tally.passed
        fail += len(tally.broken)
        if tally.cannot_tell:
            cannot_tell += sum(tally.cannot_tell.values())
        if tally.not_applicable:
            not_applicable += sum(tally.not_applicable.values())
    return Coverage(
        assertions=passed + fail + cannot_tell + not_applicable,
        passed=passed,
        fail=fail,
        cannot_tell=cannot_tell,
        not_applicable=not_applicable,
    )
