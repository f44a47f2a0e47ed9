from __future__ import annotations

from collections.abc import Callable

import pytest

from duban.domain.document import Document, Grid, Paragraph
from duban.reading.formats import html

Prose = Callable[[Document], list[str]]
Grids = Callable[[Document], list[Grid]]
Rows = Callable[[Grid], list[list[str]]]

BODY = (
    "<p>根据《中华人民共和国政府信息公开条例》第五十条规定，编制本报告，现予公布，欢迎监督。</p>"
    "<p>一、总体情况</p><p>2023年，本机关认真贯彻落实条例各项要求，主动公开政府信息24条，成效明显。</p>"
    "<table><tr><td>规章</td><td>0</td></tr><tr><td>文件</td><td>3</td></tr></table>"
    "<p>六、其他需要报告的事项</p><p>无。</p>"
)
TITLE = "某局2023年政府信息公开工作年度报告"
NAVIGATION = (
    "<div><ul><li><a href=/>首页</a></li><li><a href=/a>走进某县</a></li>"
    "<li><a href=/b>政务公开</a></li></ul></div><p>2024年1月20日 星期六 欢迎访问</p>"
)
FOOTER = "<div><p>主办：某县人民政府办公室 承办：大数据局</p><p>网站标识码：3213220037</p></div>"


def read(source: str) -> Document:
    return html.read(source.encode())


def test_the_site_around_an_article_is_furniture(prose: Prose) -> None:
    document = read(f"{NAVIGATION}<div><h1>{TITLE}</h1>{BODY}</div>{FOOTER}")

    texts = prose(document)
    assert texts[0] == TITLE
    assert texts[-1] == "无。"
    furniture = [b.text for b in document.blocks if isinstance(b, Paragraph) and b.furniture]
    assert "主办：某县人民政府办公室 承办：大数据局" in furniture


def test_nothing_is_dropped_from_the_document() -> None:
    document = read(f"{NAVIGATION}<div><h1>{TITLE}</h1>{BODY}</div>{FOOTER}")
    texts = [b.text for b in document.blocks if isinstance(b, Paragraph)]
    assert {"首页", "网站标识码：3213220037"} <= set(texts)


def test_a_title_in_a_box_of_its_own_belongs_to_the_article(prose: Prose) -> None:
    document = read(
        f"{NAVIGATION}<div><div class=t><h2>{TITLE}</h2></div><div>{BODY}</div></div>{FOOTER}"
    )
    assert TITLE in prose(document)


def test_a_signature_in_a_box_of_its_own_belongs_to_the_article(prose: Prose) -> None:
    document = read(
        f"<div><div><h1>{TITLE}</h1>{BODY}</div></div>"
        f"<div><p>某县某局</p><p>2024年1月17日</p></div>{FOOTER}"
    )
    assert prose(document)[-2:] == ["某县某局", "2024年1月17日"]


def test_an_article_in_many_boxes_is_kept_whole(prose: Prose) -> None:
    parts = BODY.replace("<p>", "<div class=p><p>").replace("</p>", "</p></div>")
    document = read(f"{NAVIGATION}<h1>{TITLE}</h1>{parts}")
    assert "2023年，本机关认真贯彻落实条例各项要求，主动公开政府信息24条，成效明显。" in prose(
        document
    )
    assert prose(document)[-1] == "无。"


@pytest.mark.parametrize(
    "control",
    ["上一篇：某局2022年年报", "下一条：无", "打印本页", "【关闭窗口】", "分享到：",
     "字体：大 中 小", "您当前所在的位置：首页 > 年报"],
)  # fmt: skip
def test_page_controls_inside_the_article_are_furniture(prose: Prose, control: str) -> None:
    assert control not in prose(read(f"<div><h1>{TITLE}</h1><p>{control}</p>{BODY}</div>"))


@pytest.mark.parametrize(
    "line",
    ["打印设备采购信息公开3条。", "打印店管理信息公开3条，分享到各平台。", "相关部门",
     "返还申请2件", "来源：某局", "发布时间：2024-01-17"],
)  # fmt: skip
def test_sentences_of_the_article_are_no_controls(prose: Prose, line: str) -> None:
    assert line in prose(read(f"<div><h1>{TITLE}</h1><p>{line}</p>{BODY}</div>"))


def test_a_run_of_links_is_furniture_and_one_link_in_a_sentence_is_not(prose: Prose) -> None:
    document = read(
        f"<div><h1>{TITLE}</h1><p>见<a href=x>附件</a>。</p>{BODY}"
        + "".join(f"<p><a href={n}>{n}局年报</a></p>" for n in "甲乙丙")
        + "</div>"
    )
    assert "见附件。" in prose(document)
    assert "乙局年报" not in prose(document)


def test_a_page_without_an_article_keeps_everything(prose: Prose) -> None:
    document = read("<p>404</p><div><p>页面不存在</p></div>")
    assert prose(document) == ["404", "页面不存在"]


def test_the_real_page_of_a_county_bureau_is_read_whole(
    sample: Callable[[str], bytes], grids: Grids, rows: Rows, prose: Prose
) -> None:
    document = html.read(sample("real/shuyang_fgj_2023.html"))

    assert document.title == "沭阳县发展和改革局2023年政府信息公开年度报告-沭阳县发改局"
    assert document.meta["SiteIDCode"] == "3213220037"
    assert [(g.width, g.height, g.doubt) for g in grids(document)] == [
        (4, 6, None), (4, 14, None), (10, 28, None), (15, 4, None),
    ]  # fmt: skip
    assert prose(document)[-2:] == ["沭阳县发展和改革局", "2024年1月17日"]
    assert "无障碍" not in prose(document)
    applications = grids(document)[2]
    assert rows(applications)[3] == [
        "一、本年新收政府信息公开申请数量", "26", "", "", "", "", "", "26",
    ]  # fmt: skip
    assert [cell.column for cell in applications.rows()[3]] == [0, 3, 4, 5, 6, 7, 8, 9]


def test_the_real_page_of_a_general_office_is_read_whole(
    sample: Callable[[str], bytes], grids: Grids, rows: Rows, prose: Prose
) -> None:
    document = html.read(sample("real/shanghai_office_2019.html"))

    assert [(g.width, g.height, g.doubt) for g in grids(document)] == [
        (5, 18, None), (10, 26, None), (15, 4, None),
    ]  # fmt: skip
    assert rows(grids(document)[1])[-1] == [
        "四、结转下年度继续办理", "72", "", "", "", "", "", "72",
    ]  # fmt: skip
    assert rows(grids(document)[2])[-1] == [
        "5", "", "", "2", "7", "8", "", "", "1", "9", "", "", "", "", "",
    ]  # fmt: skip
    assert "四、政府信息公开行政复议、行政诉讼情况" in prose(document)


def test_a_link_that_is_never_closed_does_not_hide_the_article(prose: Prose) -> None:
    document = read(f"<div><a href='/x'>{BODY}<h1>附注</h1></div>")
    assert prose(document)[:2] == [
        "根据《中华人民共和国政府信息公开条例》第五十条规定，编制本报告，现予公布，欢迎监督。",
        "一、总体情况",
    ]
    assert "无。" in prose(document)


def test_the_line_under_the_last_heading_belongs_to_the_article(prose: Prose) -> None:
    inside, last = BODY.rsplit("<p>", 1)
    document = read(f"<div><div><h1>{TITLE}</h1>{inside}</div></div><p>{last}{FOOTER}")
    assert prose(document)[-1] == "无。"
