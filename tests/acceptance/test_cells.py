"""Every cell of the real samples equals the truth that was written down from the sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from duban.domain.form import COLUMNS, DISPUTE_COLUMNS
from duban.domain.report import Cell, Report
from duban.reading.reader import read

TRUTH = Path(__file__).with_name("truth")
FILES = sorted(path.stem for path in TRUTH.glob("*.yaml"))


def wanted(truth: dict[str, Any]) -> dict[str, float | None]:
    cells = {f"disclosure.{path}": value for path, value in truth["disclosure"].items()}
    for table, columns in (("applications", COLUMNS), ("disputes", DISPUTE_COLUMNS)):
        for row, values in truth[table].items():
            for column, value in zip(columns, values, strict=True):
                cells[f"{table}.{row}.{column.field}"] = value
    return cells


def printed(report: Report) -> dict[str, Cell]:
    return {
        f"{name}.{path}": cell
        for name, table in report.tables.items()
        if table is not None
        for path, cell in table.cells.items()
    }


@pytest.fixture(params=FILES)
def case(request: pytest.FixtureRequest, samples: Path) -> tuple[dict[str, Any], Report]:
    truth = yaml.safe_load((TRUTH / f"{request.param}.yaml").read_text(encoding="utf-8"))
    reading = read((samples / truth["sample"]).read_bytes()).reading
    assert reading.report is not None, reading.reason
    return truth, reading.report


def test_every_cell_is_the_printed_one(case: tuple[dict[str, Any], Report]) -> None:
    truth, report = case
    cells = printed(report)
    assert {path: cell.value for path, cell in cells.items()} == wanted(truth)
    assert {cell.kind for cell in cells.values() if cell.value is None} <= {"blank"}


def test_form_and_year_are_told_from_the_document(case: tuple[dict[str, Any], Report]) -> None:
    truth, report = case
    assert (report.regime, report.year) == (truth["regime"], truth["year"])


def test_all_six_parts_are_found_in_order(case: tuple[dict[str, Any], Report]) -> None:
    _, report = case
    assert [section.part for section in report.sections] == [1, 2, 3, 4, 5, 6]


def test_no_row_of_the_form_is_missing(case: tuple[dict[str, Any], Report]) -> None:
    _, report = case
    for table in report.tables.values():
        assert table is not None
        assert table.missing == ()
        assert table.doubt is None


def test_the_blank_official_form_is_no_report(samples: Path) -> None:
    reading = read((samples / "real" / "official_template.docx").read_bytes()).reading
    assert reading.status == "other_document"
    assert reading.reason is not None
    assert reading.reason.code == "unfilled_template"
    assert reading.report is None
