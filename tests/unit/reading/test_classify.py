"""What a document is: a report, complete or not, or something else, with the reason."""

from __future__ import annotations

from typing import Any

import pytest

from duban.domain.document import Document, Picture
from duban.domain.place import Place
from duban.domain.report import Reading
from duban.reading.reader import read, read_document

TITLE = "青河县柳林镇人民政府2023年政府信息公开工作年度报告"
BODY = "我镇认真落实政府信息公开条例要求，全年工作平稳有序开展，各项任务按期完成，群众较为满意。"
PARTS = [
    "一、总体情况", BODY, "二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况", "五、存在的主要问题及改进情况", BODY,
    "六、其他需要报告的事项", "无。",
]  # fmt: skip


def told(*lines: Any, forms: Any, **fields: Any) -> str | None:
    return code(read_document(forms.document(*lines, **fields)))


def code(reading: Reading) -> str | None:
    assert (reading.report is None) == (reading.status != "report")
    if reading.reason is None:
        return None
    assert reading.reason.message.endswith("。")
    return reading.reason.code


def test_a_complete_report_is_one(forms: Any) -> None:
    assert told(TITLE, *PARTS, forms=forms) is None


@pytest.mark.parametrize(
    "lines",
    [
        [TITLE, "一、总体情况", BODY],
        [TITLE, BODY, BODY, BODY],
        [TITLE, *PARTS[:4]],
        PARTS,
        ["2016年青河县教育局政府信息公开工作年度报告", "一、概述", BODY, "二、收费及减免", BODY],
    ],
)  # fmt: skip
def test_an_incomplete_report_is_still_a_report(lines: list[str], forms: Any) -> None:
    assert told(*lines, forms=forms) is None


def test_tables_alone_are_a_report(forms: Any) -> None:
    grid = forms.drawn(forms.applications(forms.zeros("applications")))
    assert told("附件", grid, forms=forms) is None


def test_a_page_with_navigation_around_the_article_is_a_report(forms: Any) -> None:
    menu = ["首页", "走进青河", "政务公开", "办事服务", "当前位置：首页 > 政务公开 > 年度报告"]
    foot = ["主办：青河县人民政府办公室", "备案号12345", "网站地图"]
    assert told(*menu, TITLE, *PARTS, *foot, forms=forms) is None


@pytest.mark.parametrize(
    "lines",
    [
        ["关于做好2023年政府信息公开工作年度报告发布工作的通知", BODY, BODY, "特此通知。"],
        ["青河县柳林镇人民政府政府信息公开指南", BODY, "一、公开内容", BODY, "二、公开形式", BODY],
        ["青河县2023年法治政府建设年度报告", "一、主要举措", BODY, "二、存在不足", BODY, BODY],
        ["青河县人民政府网站工作年度报表（2023年度）", BODY, BODY, BODY],
        ["青河县2023年国民经济和社会发展统计公报", "全年生产总值一百亿元。" * 60],
    ],
)  # fmt: skip
def test_another_kind_of_document_is_no_report(lines: list[str], forms: Any) -> None:
    assert told(*lines, forms=forms) == "not_a_report"


def test_a_notice_about_reports_is_no_report_whatever_its_page_is_called(forms: Any) -> None:
    name = "关于做好2023年政府信息公开工作年度报告编制工作的通知"
    page = f"{name}-青河县人民政府"
    assert told(name, "各镇：", BODY, BODY, BODY, forms=forms, title=page) == "not_a_report"


def test_two_reports_in_one_file_are_told(forms: Any) -> None:
    other = TITLE.replace("柳林镇", "石桥镇")
    assert told(TITLE, *PARTS, other, *PARTS, forms=forms) == "several_reports"


def test_two_years_in_one_file_are_told(forms: Any) -> None:
    other = TITLE.replace("2023", "2022")
    assert told(TITLE, *PARTS, other, *PARTS, forms=forms) == "several_reports"


def test_a_title_printed_twice_is_one_report(forms: Any) -> None:
    assert told(TITLE, "发布时间：2024-01-20", TITLE, *PARTS, forms=forms) is None


def test_the_blank_form_is_a_template(forms: Any) -> None:
    blank = dict.fromkeys(forms.paths("applications"), "")
    grid = forms.drawn(forms.applications(blank))
    lines = [
        "政府信息公开工作年度报告格式模板",
        "一、总体情况",
        "（文字描述）",
        *PARTS[3:4],
        grid,
        *PARTS[4:6],
    ]
    assert told(*lines, forms=forms) == "unfilled_template"


def test_a_form_with_placeholders_is_a_template(forms: Any) -> None:
    blank = dict.fromkeys(forms.paths("applications"), "")
    grid = forms.drawn(forms.applications(blank))
    lines = [
        "XX镇人民政府20XX年政府信息公开工作年度报告",
        "一、总体情况",
        "XX镇共收到申请____件。",
        grid,
    ]
    assert told(*lines, forms=forms) == "unfilled_template"


def test_a_report_with_empty_tables_but_full_prose_is_a_report(forms: Any) -> None:
    blank = dict.fromkeys(forms.paths("applications"), "")
    grid = forms.drawn(forms.applications(blank))
    assert told(TITLE, "一、总体情况", BODY * 8, PARTS[3], grid, forms=forms) is None


def test_a_report_that_left_one_placeholder_is_a_report(forms: Any) -> None:
    grid = forms.drawn(forms.applications(dict.fromkeys(forms.paths("applications"), "")))
    lines = [TITLE, "一、总体情况", BODY * 8, "共收到XX件。", PARTS[3], grid]
    assert told(*lines, forms=forms) is None


def test_a_page_that_lists_reports_is_a_list(forms: Any) -> None:
    names = [TITLE.replace("柳林", place) for place in ("柳林", "石桥", "河口", "青山")]
    links = tuple((name, f"/a{number}.html") for number, name in enumerate(names))
    assert told("信息公开年报", *names, "下一页", forms=forms, links=links) == "list_page"


@pytest.mark.parametrize(
    "lines",
    [
        ["404 Not Found", "nginx"],
        ["抱歉，您访问的页面不存在或已删除"],
        ["您的请求被拦截", "安全防护"],
        ["403 Forbidden"],
        ["您的访问请求可能对网站造成安全威胁，已被拦截。事件ID：1234567"],
    ],
)
def test_an_error_page_is_told(lines: list[str], forms: Any) -> None:
    assert told(*lines, forms=forms) == "error_page"


def test_a_page_filled_by_script_is_told(forms: Any) -> None:
    assert told("正在加载，请稍候", forms=forms) == "script_only_page"
    assert told(forms=forms, title="青河县人民政府") == "script_only_page"


def test_pictures_without_text_are_a_scan(forms: Any) -> None:
    pages = Document(media="pdf", blocks=(Picture(Place(page=1)),), pages=5, pages_with_text=0)
    assert code(read_document(pages)) == "scanned"
    shown = Document(media="html", blocks=(Picture(Place()), Picture(Place())), title=TITLE)
    assert code(read_document(shown)) == "scanned"


def test_nothing_at_all_is_empty(forms: Any) -> None:
    assert code(read_document(Document(media="docx", blocks=()))) == "empty"
    assert read(b"").reading.status == "unreadable"


def test_a_report_with_half_its_pages_unreadable_is_damaged(forms: Any) -> None:
    reading = read_document(forms.document(TITLE, *PARTS, media="pdf", pages=6, pages_with_text=3))
    assert reading.report is not None
    assert reading.report.damaged


def test_mojibake_and_pinyin_notes_are_damage(forms: Any) -> None:
    broken = read_document(forms.document(TITLE, *PARTS, "\ufffd" * 60))
    noted = read_document(forms.document(TITLE, *PARTS, "公(gong)开(kai)工(gong)作(zuo)年(nian)报"))
    sound = read_document(forms.document(TITLE, *PARTS))
    reports = [reading.report for reading in (broken, noted, sound)]
    assert [bool(report and report.damaged) for report in reports] == [True, True, False]


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("{}", "unsupported"),
        ("<html><body><h1>{0}</h1><p>{0}</p></body></html>", "unknown_encoding"),
    ],
)
def test_text_of_an_unknown_encoding_is_unreadable_and_nothing_of_it_is_guessed(
    page: str, why: str
) -> None:
    korean = (
        "정보공개 연차보고서는 국민의 알 권리를 보장하고 투명성을 확보하기 위하여 작성되었다. 24건"
    )
    reading = read(page.format(korean * 4).encode("euc_kr")).reading

    assert (reading.status, code(reading)) == ("unreadable", why)
