"""One wrong cell of table 3 is found by the sums it breaks, and no other cell is accused."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.domain.finding import Finding
from duban.domain.form import COLUMNS, application_rows
from duban.domain.report import Report
from duban.rulebook import load
from duban.rulebook.diagnosis import diagnose
from duban.rulebook.linear import Equation
from duban.testing.reports import build, number

BOOK = load(Path(__file__).parents[3] / "rules")
PATHS = [f"{row.field}.{column.field}" for row in application_rows("R2021") for column in COLUMNS]
CORRECT = build()


def _value(report: Report, path: str) -> int:
    cell = report.cell(f"applications.{path}")
    assert cell is not None
    assert isinstance(cell.value, int)
    return cell.value


def _with(report: Report, changes: dict[str, int]) -> Report:
    table = report.tables["applications"]
    assert table is not None
    cells = {**table.cells, **{path: number(value) for path, value in changes.items()}}
    changed = msgspec.structs.replace(table, cells=cells)
    return msgspec.structs.replace(report, tables={**report.tables, "applications": changed})


def _sums(report: Report) -> tuple[Finding, ...]:
    return tuple(f for f in BOOK.judge(report).findings if f.rule.startswith(("T3-", "T4-")))


@given(path=st.sampled_from(PATHS), change=st.integers(-30, 300))
@settings(max_examples=120, deadline=None)
def test_a_single_wrong_cell_is_one_finding_that_names_it(path: str, change: int) -> None:
    right = _value(CORRECT, path)
    wrong = max(right + change, 0)
    if wrong == right:
        return

    findings = _sums(_with(CORRECT, {path: wrong}))

    assert len(findings) == 1
    suspect = findings[0].suspect
    assert suspect is not None
    assert suspect.proposed == {f"applications.{path}": right}


@given(
    paths=st.lists(st.sampled_from(PATHS), min_size=2, max_size=2, unique=True),
    values=st.tuples(st.integers(0, 200), st.integers(0, 200)),
)
@settings(max_examples=60, deadline=None)
def test_of_two_wrong_cells_only_a_single_smallest_explanation_is_told(
    paths: list[str], values: tuple[int, int]
) -> None:
    report = _with(CORRECT, dict(zip(paths, values, strict=True)))

    for finding in _sums(report):
        if finding.suspect is not None:
            proposed = {
                path.removeprefix("applications."): int(value)
                for other in _sums(report)
                for path, value in (other.suspect.proposed if other.suspect else {}).items()
            }
            assert len(proposed) <= 2
            assert _sums(_with(report, proposed)) == ()


def test_two_independent_slips_are_two_findings() -> None:
    report = _with(
        CORRECT,
        {"results.granted.natural_person": 13, "carried_over.commercial_enterprise": 30},
    )

    assert [finding.suspect and finding.suspect.proposed for finding in _sums(report)] == [
        {"applications.carried_over.commercial_enterprise": 3},
        {"applications.results.granted.natural_person": 31},
    ]


def test_equal_slips_that_two_pairs_of_cells_explain_accuse_nobody() -> None:
    report = _with(
        CORRECT,
        {
            "results.granted.natural_person": 32,
            "results.partially_granted.commercial_enterprise": 2,
        },
    )

    assert all(finding.suspect is None for finding in _sums(report))


def test_a_table_in_which_everything_is_wrong_ends_in_bounded_work() -> None:
    report = _with(CORRECT, {path: place * 7 % 31 for place, path in enumerate(PATHS)})

    findings = _sums(report)

    assert findings
    assert all(finding.suspect is None for finding in findings)


def test_a_group_of_table_4_cannot_tell_which_of_its_cells_is_wrong() -> None:
    report = build({"set": {"disputes.reconsideration.upheld": 7}})

    assert [finding.suspect for finding in _sums(report)] == [None]


def test_a_negative_number_is_never_proposed() -> None:
    equation = Equation({"a": 1, "b": -1}, 5, 5, frozenset("ab"))
    diagnosis = diagnose([equation], {"a": 3, "b": 0})

    assert diagnosis.only is not None
    assert diagnosis.only.proposed == {"b": 5}


def test_an_equation_with_a_blank_accuses_nobody_when_it_fails() -> None:
    report = build(
        {
            "set": {
                "applications.results.granted.research_institution": None,
                "applications.results.granted.total": 20,
            }
        }
    )

    assert all(finding.suspect is None for finding in _sums(report))


@pytest.mark.parametrize(
    ("path", "wrong", "slip"),
    [
        ("results.granted.natural_person", 13, "数字颠倒"),
        ("new_received.natural_person", 8, "漏填一位数字"),
        ("carried_forward.commercial_enterprise", 22, "数字重复"),
        ("carried_forward.commercial_enterprise", 27, "多填一位数字"),
        ("carried_over.commercial_enterprise", 9, "填入了相邻列的数字"),
        ("results.partially_granted.natural_person", 31, "填入了相邻行的数字"),
    ],
)
def test_the_likely_slip_is_named(path: str, wrong: int, slip: str) -> None:
    (finding,) = _sums(_with(CORRECT, {path: wrong}))

    assert finding.suspect is not None
    assert slip in finding.suspect.why
