from __future__ import annotations

from collections.abc import Callable

import pytest

from duban.domain.document import Document, Grid, Paragraph, Picture
from duban.errors import UnreadableError
from duban.reading.formats import html

Prose = Callable[[Document], list[str]]
Grids = Callable[[Document], list[Grid]]


def read(source: str) -> Document:
    return html.read(source.encode())


def test_blocks_part_paragraphs_and_inline_markup_does_not(prose: Prose) -> None:
    document = read(
        "<div>一、<b>总</b><span>体</span><font face=x>情<o:p>况</o:p></font><p>第一段</p>尾</div>"
        "<ul><li>甲</li><li>乙</li></ul>"
    )
    assert prose(document) == ["一、总体情况", "第一段", "尾", "甲", "乙"]


def test_source_line_ends_are_blanks_and_hard_blanks_stay(prose: Prose) -> None:
    document = read("<p>\n  收到\n  申请&nbsp;24\xa0件　多  空格 </p>")
    assert prose(document) == ["收到 申请\xa024\xa0件　多 空格"]


def test_entities_are_resolved(prose: Prose) -> None:
    assert prose(read("<p>&ldquo;三安全&rdquo;&#12289;&#x4E00;&lt;&amp;</p>")) == ["“三安全”、一<&"]


@pytest.mark.parametrize(
    "hidden",
    [
        "<script>var a='件';</script>",
        "<style>p{color:red}</style>",
        "<template><p>模板</p></template>",
        "<noscript>请启用脚本</noscript>",
        "<!-- 注释 -->",
        "<!--[if gte mso 9]><xml><w:View>Normal</w:View></xml><![endif]-->",
        "<div hidden><p>藏</p></div>",
        '<p style="DISPLAY : none">藏</p>',
        "<span style='display:none;mso-hide:all'>藏</span>",
        "<select><option>选项</option></select>",
        "<del>旧</del>",
        "<s>旧</s>",
        '<span style="text-decoration: line-through">旧</span>',
    ],
)
def test_what_is_not_drawn_is_not_read(prose: Prose, hidden: str) -> None:
    assert prose(read(f"<p>前</p>{hidden}<p>后</p>")) == ["前", "后"]


def test_text_after_a_hidden_element_is_kept(prose: Prose) -> None:
    assert prose(read("<p>共<span style='display:none'>9</span>24件</p>")) == ["共24件"]


def test_a_page_whose_whole_text_waits_for_a_script_is_still_read(prose: Prose) -> None:
    document = read("<p>首页</p><div style='display:none'><p>" + "报告正文。" * 200 + "</p></div>")
    assert len(prose(document)) == 2


def test_a_raised_note_number_is_no_digit(prose: Prose) -> None:
    assert prose(read("<p>24<sup>1</sup>件，5 m<sup>二</sup></p>")) == ["24[1]件，5 m二"]


def test_a_break_is_a_newline_inside_a_paragraph(prose: Prose) -> None:
    assert prose(read("<p>某市人民政府<br>2023年度报告</p>")) == ["某市人民政府\n2023年度报告"]


@pytest.mark.parametrize(
    "between", ["<br><br>", "<br/>　　", "<br>&nbsp;&nbsp;&nbsp;", "<br>\n&emsp;&emsp;"]
)
def test_breaks_that_end_a_paragraph_do(prose: Prose, between: str) -> None:
    texts = prose(read(f"<div>某镇政府年报{between}本机关编制</div>"))
    assert [text.strip() for text in texts] == ["某镇政府年报", "本机关编制"]


def test_a_page_of_breaks_only_has_its_headings_apart(prose: Prose) -> None:
    document = read(
        "<div>一、总体情况<br>2023年，本机关主动公开24条。<br>（一）主动公开<br>全年<br>"
        "二、主动公开政府信息情况<br></div>"
    )
    assert prose(document) == [
        "一、总体情况",
        "2023年，本机关主动公开24条。",
        "（一）主动公开",
        "全年",
        "二、主动公开政府信息情况",
    ]


def test_headings_carry_their_level_and_stay_whole() -> None:
    document = read("<h1>某镇政府<br>2023年报告</h1><h2>一、<b>总体情况</b></h2><p>文</p>")
    found = [(b.text, b.heading) for b in document.blocks if isinstance(b, Paragraph)]
    assert found == [("某镇政府\n2023年报告", 1), ("一、总体情况", 2), ("文", None)]


@pytest.mark.parametrize(
    ("attributes", "numbers"),
    [
        ("", ["1.", "2.", "3."]),
        ("start=4", ["4.", "5.", "6."]),
        ("type=a", ["a.", "b.", "c."]),
        ("type=I", ["I.", "II.", "III."]),
        ("reversed", ["3.", "2.", "1."]),
        ("style='list-style-type: cjk-ideographic'", ["一、", "二、", "三、"]),
        ("style='list-style:none'", [None, None, None]),
    ],
)
def test_list_numbers_stand_beside_the_text(attributes: str, numbers: list[str | None]) -> None:
    document = read(f"<ol {attributes}><li>甲<li>乙<p>乙二</p><li>丙</ol>")
    found = [(b.text, b.numbering) for b in document.blocks if isinstance(b, Paragraph)]
    assert found == [("甲", numbers[0]), ("乙", numbers[1]), ("乙二", None), ("丙", numbers[2])]


def test_an_item_with_its_own_value_counts_on_from_it() -> None:
    document = read("<ol><li>甲<li value=7>乙<li>丙</ol>")
    found = [b.numbering for b in document.blocks if isinstance(b, Paragraph)]
    assert found == ["1.", "7.", "8."]


def test_unordered_items_have_no_number() -> None:
    (block,) = read("<ul><li>甲</ul>").blocks
    assert isinstance(block, Paragraph)
    assert block.numbering is None


def test_meta_values_are_found_even_in_the_body() -> None:
    document = read(
        "<html><body><div><meta name='pubdate' content='2024-01-17 10:00'>"
        "<meta name='ArticleTitle' content='某局2023年政府信息公开工作年度报告'>"
        "<meta name='PubDate' content='2020-01-01'></div><p>文</p></body></html>"
    )
    assert document.meta["PubDate"] == "2024-01-17 10:00"
    assert document.title == "某局2023年政府信息公开工作年度报告"


def test_of_several_titles_the_one_that_names_a_report_counts() -> None:
    document = read("<title>某县政府</title><body><title>某局2023年年报</title><p>文</p>")
    assert document.title == "某局2023年年报"


def test_links_keep_text_and_target() -> None:
    document = read(
        "<base href='https://a.gov.cn/x/'><p><a href='b.docx'>附<b>件</b></a>"
        "<a href='javascript:void(0)'>打印</a><a href='#'>顶</a><a name=t>锚</a></p>"
        "<iframe src='/f.pdf'></iframe>"
    )
    assert document.links == (
        ("附件", "https://a.gov.cn/x/b.docx"),
        ("", "https://a.gov.cn/f.pdf"),
    )


@pytest.mark.parametrize(
    ("image", "matters"),
    [
        ("<img src='t3.png'>", True),
        ("<img src='a/W020240117.jpg' width=600 height=800>", True),
        ("<img src='x.png' width='16' height='16'>", False),
        ("<img src='x.png' style='width:20px'>", False),
        ("<img src='/images/logo_emblem.png'>", False),
        ("<img src='/ueditor/dialogs/attachment/fileTypeImages/icon_doc.gif'>", False),
        ("<img src='data:image/png;base64,iVBOR'>", False),
        ("<img>", False),
    ],
)
def test_only_pictures_that_may_hold_a_table_are_told(image: str, matters: bool) -> None:
    document = read(f"<p>三、收到和处理{image}</p>")
    assert [isinstance(b, Picture) for b in document.blocks] == [False] + [True] * matters


def test_preformatted_text_is_read_line_by_line(prose: Prose, grids: Grids) -> None:
    document = read(
        "<pre>一、总体情况\n正文。\n\n\t信息内容\n\t数量\n\n\t规章\n\t0\n</pre><p>尾</p>"
    )
    assert prose(document) == ["一、总体情况", "正文。", "尾"]
    assert [(grid.width, grid.height, grid.ragged) for grid in grids(document)] == [(2, 2, True)]


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16", "utf-8-sig"])
@pytest.mark.parametrize("declared", ["utf-8", "gb2312", "iso-8859-1"])
def test_a_page_is_read_whatever_it_declares(prose: Prose, encoding: str, declared: str) -> None:
    page = f"<html><head><meta charset={declared}></head><body><p>全年受理申请24件，①</p></body>"
    assert prose(html.read(page.encode(encoding))) == ["全年受理申请24件，①"]


@pytest.mark.parametrize("source", [b"", b"\0\0\0", b"   ", b"<!-- -->", b"<html></html>"])
def test_a_page_of_nothing_has_no_blocks(source: bytes) -> None:
    assert html.read(source).blocks == ()


@pytest.mark.parametrize("data", [b" " * (html.LARGEST_BYTES + 1), b"<p>" * (html.MOST_TAGS + 1)])
def test_an_endless_page_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableError) as caught:
        html.read(data)
    assert caught.value.code == "too_large"


def test_thousands_of_unclosed_elements_lose_no_text(prose: Prose) -> None:
    document = read("<font><div>" * 1500 + "一、总体情况<p>正文")
    assert prose(document) == ["一、总体情况", "正文"]


@pytest.mark.parametrize("end", ["</html>", "</BODY></HTML >", "</body>", "</html><html><body>"])
def test_text_after_the_end_of_a_page_inside_the_page_is_read(prose: Prose, end: str) -> None:
    document = read(f"<html><body><p>页眉</p>{end}<p>一、总体情况</p>尾</body></html>")
    assert prose(document) == ["页眉", "一、总体情况", "尾"]
