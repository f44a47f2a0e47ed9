"""Headings open parts by their whole line, in order, at one level."""

from __future__ import annotations

from typing import Any

import pytest

from duban.domain.document import Document, Paragraph
from duban.domain.place import Place
from duban.domain.report import Report
from duban.reading.reader import read_document
from duban.reading.sections.headings import cut_inline, ordinal_of, part_of

TITLE = "青河县柳林镇人民政府2023年政府信息公开工作年度报告"
BODY = "我镇认真落实条例要求，全年工作平稳有序开展，各项任务按期完成。"
HEADINGS = [
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
]


def report_of(*lines: Any, forms: Any) -> Report:
    reading = read_document(forms.document(*lines))
    assert reading.report is not None, reading.reason
    return reading.report


def parts(report: Report) -> list[int | None]:
    return [section.part for section in report.sections]


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("总体情况", 1), ("概述", 1), ("基本情况", 1), ("政府信息公开工作总体情况", 1),
        ("2023年度总体情况", 1), ("主动公开政府信息情况", 2), ("行政机关主动公开政府信息情况", 2),
        ("主动公开政府信息的情况", 2), ("政府信息主动公开情况", 2),
        ("收到和处理政府信息公开申请情况", 3), ("行政机关收到和处理政府信息公开申请的情况", 3),
        ("依申请公开政府信息情况", 3), ("政府信息依申请公开工作情况", 3),
        ("政府信息公开行政复议、行政诉讼情况", 4), ("政府信息公开行政复议和行政诉讼情况", 4),
        ("政府信息公开行政复议行政诉讼情况", 4), ("政府信息公开行政复议及行政诉讼情况", 4),
        ("因政府信息公开工作被申请行政复议、提起行政诉讼情况", 4),
        ("因政府信息公开申请行政复议、提起行政诉讼情况", 4),
        ("存在的主要问题及改进情况", 5), ("政府信息公开工作存在的主要问题及改进情况", 5),
        ("存在的主要问题及改进措施", 5), ("存在问题及改进情况", 5),
        ("存在的问题和下一步工作打算", 5),
        ("存在的主要问题及整改措施", 5), ("问题及改进情况", 5), ("其他需要报告的事项", 6),
        ("其它需要报告的事项", 6), ("需要报告的其他事项", 6), ("其他报告的事项", 6),
        ("其他需要报告事项", 6), ("需要说明的事项", 6),
        ("主动公开情况", None), ("依申请公开", None), ("本年无行政复议、行政诉讼", None),
        ("注:行政复议、行政诉讼含上年件数", None), ("行政复议行政诉讼", None),
        ("表三:收到和处理政府信息公开申请情况", None),
    ],
)  # fmt: skip
def test_a_part_is_told_by_its_whole_heading(text: str, part: int | None) -> None:
    assert part_of(text) == part


@pytest.mark.parametrize(
    ("text", "number", "style", "rest"),
    [
        ("一、总体情况", 1, "一、", "总体情况"),
        ("十二、附件", 12, "一、", "附件"),
        ("(二)主动公开", 2, "（一）", "主动公开"),
        ("3.依申请公开", 3, "1.", "依申请公开"),
        ("3、依申请公开", 3, "1、", "依申请公开"),
        ("第四部分概述", 4, "other", "概述"),
        ("一总体情况", 1, "other", "总体情况"),
        ("一是加强领导", None, None, "一是加强领导"),
        ("1.5万条", None, None, "1.5万条"),
        ("总体情况", None, None, "总体情况"),
    ],
)
def test_an_ordinal_is_told_from_the_text_after_it(
    text: str, number: int | None, style: str | None, rest: str
) -> None:
    assert ordinal_of(text) == (number, style, rest)


def test_six_headings_are_six_parts_with_their_numbers_and_prose(forms: Any) -> None:
    lines = [line for heading in HEADINGS for line in (heading, BODY)]
    report = report_of(TITLE, "根据条例第五十条编制。", *lines, forms=forms)
    assert parts(report) == [1, 2, 3, 4, 5, 6]
    assert [section.ordinal for section in report.sections] == [1, 2, 3, 4, 5, 6]
    assert all(section.text == BODY for section in report.sections)
    assert report.passages[0].part is None
    assert report.passages[0].text == "根据条例第五十条编制。"


def test_a_sub_heading_of_part_one_is_not_part_two(forms: Any) -> None:
    report = report_of(
        TITLE, HEADINGS[0], "（一）主动公开政府信息情况", BODY, "（二）依申请公开政府信息情况",
        BODY, *HEADINGS[1:], forms=forms,
    )  # fmt: skip
    assert parts(report) == [1, 2, 3, 4, 5, 6]
    assert report.sections[1].heading == HEADINGS[1]
    assert BODY in report.sections[0].text


def test_sub_headings_stay_sub_headings_when_all_ordinals_are_lost(forms: Any) -> None:
    bare = [heading.partition("、")[2] for heading in HEADINGS]
    grid = forms.drawn(forms.disclosure(forms.zeros("disclosure")))
    report = report_of(
        TITLE, bare[0], "（一）主动公开政府信息情况", BODY, bare[1], grid, *bare[2:], forms=forms
    )
    assert parts(report) == [1, 2, 3, 4, 5, 6]
    assert report.sections[1].heading == bare[1]
    assert report.sections[1].ordinal is None


def test_a_table_of_contents_is_no_part(forms: Any) -> None:
    lines = [line for heading in HEADINGS for line in (heading, BODY)]
    report = report_of(TITLE, "目录", *HEADINGS, *lines, forms=forms)
    assert parts(report) == [1, 2, 3, 4, 5, 6]
    assert all(section.text for section in report.sections)


def test_headings_without_anything_between_them_are_still_parts(forms: Any) -> None:
    assert parts(report_of(TITLE, *HEADINGS, BODY, forms=forms)) == [1, 2, 3, 4, 5, 6]


def test_parts_in_another_order_keep_their_order(forms: Any) -> None:
    swapped = [HEADINGS[i] for i in (0, 1, 3, 2, 4, 5)]
    report = report_of(
        TITLE, *[line for heading in swapped for line in (heading, BODY)], forms=forms
    )
    assert parts(report) == [1, 2, 4, 3, 5, 6]


def test_a_promoted_sub_topic_is_a_section_without_part(forms: Any) -> None:
    report = report_of(
        TITLE, "一、总体情况", BODY, "二、政府信息管理情况", BODY, "三、主动公开政府信息情况", BODY,
        "四、收到和处理政府信息公开申请情况", BODY, forms=forms,
    )  # fmt: skip
    assert parts(report) == [1, None, 2, 3]
    assert [section.ordinal for section in report.sections] == [1, 2, 3, 4]
    assert report.sections[0].text.count(BODY) == 2
    assert {passage.part for passage in report.passages} == {1, 2, 3}


def test_a_near_match_in_its_place_is_the_part(forms: Any) -> None:
    altered = [*HEADINGS[:3], "四、政府信息公开复议、诉讼的情况", *HEADINGS[4:]]
    report = report_of(TITLE, *[x for h in altered for x in (h, BODY)], forms=forms)
    assert parts(report) == [1, 2, 3, 4, 5, 6]
    assert [section.similar for section in report.sections].count(True) == 1


def test_a_near_match_elsewhere_is_none(forms: Any) -> None:
    lines = [*HEADINGS[:3], *HEADINGS[4:], "四、政府信息公开复议、诉讼的情况"]
    report = report_of(TITLE, *[x for h in lines for x in (h, BODY)], forms=forms)
    assert parts(report) == [1, 2, 3, 5, 6, None]


def test_a_part_pasted_twice_is_marked_as_repeated(forms: Any) -> None:
    lines = [*HEADINGS[:3], HEADINGS[2], *HEADINGS[3:]]
    report = report_of(TITLE, *[x for h in lines for x in (h, BODY)], forms=forms)
    assert sorted(part for part in parts(report) if part) == [1, 2, 3, 4, 5, 6]
    assert [s.repeats for s in report.sections if s.part is None] == [3]


def test_headings_inside_paragraphs_are_found_when_lines_have_none(forms: Any) -> None:
    text = "".join(f"{heading}。{BODY}" for heading in HEADINGS)
    report = report_of(TITLE, text, forms=forms)
    assert parts(report) == [1, 2, 3, 4, 5, 6]
    assert report.sections[4].text == BODY


def test_inline_cutting_keeps_every_word() -> None:
    text = f"前言。一、总体情况 {BODY}二、主动公开政府信息情况：{BODY}"
    assert cut_inline(text) == [
        "前言。",
        "一、总体情况",
        BODY + "二、主动公开政府信息情况：" + BODY,
    ] or ("一、总体情况" in cut_inline(text))


@pytest.mark.parametrize(
    "line",
    [
        "本年无行政复议、行政诉讼。",
        "注：政府信息公开行政复议、行政诉讼含上年件数。",
        "表三：收到和处理政府信息公开申请情况",
        "四、政府信息公开行政复议、行政诉讼情况。本年未发生。",
    ],
)
def test_notes_sentences_and_captions_are_no_headings(line: str, forms: Any) -> None:
    without = [*HEADINGS[:3], *HEADINGS[4:]]
    report = report_of(TITLE, *[x for h in without for x in (h, BODY, line)], forms=forms)
    assert parts(report) == [1, 2, 3, 5, 6]


def test_the_end_of_a_wrapped_line_is_no_heading(forms: Any) -> None:
    report = report_of(
        TITLE, HEADINGS[0], "我镇按照上级部署要求，不断健全工作制度，在网站设置专栏发布",
        "主动公开政府信息情况", "，方便群众查询。", *HEADINGS[2:], forms=forms,
    )  # fmt: skip
    assert 2 not in parts(report)


def test_automatic_numbers_are_read_as_printed(forms: Any) -> None:
    blocks = [Paragraph(TITLE, Place(line=1))]
    for number, heading in enumerate(HEADINGS):
        ordinal, _, text = heading.partition("、")
        blocks.append(Paragraph(text, Place(line=number + 2), numbering=f"{ordinal}、"))
    reading = read_document(Document(media="docx", blocks=tuple(blocks)))
    assert reading.report is not None
    assert [section.ordinal for section in reading.report.sections] == [1, 2, 3, 4, 5, 6]
    assert reading.report.sections[0].heading == "一、总体情况"


def test_traditional_characters_and_odd_spacing_are_the_same_heading(forms: Any) -> None:
    report = report_of(
        TITLE, "一、 總體情況", BODY, "二 、主動公開政府信息情況：", BODY,
        "三、　收到和處理政府信息公開申請情況", BODY, forms=forms,
    )  # fmt: skip
    assert parts(report) == [1, 2, 3]


def test_page_numbers_and_bookmarks_are_no_prose(forms: Any) -> None:
    report = report_of(
        TITLE,
        HEADINGS[0],
        BODY,
        "- 3 -",
        "[bookmark: _GoBack]",
        HEADINGS[5],
        "无。",
        "4",
        forms=forms,
    )
    assert [passage.text for passage in report.passages][-2:] == [HEADINGS[5], "无。"]
    assert report.sections[-1].text == "无。"


def test_a_picture_is_counted_in_its_part(forms: Any) -> None:
    from duban.domain.document import Picture

    blocks = forms.document(TITLE, HEADINGS[0], BODY, *HEADINGS[1:], BODY).blocks
    with_picture = (*blocks[:4], Picture(Place(line=4)), *blocks[4:])
    reading = read_document(Document(media="html", blocks=with_picture))
    assert reading.report is not None
    assert reading.report.pictures == (2,)
