"""Whole invented reports, written after the field reference alone, are judged as it says."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
import yaml
from judgement_print import printed

from duban import assets
from duban.domain.finding import Context, Judgement
from duban.domain.report import Reading, Report
from duban.reading.reader import read
from duban.rulebook import Rulebook, load

HERE = Path(__file__).parent


def _cases() -> list[Any]:
    return [
        pytest.param(case, id=f"{path.stem}: {name}")
        for path in sorted(HERE.glob("*.yaml"))
        for name, case in yaml.load(path.read_bytes(), yaml.CSafeLoader).items()
    ]


@pytest.fixture(scope="module")
def rulebook() -> Rulebook:
    return load(assets.find("rules"))


@pytest.mark.parametrize("case", _cases())
def test_the_report_is_judged_as_the_reference_says(case: dict[str, Any], rulebook: Any) -> None:
    reading = read(printed(case)).reading
    told = [reading.status, reading.reason.code if reading.reason else None]
    assert told == [case.get("status", "report"), case.get("reason")]
    if reading.report is None:
        return
    judgement = rulebook.judge(reading.report, _context(case))
    assert not judgement.crashed
    _compare_findings(case, judgement, reading.report)
    _compare_reading(case, reading)


def _context(case: dict[str, Any]) -> Context:
    given = dict(case.get("context", {}))
    if "names" in given:
        given["names"] = tuple(given["names"])
    return Context(**given)


def _expected(case: dict[str, Any], report: Report) -> Counter[str]:
    """The findings a case names; the note on a report without any date is not named in each."""
    dated = report.published_on or report.signed_on or report.damaged
    return Counter([*case.get("findings", []), *([] if dated else ["DL-DATE-UNKNOWN info"])])


def _compare_findings(case: dict[str, Any], judgement: Judgement, report: Report) -> None:
    found = Counter(f"{finding.rule} {finding.severity}" for finding in judgement.findings)
    why = "\n".join(
        f"{finding.rule} {finding.severity}: {finding.message}" for finding in judgement.findings
    )
    assert found == _expected(case, report), why
    for finding in judgement.findings:
        wanted = case.get("values", {}).get(finding.rule)
        if wanted:
            assert [finding.expected, finding.actual] == wanted, why
    if "suspect" in case:
        suspects = [dict(f.suspect.proposed) for f in judgement.findings if f.suspect]
        assert suspects == case["suspect"], why


def _compare_reading(case: dict[str, Any], reading: Reading) -> None:
    report = reading.report
    assert report is not None
    for name, value in case.get("report", {}).items():
        assert getattr(report, name) == value, name
    for name, values in case.get("facts", {}).items():
        found = [fact for fact in report.facts if fact.name == name]
        assert [fact.value for fact in found] == values, (name, found)
    for name, value in case.get("fees", {}).items():
        assert getattr(report.fees, name) == value, report.fees
    if "parts" in case:
        assert [section.part for section in report.sections] == case["parts"]
    for path, value in case.get("read", {}).items():
        cell = report.cell(path)
        assert cell is not None
        assert (cell.value if cell.kind == "number" else cell.kind) == value
