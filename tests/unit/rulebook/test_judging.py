"""What holds for every judgement, whatever the rules say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.domain.finding import Context
from duban.domain.place import Place
from duban.rulebook import Rulebook, load
from duban.rulebook.evaluation import Compiled
from duban.testing.reports import AGENCY, build

BOOK = load(Path(__file__).parents[3] / "rules")
CELLS = [f"applications.{path}" for path in build().tables["applications"].cells]  # type: ignore[union-attr]
WRONG: dict[str, Any] = {
    "set": {"applications.results.granted.total": 73, "disputes.reconsideration.total": 21},
    "facts": [{"name": "received", "value": 5}, {"name": "received", "value": 6}],
}


def test_a_correct_report_has_no_finding() -> None:
    assert BOOK.judge(build(), Context(names=(AGENCY,), year=2023)).findings == ()


@given(
    st.dictionaries(
        st.sampled_from(CELLS),
        st.one_of(st.integers(0, 99), st.none(), st.sampled_from(["/", "略"])),
        max_size=8,
    )
)
@settings(max_examples=60, deadline=None)
def test_the_four_outcomes_add_up_and_nothing_crashes(changes: dict[str, Any]) -> None:
    judgement = BOOK.judge(build({"set": changes}))
    counted = judgement.coverage

    assert judgement.crashed == ()
    assert counted.assertions == (
        counted.passed + counted.fail + counted.cannot_tell + counted.not_applicable
    )
    assert counted.fail == sum(len(finding.failed) or 1 for finding in judgement.findings)


@given(st.dictionaries(st.sampled_from(CELLS), st.none(), min_size=1, max_size=30))
@settings(max_examples=60, deadline=None)
def test_blanks_in_a_correct_report_never_break_a_sum(blanks: dict[str, None]) -> None:
    findings = BOOK.judge(build({"set": blanks})).findings

    assert {finding.rule for finding in findings} <= {"FMT-CELL-BLANK"}


def test_the_same_report_gives_the_same_judgement() -> None:
    assert BOOK.judge(build(WRONG)) == BOOK.judge(build(WRONG))


def test_a_fingerprint_does_not_depend_on_places() -> None:
    report = build(WRONG)
    moved = msgspec.structs.replace(
        report,
        facts=tuple(
            msgspec.structs.replace(fact, at=Place(page=9), quote=f" {fact.quote}")
            for fact in report.facts
        ),
    )

    prints = [[f.fingerprint for f in BOOK.judge(r).findings] for r in (report, moved)]

    assert prints[0] == prints[1]
    assert len(set(prints[0])) == len(prints[0])


def test_two_mentions_of_one_fact_have_fingerprints_of_their_own() -> None:
    findings = [f for f in BOOK.judge(build(WRONG)).findings if f.rule == "TXT-T3-NEW"]

    assert len({finding.fingerprint for finding in findings}) == 2


def test_a_fingerprint_names_agency_and_year() -> None:
    report = build(WRONG)
    other = msgspec.structs.replace(report, year=2024)

    prints = [
        {f.fingerprint for f in BOOK.judge(r, c).findings}
        for r, c in (
            (report, Context()),
            (other, Context()),
            (report, Context(names=("云水市青川区桃源镇人民政府",), year=2023)),
        )
    ]

    assert prints[0].isdisjoint(prints[1])
    assert prints[0].isdisjoint(prints[2])


def test_a_corrected_title_keeps_the_fingerprints_of_other_faults() -> None:
    context = Context(names=(AGENCY,), year=2023)
    report = build({"set": {"disputes.reconsideration.total": 21}})
    mistitled = msgspec.structs.replace(report, year=2022, title_year=2022, agency="柳溪镇")

    before, after = (
        {f.fingerprint for f in BOOK.judge(one, context).findings if f.rule.startswith("T4")}
        for one in (mistitled, report)
    )

    assert before == after


def test_evidence_changes_with_the_grounds_and_the_fingerprint_does_not() -> None:
    one, two = (
        BOOK.judge(build({"set": {"disputes.reconsideration.total": value}})).findings[0]
        for value in (21, 22)
    )

    assert one.fingerprint == two.fingerprint
    assert one.evidence != two.evidence


def test_a_rule_that_crashes_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(self: Compiled, view: object) -> bool:
        raise ZeroDivisionError("division by zero")

    broken = load(Path(__file__).parents[3] / "rules")
    victim = next(one for one in broken.compiled if one.rule.id == "SEC-ORDER")
    monkeypatch.setattr(victim, "_check", crash)

    judgement = broken.judge(build(WRONG))

    assert judgement.crashed == ("SEC-ORDER",)
    because = next(o.because for o in judgement.outcomes if o.rule == "SEC-ORDER")
    assert because.startswith("规则运行出错（ZeroDivisionError：division by zero）")
    assert judgement.findings == BOOK.judge(build(WRONG)).findings


def test_a_diagnosis_that_crashes_costs_no_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*arguments: object) -> None:
        raise KeyError("lost")

    monkeypatch.setattr("duban.rulebook.causes.diagnose", crash)

    judgement = BOOK.judge(build({"set": {"applications.results.granted.total": 73}}))

    assert [finding.rule for finding in judgement.findings] == ["T3-SUM-ROW", "T3-SUM-RESULTS"]
    assert judgement.crashed == ("T3-SUM-ROW", "T3-SUM-RESULTS")


def test_the_kind_follows_from_an_unambiguous_name() -> None:
    fact = {"name": "received", "value": 7, "scope": ["全区"], "qualifiers": ["region_wide"]}
    report = build({"facts": [fact]})
    county = msgspec.structs.replace(report, agency="云水市青川区人民政府")

    severities = [BOOK.judge(one).findings[0].severity for one in (report, county)]

    assert severities == ["warning", "error"]


PARTS = ["upheld", "corrected", "other", "pending", "total"]


@given(st.lists(st.one_of(st.integers(0, 5), st.none()), min_size=5, max_size=5))
@settings(max_examples=150, deadline=None)
def test_a_group_fails_exactly_when_no_filling_of_its_blanks_mends_it(
    values: list[int | None],
) -> None:
    path = "disputes.reconsideration"
    given = {f"{path}.{part}": value for part, value in zip(PARTS, values, strict=True)}

    failed = any(f.rule.startswith("T4-") for f in BOOK.judge(build({"set": given})).findings)

    *parts, total = values
    known = sum(value or 0 for value in parts)
    mended = total is None or known == total or (None in parts and known <= total)
    assert failed == (not mended)


def test_a_rule_that_is_not_active_is_not_asked() -> None:
    compiled = []
    for one in load(Path(__file__).parents[3] / "rules").compiled:
        one.rule = msgspec.structs.replace(one.rule, status="draft")
        compiled.append(one)

    judgement = Rulebook("1", "", compiled).judge(build(WRONG))

    assert judgement.findings == ()
    assert judgement.coverage.assertions == 0


def test_an_unreadable_cell_in_a_failed_sum_blames_the_reading() -> None:
    report = build(
        {
            "set": {
                "applications.results.granted.research_institution": {"kind": "unreadable"},
                "applications.results.granted.total": 20,
            }
        }
    )

    assert {f.blame for f in BOOK.judge(report).findings} == {"reading"}


def test_the_place_of_a_finding_is_the_suspected_cell() -> None:
    (finding,) = BOOK.judge(
        build({"set": {"applications.results.granted.natural_person": 13}})
    ).findings

    assert finding.at == Place(table=2, row=3, column=1)
