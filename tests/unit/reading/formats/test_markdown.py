from __future__ import annotations

from collections.abc import Callable

from duban.domain.document import Document, Grid, Paragraph, Picture
from duban.reading.formats import markdown

Rows = Callable[[Grid], list[list[str]]]
Grids = Callable[[Document], list[Grid]]
Prose = Callable[[Document], list[str]]


def read(source: str) -> Document:
    return markdown.read(source.encode())


def headings(document: Document) -> list[tuple[str, int | None]]:
    return [(b.text, b.heading) for b in document.blocks if isinstance(b, Paragraph)]


def test_headings_carry_their_level() -> None:
    document = read("# 某镇2023年报告 #\n\n##　一、总体情况\n\n正文\n\n标题二\n---\n")

    assert headings(document) == [
        ("某镇2023年报告", 1),
        ("一、总体情况", 2),
        ("正文", None),
        ("标题二", 2),
    ]
    assert document.converted
    assert document.media == "markdown"


def test_emphasis_goes_and_a_product_sign_stays(prose: Prose) -> None:
    document = read(
        "**一、总体情况**\n\n公开*重要*信息，执行7*24小时和8*5小时制度，~~3~~4条，a_b_c。\n"
    )
    assert prose(document) == [
        "一、总体情况",
        "公开重要信息，执行7*24小时和8*5小时制度，4条，a_b_c。",
    ]


def test_escapes_are_undone(prose: Prose) -> None:
    assert prose(read("1\\. 组织领导 \\*重要\\*&nbsp;&lt;")) == ["1. 组织领导 *重要*\xa0<"]


def test_a_pipe_table_is_a_grid_with_lines(grids: Grids, rows: Rows) -> None:
    document = read("文\n\n| 项目 | 自然人 |\n|:---|:--:|\n| a \\| b | **3** |\n| 结转 | 1 |\n")

    (grid,) = grids(document)
    assert rows(grid) == [["项目", "自然人"], ["a | b", "3"], ["结转", "1"]]
    assert not grid.ragged
    assert grid.rows()[1][1].at.line == 5
    assert (grid.at.table, grid.at.line) == (1, 3)


def test_a_pipe_table_without_outer_bars_is_read(grids: Grids, rows: Rows) -> None:
    assert rows(grids(read("项目 | 数\n--- | ---\n新收 | 3\n"))[0]) == [
        ["项目", "数"],
        ["新收", "3"],
    ]


def test_a_blank_cell_is_kept_and_makes_columns_unproven(grids: Grids, rows: Rows) -> None:
    (grid,) = grids(read("| 甲 | 乙 | 丙 |\n|---|---|---|\n| 一 | | 5 |\n"))
    assert rows(grid)[1] == ["一", "", "5"]
    assert grid.ragged


def test_rows_of_different_length_are_ragged(grids: Grids) -> None:
    assert grids(read("| 甲 | 乙 |\n|---|---|\n| 一 |\n"))[0].ragged


def test_a_bar_in_a_sentence_is_no_table(grids: Grids, prose: Prose) -> None:
    document = read("# 报告\n办公室|信访科负责。\n正文\n")
    assert grids(document) == []
    assert "办公室|信访科负责。" in prose(document)


def test_html_tables_inside_are_read_with_their_spans(grids: Grids, rows: Rows) -> None:
    document = read(
        "| a | b |\n|---|---|\n| 1 | 2 |\n\n"
        "<table>\n<tr><td rowspan=2>三、结果</td><td>1</td></tr>\n<tr><td>2</td></tr>\n"
        "</table>\n\n五、问题\n"
    )
    second = grids(document)[1]
    assert rows(second) == [["三、结果", "1"], ["2"]]
    assert (second.at.table, second.at.line) == (2, 5)
    assert second.cells[0].rowspan == 2
    assert second.cells[0].at.table == 2
    assert headings(document)[-1] == ("五、问题", None)


def test_an_html_table_that_never_closes_ends_with_the_file(grids: Grids) -> None:
    document = read("# 报告\n<table><tr><td>1</td><td>2</td></tr>\n")
    assert [(grid.width, grid.height) for grid in grids(document)] == [(2, 1)]


def test_tab_tables_inside_are_read_as_in_plain_text(grids: Grids, rows: Rows) -> None:
    document = read("# 报告\n\t行政复议\n\t5\n\n\t总计\n\t6\n\n六、其他\n4\n")
    assert rows(grids(document)[0]) == [["行政复议", "5"], ["总计", "6"]]
    assert document.blocks[-1].furniture  # type: ignore[union-attr]


def test_links_and_pictures_are_told(prose: Prose) -> None:
    document = read("# 报告\n见[附件](http://a.cn/b.docx)。\n\n![表三](t3.png)\n")
    assert document.links == (("附件", "http://a.cn/b.docx"),)
    assert prose(document) == ["报告", "见附件。"]
    assert isinstance(document.blocks[-1], Picture)


def test_quotes_bullets_fences_and_rules_leave_no_signs(prose: Prose) -> None:
    document = read("> 引文\n\n- 第一项\n* 第二项\n\n```\n\n***\n\n1. 组织领导\n")
    assert prose(document) == ["引文", "第一项", "第二项", "1. 组织领导"]
