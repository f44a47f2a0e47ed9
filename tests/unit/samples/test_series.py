from __future__ import annotations

import json
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import pytest

from duban.samples import make, truth
from duban.samples.arithmetic import broken
from duban.samples.chance import chance
from duban.samples.composing import Habits
from duban.samples.data import rule
from duban.samples.faults.series import FROM_BEFORE, SERIES, breaks
from duban.samples.figures import Stock
from duban.samples.manuscript import Manuscript
from duban.samples.planting import Planter, Year
from duban.samples.roster import Entry, counties

YEARS = (2020, 2021, 2022, 2023, 2024)


def series(entry: Entry, planter: Planter) -> list[Manuscript]:
    rng = chance("series", entry.code)
    habits, stock = Habits.draw(rng), Stock(in_force=rng.randint(0, 40))
    papers: list[Manuscript] = []
    for year in YEARS:
        before = papers[-1] if papers else None
        paper, stock = planter.report(Year(entry, year, habits, "html", before), stock)
        papers.append(paper)
    return papers


@pytest.fixture(scope="module")
def faulty() -> list[list[Manuscript]]:
    """Five years of 120 agencies, half of the reports with a fault."""
    planter = Planter(3, 0, 0.5)
    return [series(entry, planter) for entry in counties(120)]


def test_true_reports_contradict_no_report_of_the_year_before(
    chains: list[list[Manuscript]],
) -> None:
    assert [
        (paper.title, found)
        for chain in chains
        for before, paper in pairwise(chain)
        if (found := breaks(paper, before))
    ] == []


def test_two_years_contradict_each_other_only_where_it_is_told(
    faulty: list[list[Manuscript]],
) -> None:
    told = 0
    for papers in faulty:
        for before, paper in pairwise(papers):
            planted = [p for p in paper.planted if "prior" in p.context]
            assert breaks(paper, before) == [f for p in planted for f in p.consequences]
            told += len(planted)
    assert told > 20


@pytest.mark.parametrize("name", [*SERIES, FROM_BEFORE])
def test_every_break_of_a_series_is_planted(faulty: list[list[Manuscript]], name: str) -> None:
    found = [p for papers in faulty for paper in papers for p in paper.planted if p.fault == name]
    wanted = rule("carry_total" if name == FROM_BEFORE else name)
    assert found
    assert {r for p in found for f in p.consequences for r in f["rules"]} == {wanted}


def test_a_break_of_a_series_leaves_the_report_in_agreement_with_itself(
    faulty: list[list[Manuscript]],
) -> None:
    for papers in faulty:
        for paper in papers:
            if any("prior" in p.context for p in paper.planted):
                assert broken(paper) == []
                assert len(paper.planted) == 1


def test_a_jump_of_the_stock_is_beyond_the_tolerance_and_not_explained(
    faulty: list[list[Manuscript]],
) -> None:
    for papers in faulty:
        for paper in papers:
            for fault in paper.planted:
                if fault.fault == "in_force":
                    (found,) = fault.consequences
                    assert abs(found["actual"] - found["expected"]) > max(
                        1, 0.02 * found["expected"]
                    )
                    text = "".join(s.text() for _, _, s in paper.sentences())
                    assert "清理" not in text
                    assert "认定" not in text


def test_a_missing_year_is_told_and_the_year_after_it_breaks_with_nothing(tmp_path: Path) -> None:
    summary = make(tmp_path, seed=4, agencies=30, years=YEARS, fault_rate=0.6, gap_rate=0.2)
    whole: dict[str, Any] = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    gaps = {(m["agency_id"], m["year"]) for m in whole["missing"]}
    there = {(f["agency_id"], f["year"]) for f in whole["files"]}
    assert summary.missing == len(gaps) > 15
    assert gaps | there == {(e.agency.id, year) for e in counties(30) for year in YEARS}
    assert gaps & there == set()
    for _, files in groupby(whole["files"], key=lambda f: f["agency_id"]):
        listed = list(files)
        assert listed
        for entry in listed:
            if (entry["agency_id"], entry["year"] - 1) not in there:
                assert all("prior" not in p["context"] for p in entry["planted"])


def test_the_truth_can_be_read_entry_by_entry(tmp_path: Path) -> None:
    make(tmp_path, seed=4, agencies=6, years=YEARS, gap_rate=0.3)
    whole = json.loads((tmp_path / "truth.json").read_text("utf-8"))
    assert whole["missing"]
    assert list(truth.entries(tmp_path)) == whole["files"]
