"""Whose report for which year, and when it was signed and published."""

from __future__ import annotations

from typing import Any

import pytest

from duban.domain.report import Report
from duban.reading.identity import is_agency, take_apart
from duban.reading.reader import read_document

BODY = "我单位认真落实政府信息公开条例要求，全年工作平稳有序开展。"
PARTS = [
    "一、总体情况", BODY, "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", BODY,
    "六、其他需要报告的事项", "无。",
]  # fmt: skip


def report_of(*lines: Any, forms: Any, **fields: Any) -> Report:
    reading = read_document(forms.document(*lines, **fields))
    assert reading.report is not None, reading.reason
    return reading.report


@pytest.mark.parametrize(
    ("title", "agency", "year"),
    [
        ("青河县柳林镇人民政府2021年政府信息公开工作年度报告", "青河县柳林镇人民政府", 2021),
        ("青河县柳林镇 2021 年 政府信息公开工作年度报告", "青河县柳林镇", 2021),
        ("青河县教育局2022年度政府信息公开工作年度报告", "青河县教育局", 2022),
        ("青河县教育局二〇二一年政府信息公开年度报告", "青河县教育局", 2021),
        ("青河县教育局２０２１年政府信息公开年报", "青河县教育局", 2021),
        ("2019年青河市人民政府办公厅政府信息公开工作年度报告", "青河市人民政府办公厅", 2019),
        ("青河县教育局2021年信息公开工作年度报告", "青河县教育局", 2021),
        ("青河县教育局政府信息公开工作年度报告（2021年）", "青河县教育局", 2021),
        ("青河县教育局关于2021年政府信息公开工作的年度报告", "青河县教育局", 2021),
        ("《青河县教育局2021年政府信息公开工作年度报告》", "青河县教育局", 2021),
        ("青河县教育局2021政府信息公开工作年度报告", "青河县教育局", 2021),
        ("2021年政府信息公开工作年度报告", None, 2021),
        ("青河县教育局政府信息公开工作年度报告", "青河县教育局", None),
        ("青河市人民政府（青河市人民政府办公室）2021年政府信息公开工作年度报告",
         "青河市人民政府（青河市人民政府办公室）", 2021),
    ],
)  # fmt: skip
def test_a_title_names_agency_and_year(title: str, agency: str | None, year: int | None) -> None:
    found = take_apart(title)
    assert (found.agency, found.year) == (agency, year)


@pytest.mark.parametrize(
    "lines",
    [
        ["青河县柳林镇人民政府2021年政府信息公开工作年度报告"],
        ["青河县柳林镇人民政府", "2021年政府信息公开工作年度报告"],
        ["青河县柳林镇人民政府", "2021年度", "政府信息公开工作年度报告"],
        ["青河县柳林镇人民政府2021年", "政府信息公开工作年度报告"],
        ["青河县柳林镇人民政府 2021 年\n政府信息公开工作年度报告"],
    ],
)
def test_a_title_may_stand_on_several_lines(lines: list[str], forms: Any) -> None:
    report = report_of(*lines, "根据条例编制本报告。", *PARTS, forms=forms)
    assert (report.agency, report.year) == ("青河县柳林镇人民政府", 2021)
    assert report.agency_source == "title"
    assert "报告" not in "".join(passage.text for passage in report.passages[:1]).replace(
        "本报告", ""
    )


def test_the_site_suffix_is_no_part_of_the_title(forms: Any) -> None:
    report = report_of(
        BODY, *PARTS, forms=forms, title="青河县教育局2023年政府信息公开年度报告-青河县教育局网"
    )
    assert report.title == "青河县教育局2023年政府信息公开年度报告"
    assert (report.agency, report.year) == ("青河县教育局", 2023)


def test_a_title_without_agency_takes_it_from_the_page_title(forms: Any) -> None:
    report = report_of(
        "2023年政府信息公开年度报告", *PARTS, forms=forms,
        title="青河县教育局2023年政府信息公开年度报告_青河县人民政府",
    )  # fmt: skip
    assert report.agency == "青河县教育局"


def test_the_name_of_the_site_above_a_title_is_not_the_agency(forms: Any) -> None:
    report = report_of(
        "青河县人民政府", "2023年政府信息公开工作年度报告", *PARTS, forms=forms,
        title="青河县教育局2023年政府信息公开工作年度报告-青河县人民政府",
    )  # fmt: skip
    assert report.agency == "青河县教育局"


def test_a_title_printed_twice_is_one(forms: Any) -> None:
    title = "青河县教育局2023年政府信息公开工作年度报告"
    report = report_of(title, "发布时间：2024-01-20", title, *PARTS, forms=forms)
    assert report.title == title


def test_other_years_in_the_navigation_do_not_become_the_title(forms: Any) -> None:
    report = report_of(
        "青河县教育局2022年政府信息公开工作年度报告", "青河县教育局2021年政府信息公开工作年度报告",
        "青河县教育局2023年政府信息公开工作年度报告", "根据条例编制。", *PARTS, forms=forms,
    )  # fmt: skip
    assert report.year == 2023


def test_the_period_gives_the_year_where_the_title_has_none(forms: Any) -> None:
    report = report_of(
        "青河县教育局政府信息公开工作年度报告", "统计期限自2022年1月1日起至12月31日止。", *PARTS,
        forms=forms,
    )  # fmt: skip
    assert (report.title_year, report.year) == (None, 2022)


@pytest.mark.parametrize(
    ("end", "who", "on"),
    [
        (["青河县教育局", "2022年1月20日"], "青河县教育局", "2022-01-20"),
        (["青河县教育局　　2022年1月20日"], "青河县教育局", "2022-01-20"),
        (["青河县教育局", "二〇二二年一月二十日"], "青河县教育局", "2022-01-20"),
        (["2022年1月20日"], None, "2022-01-20"),
        (["2022年13月20日"], None, None),
        (["（联系电话：010-12345678）"], None, None),
        ([], None, None),
    ],
)
def test_the_signature_is_read_only_at_the_end(
    end: list[str], who: str | None, on: str | None, forms: Any
) -> None:
    title = "青河县教育局2021年政府信息公开工作年度报告"
    report = report_of(title, "青河县某单位", "2020年5月5日", *PARTS, *end, forms=forms)
    assert (report.signatory, report.signed_on) == (who, on)


def test_the_day_of_publication_comes_from_what_the_page_says(forms: Any) -> None:
    title = "青河县教育局2021年政府信息公开工作年度报告"
    by_meta = report_of(title, *PARTS, forms=forms, meta={"PubDate": "2022-01-28 09:30"})
    by_line = report_of(title, "来源：本站 发布日期：2022年1月28日", *PARTS, forms=forms)
    cells = [["索引号", "0001", "公开日期", "2022-01-28"]]
    by_cell = report_of(forms.ragged(cells), title, *PARTS, forms=forms)
    assert {r.published_on for r in (by_meta, by_line, by_cell)} == {"2022-01-28"}


def test_the_day_of_fetching_is_never_the_day_of_publication(forms: Any) -> None:
    report = report_of(
        "采集时间：2025-12-30T21:37:37+08:00", "2025年12月30日 星期二",
        "青河县教育局2021年政府信息公开工作年度报告", *PARTS, forms=forms,
    )  # fmt: skip
    assert report.published_on is None


def test_without_a_title_the_signature_names_the_agency(forms: Any) -> None:
    report = report_of(*PARTS, "青河县教育局", "2022年1月20日", forms=forms)
    assert (report.agency, report.agency_source) == ("青河县教育局", "signature")
    assert report.year is None


@pytest.mark.parametrize("text", ["青河县柳林镇人民政府", "青河县发展和改革局", "青河街道办事处"])
def test_a_name_of_a_body_is_known(text: str) -> None:
    assert is_agency(text)


@pytest.mark.parametrize("text", ["是我镇政府的工作，由办公室负责", "无。", "2022年", "特此报告"])
def test_a_sentence_is_no_name_of_a_body(text: str) -> None:
    assert not is_agency(text)
