"""A city's report of 2024: six pages, both table 2 and table 3 cut by page breaks."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import yaml

from duban.domain.document import Grid, Paragraph
from duban.domain.form import DISPUTE_COLUMNS, ROWS_2021
from duban.domain.text import normal
from duban.reading.formats.pdf import read

TRUTH = yaml.safe_load((Path(__file__).parent / "huaian_2024.yaml").read_text("utf-8"))
NUMBER = re.compile(r"[0-9.]+")


@pytest.fixture(scope="module")
def report(samples):
    return read((samples / "real" / "huaian_2024.pdf").read_bytes())


@pytest.fixture(scope="module")
def tables(report):
    found = [block for block in report.blocks if isinstance(block, Grid)]
    assert len(found) == 3
    return dict(zip(("disclosure", "applications", "disputes"), found, strict=True))


@pytest.mark.parametrize("name", ["disclosure", "applications", "disputes"])
def test_every_number_of_the_tables_is_read(tables, name):
    grid = tables[name]
    rows = [[c.text for c in row if NUMBER.fullmatch(c.text)] for row in grid.rows()]

    assert [row for row in rows if row] == [[str(n) for n in row] for row in TRUTH[name]]
    assert grid.doubt is None


def test_every_label_of_table_3_stands_whole_before_its_numbers(tables):
    labels = [
        next(normal(c.text) for c in reversed(row) if not NUMBER.fullmatch(c.text))
        for row in tables["applications"].rows()
        if any(NUMBER.fullmatch(c.text) for c in row)
    ]

    # The report numbers the last rows 1、 2、 3、 where the form has 1. 2. 3.
    expected = [re.sub(r"^([0-9])\.", r"\1、", normal(row.label)) for row in ROWS_2021]
    assert [re.sub(r"^([0-9])\.", r"\1、", label) for label in labels] == expected


def test_a_group_cut_by_the_page_break_is_one_cell_over_its_rows(tables):
    spans = {normal(c.text): c.rowspan for c in tables["applications"].cells if c.rowspan > 2}

    assert spans["三、本年度办理结果"] == 22
    assert spans["(三)不予公开"] == 8
    assert spans["(四)无法提供"] == 3
    assert spans["(五)不予处理"] == 5
    assert spans["(六)其他处理"] == 3


def test_the_heads_of_table_4_stand_over_their_columns(tables):
    first, second, third, _ = tables["disputes"].rows()

    assert [(c.text, c.column, c.colspan) for c in first] == [
        ("行政复议", 0, 5),
        ("行政诉讼", 5, 10),
    ]
    assert [(c.text, c.column, c.colspan) for c in second if c.colspan > 1] == [
        ("未经复议直接起诉", 5, 5),
        ("复议后起诉", 10, 5),
    ]
    assert [c.text for c in third] == [column.label for column in DISPUTE_COLUMNS] * 2


def test_cells_know_the_page_they_stand_on(tables):
    page_of = {c.text: c.at.page for c in tables["disclosure"].cells}

    assert page_of["447228"] == 3
    assert page_of["3985758"] == 4


def test_the_parts_are_paragraphs_of_their_own_in_order(report):
    parts = [
        block.text
        for block in report.blocks
        if isinstance(block, Paragraph) and re.match("[一二三四五六]、", block.text)
    ]

    assert [part[0] for part in parts] == list("一二三四五六")
    assert all(len(part) < 25 for part in parts)


def test_page_numbers_are_furniture_and_nothing_else(report):
    furniture = [b for b in report.blocks if isinstance(b, Paragraph) and b.furniture]

    assert sorted(normal(b.text) for b in furniture) == [f"-{n}-" for n in range(1, 7)]


def test_the_numbers_of_the_prose_stand_in_their_order(report):
    text = "".join(
        block.text
        for block in report.blocks
        if isinstance(block, Paragraph) and not block.furniture
    )
    counted = [int(n) for n in re.findall(r"(?<![0-9])([0-9]+)\s*(?:件|元)", text)]
    start = counted.index(TRUTH["prose"][0])

    assert counted[start:] == TRUTH["prose"]


def test_all_pages_have_text(report):
    assert (report.pages, report.pages_with_text) == (6, 6)
