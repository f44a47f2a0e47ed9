"""Every rule against its case file: a correct invented report with one change each.

A case may also state `prior`, changes to the report of the year before; `obligation`, what the
calendar says of the year (see duban.testing.duties); and `absent: true`, that no report is there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duban.domain.finding import Context, Finding, Judgement
from duban.rulebook import load
from duban.rulebook.source import read
from duban.testing.duties import duty
from duban.testing.reports import AGENCY, build

HERE = Path(__file__).parent
RULES = HERE.parent.parent / "rules"
BOOK = load(RULES)


def _cases() -> list[Any]:
    found = []
    for path in sorted(HERE.glob("*/*.yaml")):
        content = read(path, HERE)[1]
        for name, case in content["cases"].items():
            found.append(pytest.param(content["rule"], case, id=f"{path.stem}: {name}"))
    return found


def _context(case: dict[str, Any]) -> Context:
    given = {k: tuple(v) if isinstance(v, list) else v for k, v in case.get("context", {}).items()}
    year = given.get("year", case.get("given", {}).get("year", 2023))
    if "obligation" in case:
        given = {"year": year, "names": (AGENCY,), **given}
        given["obligation"] = duty(year, case["obligation"])
    if "prior" in case:
        given["prior"] = (build({"year": year - 1, **case["prior"]}),)
    return Context(**given)


def _speaking(judgement: Judgement, rule: str) -> list[Finding]:
    return [finding for finding in judgement.findings if finding.rule == rule]


def _outcome(judgement: Judgement, rule: str) -> str:
    """What the rule came to: a failure, else what it could not tell, else a pass."""
    failed = {part.rule for finding in judgement.findings for part in finding.failed}
    if _speaking(judgement, rule) or rule in failed:
        return "fail"
    names = [outcome.outcome for outcome in judgement.outcomes if outcome.rule == rule]
    for name in ("cannot_tell", "pass", "not_applicable"):
        if name in names:
            return name.replace("_", " ")
    raise AssertionError(f"{rule} has no outcome")


@pytest.mark.parametrize(("rule", "case"), _cases())
def test_the_rule_judges_the_case_as_written(rule: str, case: dict[str, Any]) -> None:
    report = None if case.get("absent") else build(case.get("given"))

    judgement = BOOK.judge(report, _context(case))

    assert not judgement.crashed
    assert _outcome(judgement, rule) == case["expect"], judgement.findings
    findings = _speaking(judgement, rule)
    if "because" in case:
        reasons = "；".join(o.because for o in judgement.outcomes if o.rule == rule)
        assert case["because"] in reasons
    if "findings" in case:
        assert len(findings) == case["findings"]
    for key in ("message", "severity", "expected", "actual", "blame", "quote"):
        if key in case:
            assert getattr(findings[0], key) == case[key]
    if "suspect" in case:
        suspect = findings[0].suspect
        assert (suspect.proposed if suspect else None) == case["suspect"]
    if "why" in case:
        assert findings[0].suspect is not None
        assert case["why"] in findings[0].suspect.why
    if "failed" in case:
        assert [part.rule for part in findings[0].failed] == case["failed"]


def test_every_rule_has_a_case_file_and_every_case_file_a_rule() -> None:
    rules = {
        path.relative_to(RULES)
        for path in RULES.glob("*/*.yaml")
        if path.parent.name not in ("lists", "deadlines")
    }

    assert {path.relative_to(HERE) for path in HERE.glob("*/*.yaml")} == rules


@pytest.mark.parametrize("path", sorted(HERE.glob("*/*.yaml")), ids=lambda path: path.stem)
def test_a_case_file_shows_each_side_of_its_rule(path: Path) -> None:
    content = read(path, HERE)[1]
    outcomes = [case["expect"] for case in content["cases"].values()]

    assert content["rule"] == path.stem
    assert len(outcomes) >= 6
    assert {"pass", "fail", "cannot tell"} <= set(outcomes)
    assert any("message" in case for case in content["cases"].values())
