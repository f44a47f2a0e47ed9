from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from duban.samples import truth
from duban.samples.arithmetic import broken
from duban.samples.chance import chance
from duban.samples.data import load
from duban.samples.faults import FAULTS, plant
from duban.samples.faults.sums import FAULTS as OF_SUMS
from duban.samples.making import render
from duban.samples.manuscript import Manuscript
from duban.samples.render.lines import LineStyle, text_bytes
from duban.samples.render.pdf import PdfStyle, pdf_bytes

PROSE = {
    "requests", "requests_scoped", "balance", "outcome_left_out", "outcome_changed",
    "reconsideration", "litigation", "litigation_parts_swapped", "litigation_sum", "all_upheld",
    "fees_missing",
}  # fmt: skip
CELLS = {"negative", "fraction", "words", "few_blanks", "many_blanks", "blank_row", "blank_group"}


Pairs = dict[str, list[tuple[Manuscript, Manuscript]]]


@pytest.fixture(scope="session")
def pairs(papers: list[Manuscript]) -> Pairs:
    """By fault: up to twelve true reports, each with the faulty copy made of it."""
    found: Pairs = {name: [] for name in FAULTS}
    for name, room in found.items():
        for number, paper in enumerate(papers):
            changed = plant(paper, name, chance(name, number))
            if changed is not None:
                room.append((paper, changed))
            if len(room) == 12:
                break
    return found


def findings(paper: Manuscript) -> list[dict[str, Any]]:
    return [finding for fault in paper.planted for finding in fault.consequences]


def test_every_fault_finds_room_in_some_report(pairs: Pairs) -> None:
    assert [name for name, room in pairs.items() if not room] == []


def test_planting_leaves_the_true_report_as_it_was(papers: list[Manuscript]) -> None:
    paper = papers[3]
    before = deepcopy(paper)
    made = [plant(paper, name, chance(name)) for name in FAULTS]
    assert sum(changed is not None for changed in made) > 20
    assert paper == before


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_changes_the_printed_document(pairs: Pairs, name: str) -> None:
    for true, faulty in pairs[name]:
        style = LineStyle("tabs")
        assert text_bytes(true, style) != text_bytes(faulty, style)
        assert [fault.fault for fault in faulty.planted] == [name]


@pytest.mark.parametrize("name", sorted(set(FAULTS) - set(OF_SUMS)))
def test_a_fault_that_is_no_sum_breaks_no_sum(pairs: Pairs, name: str) -> None:
    for _, faulty in pairs[name]:
        assert broken(faulty) == []


@pytest.mark.parametrize("name", OF_SUMS)
def test_a_broken_sum_is_recorded_whole(pairs: Pairs, name: str) -> None:
    for _, faulty in pairs[name]:
        (finding,) = findings(faulty)
        assert finding["failed"] == broken(faulty)
        assert finding["failed"]
        assert finding["rules"] == sorted({item["rule"] for item in finding["failed"]})


@pytest.mark.parametrize(
    ("name", "rules"),
    [
        ("outcome_total", ["T3-SUM-RESULTS", "T3-SUM-ROW"]),
        ("outcome_applicant", ["T3-SUM-RESULTS", "T3-SUM-ROW"]),
        ("total_row_applicant", ["T3-IDENT", "T3-SUM-RESULTS", "T3-SUM-ROW"]),
        ("wrong_row", ["T3-SUM-ROW"]),
        ("outcome_with_total", ["T3-SUM-RESULTS"]),
        ("forward_with_total", ["T3-IDENT"]),
        ("reconsideration_total", ["T4-SUM-RECON"]),
        ("litigation_direct_total", ["T4-SUM-DIRECT"]),
        ("litigation_after_reconsideration_total", ["T4-SUM-AFTER"]),
    ],
)
def test_a_wrong_number_breaks_the_identities_it_stands_in(
    pairs: Pairs, name: str, rules: list[str]
) -> None:
    for _, faulty in pairs[name]:
        assert findings(faulty)[0]["rules"] == rules


@pytest.mark.parametrize("name", ["outcome_total", "outcome_applicant", "total_row_applicant"])
def test_putting_the_suspect_right_repairs_every_sum(pairs: Pairs, name: str) -> None:
    for true, planted in pairs[name]:
        faulty = deepcopy(planted)
        suspect = findings(faulty)[0]["suspect"]
        assert len(suspect) == 1
        for path, value in suspect.items():
            assert true.number(path) == value != faulty.number(path)
            faulty.cells[path] = str(value)
        assert broken(faulty) == []


@pytest.mark.parametrize("name", sorted(PROSE))
def test_a_fault_of_the_prose_leaves_every_cell_alone(pairs: Pairs, name: str) -> None:
    for true, faulty in pairs[name]:
        assert true.cells == faulty.cells
        changed = [
            (before.text(), after.text())
            for (_, _, before), (_, _, after) in zip(
                true.sentences(), faulty.sentences(), strict=False
            )
            if before.text() != after.text()
        ]
        assert len(changed) <= 1


@pytest.mark.parametrize("name", sorted(CELLS | set(OF_SUMS)))
def test_a_fault_of_a_cell_leaves_the_prose_alone(pairs: Pairs, name: str) -> None:
    for true, faulty in pairs[name]:
        assert [s.text() for _, _, s in true.sentences()] == [
            s.text() for _, _, s in faulty.sentences()
        ]
        changed = {path for path in true.cells if true.cells[path] != faulty.cells[path]}
        named = {path for finding in findings(faulty) for path in finding["cells"]}
        assert changed
        assert changed <= named


@pytest.mark.parametrize("name", sorted(FAULTS))
def test_a_faulty_report_can_be_printed_in_every_format(pairs: Pairs, name: str) -> None:
    faulty = pairs[name][0][1]
    for media in ("html", "docx", "pdf", "text", "markdown"):
        assert len(render(faulty, media, chance(name, media))) > 2000


@pytest.mark.parametrize("row", [5, 14, 24])
def test_a_table_with_one_column_more_can_be_torn_anywhere(pairs: Pairs, row: int) -> None:
    faulty = pairs["column_extra"][0][1]
    assert pdf_bytes(faulty, PdfStyle(size=14, break_at=row)).startswith(b"%PDF")


def test_blanks_are_counted_and_graded(pairs: Pairs) -> None:
    for name, least, most, severity in (
        ("few_blanks", 1, 4, "info"),
        ("many_blanks", 5, 12, "warning"),
        ("blank_row", 7, 7, "warning"),
        ("blank_group", 5, 5, "warning"),
    ):
        for _, faulty in pairs[name]:
            (finding,) = findings(faulty)
            blanks = [path for path, text in faulty.cells.items() if not text]
            assert least <= len(blanks) <= most
            assert sorted(blanks) == finding["cells"]
            assert finding["severity"] == severity


def test_a_wrong_statement_is_outside_everything_the_tables_allow(
    pairs: Pairs,
) -> None:
    total = "applications.{}.total".format
    for name in ("requests", "requests_scoped"):
        for _, faulty in pairs[name]:
            (finding,) = findings(faulty)
            new = faulty.number(total("new_received"))
            allowed = {
                new,
                new + faulty.number(total("carried_over")),
                faulty.number(total("results.total")),
            }
            assert finding["actual"] not in allowed
            assert finding["expected"] == new
            assert f"{finding['actual']}件" in "".join(s.text() for _, _, s in faulty.sentences())


def test_a_stated_balance_really_fails_in_every_reading(pairs: Pairs) -> None:
    for _, faulty in pairs["balance"]:
        (sentence,) = [
            s
            for _, _, s in faulty.sentences()
            if {"carried_over", "new_strict", "carried_forward"} <= set(s.slots())
        ]
        values = {name: int(v) for name, v in sentence.values.items() if isinstance(v, int)}
        done = values.get("handled", faulty.number("applications.results.total.total"))
        forward = values["carried_forward"]
        assert values["carried_over"] + values["new_strict"] != done + forward
        assert values["new_strict"] != done + forward


def test_every_rule_of_the_first_issue_is_planted_by_some_fault(
    pairs: Pairs,
) -> None:
    found: set[str] = set()
    for name in FAULTS:
        for _, faulty in pairs[name]:
            found |= {rule for finding in findings(faulty) for rule in finding["rules"]}
    assert found == {rule for rule in load("rules").values() if not rule.startswith("YOY-")}
    assert len(found) == 29


def test_every_finding_says_rules_severity_and_cells(pairs: Pairs) -> None:
    for name in FAULTS:
        for _, faulty in pairs[name]:
            for finding in findings(faulty):
                assert finding["severity"] in ("error", "warning", "info")
                known = set(faulty.cells)
                absent = faulty.tables_absent or faulty.dropped_request_columns
                assert absent or set(finding["cells"]) <= known


def test_the_truth_tells_what_the_faulty_document_prints(pairs: Pairs) -> None:
    for name in FAULTS:
        for _, faulty in pairs[name]:
            entry = truth.entry(faulty, path="x", media="text")
            text = text_bytes(faulty, LineStyle("tabs")).decode()
            for path, text_of in faulty.cells.items():
                kind = entry["cells"][path]["kind"]
                assert (kind == "blank") == (text_of == "")
                assert text_of in text


def test_the_wrong_form_uses_the_rows_of_the_other_form(pairs: Pairs) -> None:
    for true, faulty in pairs["form_wrong"]:
        assert {true.form, faulty.form} == {"R2019", "R2021"}
        rows = len([p for p in faulty.cells if p.startswith("applications.")]) // 7
        assert rows == (23 if faulty.form == "R2019" else 25)
