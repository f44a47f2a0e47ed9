"""On 300 made reports over all formats: every cell right, every planted fault found, no other."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import Any

import pytest

from duban import assets
from duban.domain.finding import Context, Finding
from duban.domain.report import Report
from duban.reading.reader import read
from duban.rulebook import load
from duban.samples import make

FORMATS = ("html", "docx", "pdf", "text", "markdown")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """300 reports of both forms, with what was read and found beside what is true."""
    folder = tmp_path_factory.mktemp("county")
    make(
        folder, seed=20260131, agencies=60, years=range(2019, 2024), fault_rate=0.5,
        formats=FORMATS,
    )  # fmt: skip
    truth = json.loads((folder / "truth.json").read_text(encoding="utf-8"))["files"]
    rulebook = load(assets.find("rules"))
    before: dict[str, list[Report]] = defaultdict(list)
    for entry in truth:
        entry["reading"] = read((folder / entry["path"]).read_bytes()).reading
        report = entry["reading"].report
        prior = tuple(before[entry["agency"]])
        context = Context(
            names=(entry["agency"],), year=entry["year"], kind=entry["kind"], prior=prior
        )
        entry["found"] = rulebook.judge(report, context).findings if report else ()
        if report is not None:
            before[entry["agency"]].append(report)
    return truth


def test_there_are_300_reports_in_every_format(files: list[dict[str, Any]]) -> None:
    assert len(files) == 300
    assert {entry["media"] for entry in files} == set(FORMATS)


def test_every_report_is_told_as_a_report_of_its_agency_and_year(
    files: list[dict[str, Any]],
) -> None:
    wrong = []
    for entry in files:
        report = entry["reading"].report
        if report is None:
            wrong.append((entry["path"], entry["reading"].reason))
        elif (report.year, report.regime) != (entry["title_year"], entry["regime"]):
            wrong.append((entry["path"], report.year, report.regime))
    assert wrong == []


def test_every_cell_is_read_as_it_is_printed(files: list[dict[str, Any]]) -> None:
    wrong, count = [], 0
    for entry in files:
        report: Report = entry["reading"].report
        read_cells = {
            f"{name}.{path}": cell
            for name, table in report.tables.items()
            if table is not None
            for path, cell in table.cells.items()
        }
        unsure = tuple(f"{name}." for name in entry["may_be_unreadable"])
        for path, true in entry["cells"].items():
            count += 1
            cell = read_cells.pop(path, None)
            if cell is not None and cell.kind == "unreadable" and path.startswith(unsure):
                continue
            if cell is None or (cell.kind, cell.value) != (true["kind"], true["value"]):
                wrong.append((entry["path"], path, true, cell))
        wrong += [
            (entry["path"], path, "invented", cell)
            for path, cell in read_cells.items()
            if cell.kind != "unreadable" or not path.startswith(unsure)
        ]
    assert wrong == []
    assert count > 50_000


def _rules(finding: Finding) -> set[str]:
    return {finding.rule, *(failed.rule for failed in finding.failed)}


def test_every_planted_fault_is_found_and_nothing_else(files: list[dict[str, Any]]) -> None:
    known = {rule.id for rule in load(assets.find("rules")).rules}
    wrong = []
    for entry in files:
        expected = [
            f for p in entry["planted"] for f in p["findings"] if known.issuperset(f["rules"])
        ]
        open_ones = [f for f in entry["found"] if f.severity != "info"]
        for true in expected:
            match = next(
                (
                    f
                    for f in (open_ones if true["severity"] != "info" else entry["found"])
                    if set(true["rules"]) <= _rules(f) and f.severity == true["severity"]
                ),
                None,
            )
            if match is None:
                wrong.append(("missed", entry["path"], true["rules"], true["severity"]))
            elif match in open_ones:
                open_ones.remove(match)
        wrong += [("unplanned", entry["path"], f.rule, f.severity, f.message) for f in open_ones]
    assert wrong == []


def test_every_rule_of_the_rulebook_is_planted_somewhere(files: list[dict[str, Any]]) -> None:
    planted = Counter(
        rule
        for entry in files
        for fault in entry["planted"]
        for finding in fault["findings"]
        for rule in finding["rules"]
    )
    rules = load(assets.find("rules")).rules
    # What needs somebody who watches shows in a season, a missing date below.
    asked = {rule.id for rule in rules if "obligation" not in rule.needs} - {"DL-DATE-UNKNOWN"}
    assert asked - set(planted) == set()


def test_a_report_without_any_date_is_noted_and_no_other(files: list[dict[str, Any]]) -> None:
    noted, undated = set(), set()
    for entry in files:
        report: Report = entry["reading"].report
        if any(finding.rule == "DL-DATE-UNKNOWN" for finding in entry["found"]):
            noted.add(entry["path"])
            assert entry["signed_on"] is None
        if report.published_on is None and report.signed_on is None:
            undated.add(entry["path"])

    assert noted == undated
    assert noted
