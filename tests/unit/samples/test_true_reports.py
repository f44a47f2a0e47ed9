from __future__ import annotations

import re
from itertools import pairwise

import pytest

from duban.domain.form import PARTS, application_rows, regime_of
from duban.samples import truth
from duban.samples.arithmetic import broken
from duban.samples.data import load
from duban.samples.figures import APPLICANT_FIELDS
from duban.samples.manuscript import Manuscript
from duban.samples.prose import OUTCOMES

TOPICS = (
    *("titles", "preface", "requests_zero", "requests_simple", "requests_handled"),
    *("requests_balance", "outcomes", "disputes_zero", "disputes_totals", "disputes_parts"),
    *("proactive", "normative", "harmless", "management", "platform", "supervision"),
    *("problems", "improvements", "fees_zero", "fees_paid", "nothing_else", "extras"),
)


def number(paper: Manuscript, path: str) -> int | float:
    return paper.number(path) if path in paper.cells else 0


def test_every_table_of_a_true_report_balances(papers: list[Manuscript]) -> None:
    assert [broken(paper) for paper in papers] == [[]] * len(papers)


def test_a_balance_check_can_fail(papers: list[Manuscript]) -> None:
    paper = papers[0]
    before = paper.cells["applications.results.total.total"]
    paper.cells["applications.results.total.total"] = "99999"
    found = broken(paper)
    paper.cells["applications.results.total.total"] = before
    assert [item["rule"] for item in found] == ["T3-SUM-ROW", "T3-SUM-RESULTS", "T3-IDENT"]


def test_every_cell_of_the_form_is_printed(papers: list[Manuscript]) -> None:
    for paper in papers:
        assert paper.form == regime_of(paper.year)
        cells = [path for path in paper.cells if path.startswith("applications.")]
        assert len(cells) == 7 * len(application_rows(paper.form))
        assert len([path for path in paper.cells if path.startswith("disputes.")]) == 15
        disclosure = [path for path in paper.cells if path.startswith("disclosure.")]
        more = 3 * (len(paper.sub_rows) - 1) if paper.sub_rows else 0
        assert len(disclosure) == (10 if paper.form == "R2021" else 22 + more)


def test_cases_carried_forward_come_back_next_year(chains: list[list[Manuscript]]) -> None:
    for chain in chains:
        for before, after in pairwise(chain):
            for column in (*APPLICANT_FIELDS, "total"):
                assert (
                    before.cells[f"applications.carried_forward.{column}"]
                    == after.cells[f"applications.carried_over.{column}"]
                )


def test_the_stock_of_documents_and_items_follows_from_year_to_year(
    chains: list[list[Manuscript]],
) -> None:
    stock = "disclosure.normative_documents.{}".format
    for chain in chains:
        for before, after in pairwise(chain):
            if before.form == "R2021":
                assert after.number(stock("in_force")) == (
                    before.number(stock("in_force"))
                    + after.number(stock("issued"))
                    - after.number(stock("repealed"))
                )
            elif after.form == "R2019":
                assert after.number("disclosure.penalties.items_last_year") == (
                    before.number("disclosure.penalties.items_last_year")
                    + before.number("disclosure.penalties.items_change")
                )


def stated(paper: Manuscript) -> dict[str, set[int | float]]:
    """Which values the tables allow for each fact."""
    total = "applications.{}.total".format
    new, carried = paper.number(total("new_received")), paper.number(total("carried_over"))
    allowed: dict[str, set[int | float]] = {
        "new_strict": {new},
        "received": {new, new + carried},
        "carried_over": {carried},
        "carried_forward": {paper.number(total("carried_forward"))},
        "handled": {paper.number(total("results.total"))},
    }
    for name, _, prefix in OUTCOMES:
        allowed[name] = {
            sum(
                paper.number(path)
                for path in paper.cells
                if path.startswith(f"applications.{prefix}") and path.endswith(".total")
            )
        }
    for part in ("upheld", "corrected", "other", "pending", "total"):
        allowed[f"recon_{part}"] = {paper.number(f"disputes.reconsideration.{part}")}
        allowed[f"lit_{part}"] = {
            paper.number(f"disputes.litigation_direct.{part}")
            + paper.number(f"disputes.litigation_after_reconsideration.{part}")
        }
    for name in ("issued", "repealed", "in_force"):
        allowed[f"normative_{name}"] = {number(paper, f"disclosure.normative_documents.{name}")}
    return allowed


def test_every_number_of_the_prose_agrees_with_the_tables(papers: list[Manuscript]) -> None:
    checked = 0
    for paper in papers:
        allowed = stated(paper)
        for _, _, sentence in paper.sentences():
            for fact in sentence.facts():
                if fact["name"] != "proactive_total":
                    assert fact["value"] in allowed[fact["name"]], (paper.title, sentence.text())
                    checked += 1
    assert checked > 1000


def test_a_list_of_outcomes_names_every_outcome_that_occurred(papers: list[Manuscript]) -> None:
    names = {name for name, _, _ in OUTCOMES}
    lists = 0
    for paper in papers:
        for _, _, sentence in paper.sentences():
            listed = [slot for slot in sentence.slots() if slot in names]
            if listed:
                lists += 1
                done = paper.number("applications.results.total.total")
                assert sum(int(sentence.values[slot]) for slot in listed) == done
    assert lists > 20


def test_no_slot_is_left_open_and_every_sentence_prints(papers: list[Manuscript]) -> None:
    for paper in papers:
        for _, _, sentence in paper.sentences():
            assert not re.search(r"[{}]|None", sentence.text())


def test_fees_are_stated_from_2021_on_and_only_then(papers: list[Manuscript]) -> None:
    for paper in papers:
        fees = truth.fees(paper)
        assert fees["stated"] == (paper.year >= 2021)
        overdue = number(paper, "applications.results.other.overdue_fee.total")
        if fees["notice_count"] is not None:
            assert fees["notice_count"] >= overdue
            assert fees["collected_amount_yuan"] <= fees["notice_amount_yuan"]


def test_the_parts_stand_in_order_with_their_ordinals(papers: list[Manuscript]) -> None:
    for paper in papers:
        numbers = list(range(1, len(PARTS) + 1))
        assert [part.part for part in paper.parts] == numbers
        assert [part.ordinal for part in paper.parts] == numbers


@pytest.mark.parametrize("topic", TOPICS)
def test_every_kind_of_sentence_has_five_wordings(topic: str) -> None:
    wordings = [item if isinstance(item, str) else item["text"] for item in load("wording")[topic]]
    assert len(set(wordings)) >= 5


def test_sizes_reach_from_an_empty_table_to_a_busy_office(papers: list[Manuscript]) -> None:
    received = [paper.number("applications.new_received.total") for paper in papers]
    assert received.count(0) >= 20
    assert max(received) > 400
