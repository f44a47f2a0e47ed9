from __future__ import annotations

from collections.abc import Callable

import pytest

from duban.domain.document import Document, Grid, Paragraph, Picture
from duban.reading.formats import html

Rows = Callable[[Grid], list[list[str]]]
Grids = Callable[[Document], list[Grid]]
Prose = Callable[[Document], list[str]]

HEADER = "<tr><td colspan=5>行政复议</td><td colspan=10>行政诉讼</td></tr>"


def read(source: str) -> Document:
    return html.read(source.encode())


def test_spans_put_every_cell_in_its_column(grids: Grids) -> None:
    (grid,) = grids(
        read(
            "<table><tr><td rowspan=2>甲</td><td colspan=2>乙</td></tr>"
            "<tr><td>丙</td><td>丁</td></tr></table>"
        )
    )
    assert {c.text: (c.row, c.column, c.rowspan, c.colspan) for c in grid.cells} == {
        "甲": (0, 0, 2, 1),
        "乙": (0, 1, 1, 2),
        "丙": (1, 1, 1, 1),
        "丁": (1, 2, 1, 1),
    }
    assert grid.doubt is None
    assert not grid.ragged


@pytest.mark.parametrize(
    ("span", "rows_covered"),
    [("0", 3), ("99", 3), ("3px", 3), ("", 1), ("-2", 1), ("x", 1), ("1.9", 1), ("99999999", 3)],
)
def test_odd_rowspans_are_read_as_browsers_read_them(
    grids: Grids, span: str, rows_covered: int
) -> None:
    (grid,) = grids(
        read(
            f"<table><tr><td rowspan='{span}'>三、结果</td><td>a</td></tr>"
            "<tr><td>b</td></tr><tr><td>c</td></tr></table>"
        )
    )
    assert grid.cells[0].rowspan == rows_covered
    assert grid.height == 3


def test_a_rowspan_ends_with_its_row_group(grids: Grids) -> None:
    (grid,) = grids(
        read(
            "<table><thead><tr><th rowspan=9>头</th><th>b</th></tr></thead>"
            "<tbody><tr><td>1</td><td>2</td></tr></tbody></table>"
        )
    )
    assert grid.cells[0].rowspan == 1


def test_a_foot_written_first_is_drawn_last(grids: Grids, rows: Rows) -> None:
    (grid,) = grids(
        read(
            "<table><tfoot><tr><td>计</td><td>1</td></tr></tfoot>"
            "<tbody><tr><td>a</td><td>1</td></tr></tbody></table>"
        )
    )
    assert rows(grid) == [["a", "1"], ["计", "1"]]


def test_overlapping_cells_make_the_grid_doubtful(grids: Grids) -> None:
    (grid,) = grids(
        read(
            "<table><tr><td>a</td><td>b</td><td rowspan=2>c</td></tr>"
            "<tr><td colspan=3>d</td></tr></table>"
        )
    )
    assert grid.doubt


def test_rows_and_cells_without_closing_tags_are_read(grids: Grids, rows: Rows) -> None:
    (grid,) = grids(read("<table><tr><td>a<td>b<tr><td>c<td>d</table>"))
    assert rows(grid) == [["a", "b"], ["c", "d"]]


def test_cells_without_a_row_make_one(grids: Grids, rows: Rows) -> None:
    (grid,) = grids(read("<table><td>a</td><td>b</td><tr><td>c</td><td>d</td></tr></table>"))
    assert rows(grid) == [["a", "b"], ["c", "d"]]


def test_text_of_a_cell_keeps_its_lines(grids: Grids, rows: Rows) -> None:
    source = (
        "<table><tr><td>\n<p>商业</p>\n<p>企业</p></td><td>结<br>果<br/>\n维<br>持</td>"
        "<td>&nbsp;</td><td><div>1</div>\n </td><td> 2 3\n4</td></tr></table>"
    )
    (grid,) = grids(read(source))
    assert rows(grid) == [["商业\n企业", "结\n果\n维\n持", "", "1", "2 3 4"]]


def test_a_number_split_over_inline_elements_is_one_number(grids: Grids, rows: Rows) -> None:
    source = (
        "<table><tr><td><p><span>1</span><span>2</span><b>3</b></p></td><td>x</td></tr></table>"
    )
    assert rows(grids(read(source))[0]) == [["123", "x"]]


def test_a_table_in_a_table_of_one_cell_is_unwrapped(grids: Grids, rows: Rows) -> None:
    document = read(
        "<table><tr><td><table><tr><td>新收</td><td>3</td></tr></table></td></tr></table>"
    )
    assert [rows(grid) for grid in grids(document)] == [[["新收", "3"]]]
    assert grids(document)[0].at.table == 1


def test_a_frame_of_one_cell_inside_a_cell_is_just_its_text(grids: Grids, rows: Rows) -> None:
    document = read(
        "<table><tr><td><table><tr><td>新收</td></tr></table></td><td>3</td></tr>"
        "<tr><td>结转</td><td>1</td></tr></table>"
    )
    assert [rows(grid) for grid in grids(document)] == [[["新收", "3"], ["结转", "1"]]]


def test_a_layout_table_around_an_article_is_taken_apart(
    grids: Grids, rows: Rows, prose: Prose
) -> None:
    article = "<p>一、总体情况</p><p>" + "本机关认真贯彻落实条例，主动公开信息。" * 20 + "</p>"
    document = read(
        f"<table><tr><td>栏目</td><td>{article}<p>二、主动公开政府信息情况</p>"
        "<table><tr><td>规章</td><td>0</td></tr><tr><td>文件</td><td>3</td></tr></table>"
        "<p>三、收到</p></td></tr></table>"
    )
    assert [rows(grid) for grid in grids(document)] == [[["规章", "0"], ["文件", "3"]]]
    texts = prose(document)
    assert "一、总体情况" in texts
    assert texts.index("三、收到") > texts.index("二、主动公开政府信息情况")


def test_data_rows_of_a_layout_table_stay_a_grid(grids: Grids, rows: Rows, prose: Prose) -> None:
    long = "<p>" + "本机关认真贯彻落实条例，主动公开信息。" * 10 + "</p><p>第二段。</p>"
    document = read(
        f"<table><tr><td colspan=2>一、总体情况</td></tr><tr><td colspan=2>{long}</td></tr>"
        "<tr><td colspan=2>二、主动公开政府信息情况</td></tr>"
        "<tr><td>规章</td><td>0</td></tr><tr><td>文件</td><td>3</td></tr></table>"
    )
    assert [rows(grid) for grid in grids(document)] == [[["规章", "0"], ["文件", "3"]]]
    assert prose(document)[0] == "一、总体情况"
    assert "二、主动公开政府信息情况" in prose(document)


def test_a_table_of_one_column_is_text(grids: Grids, prose: Prose) -> None:
    document = read("<table><tr><td>一、总体情况</td></tr><tr><td>正文。</td></tr></table>")
    assert grids(document) == []
    assert prose(document) == ["一、总体情况", "正文。"]


def test_a_nested_table_of_several_cells_is_a_grid_of_its_own(grids: Grids, rows: Rows) -> None:
    document = read(
        "<table><tr><td>甲</td><td>1</td></tr><tr><td>三、结果</td><td>"
        "<table><tr><td>予以公开</td><td>5</td></tr></table></td></tr>"
        "<tr><td>四、结转</td><td>2</td></tr></table>"
    )
    assert [rows(grid) for grid in grids(document)] == [
        [["甲", "1"]],
        [["予以公开", "5"]],
        [["四、结转", "2"]],
    ]
    assert [grid.at.table for grid in grids(document)] == [1, 2, 3]


def test_a_caption_and_stray_text_stand_before_the_table(grids: Grids, prose: Prose) -> None:
    document = read(
        "<table><caption>表一</caption><tr><div>散落</div><td>a</td><td>b</td></tr></table>"
    )
    assert prose(document) == ["表一", "散落"]
    assert isinstance(document.blocks[-1], Grid)


def test_a_table_inside_a_paragraph_ends_it(grids: Grids, prose: Prose) -> None:
    document = read("<p>二、情况<table><tr><td>a</td><td>1</td></tr></table>三、情况</p>")
    kinds = [type(block) for block in document.blocks]
    assert kinds == [Paragraph, Grid, Paragraph]
    assert prose(document) == ["二、情况", "三、情况"]


def test_a_picture_in_a_cell_follows_the_grid() -> None:
    document = read("<table><tr><td>a</td><td><img src='x/t4.jpg'></td></tr></table>")
    assert [type(block) for block in document.blocks] == [Grid, Picture]


def test_tables_nested_beyond_reason_are_read_in_bounded_time(prose: Prose) -> None:
    document = read("<table><tr><td>甲</td><td>" * 300 + "底" + "</td></tr></table>" * 300)
    texts = prose(document) + [
        c.text for b in document.blocks if isinstance(b, Grid) for c in b.cells
    ]
    assert any("底" in text for text in texts)


def test_a_table_of_too_many_cells_is_text(grids: Grids, prose: Prose) -> None:
    document = read("<table>" + "<tr><td>a</td><td>1</td></tr>" * 21_000 + "</table>")
    assert grids(document) == []
    assert len(prose(document)) == 42_000


def test_the_wide_header_of_table_four_covers_fifteen_columns(grids: Grids) -> None:
    groups = "".join(f"<td rowspan=2>{n}</td>" for n in "维纠其未总")
    second = f"<tr>{groups}<td colspan=5>直接</td><td colspan=5>复议后</td></tr>"
    third = "<tr>" + "".join(f"<td>{n}</td>" for n in "维纠其未总维纠其未总") + "</tr>"
    values = "<tr>" + "".join(f"<td>{n}</td>" for n in range(15)) + "</tr>"
    (grid,) = grids(read(f"<table>{HEADER}{second}{third}{values}</table>"))

    assert (grid.width, grid.height) == (15, 4)
    assert [cell.column for cell in grid.rows()[3]] == list(range(15))
    assert [cell.column for cell in grid.rows()[2]] == list(range(5, 15))


@pytest.mark.parametrize(
    "source",
    [
        "<table>散落<tr><td>a</td><td>1</td></tr></table>",
        "<table><tr>散落<td>a</td><td>1</td></tr></table>",
        "<table><tbody><tr><td>a</td>散落<td>1</td></tr></tbody></table>",
        "<table><tr><td>a</td><td>1</td></tr>散落</table>",
    ],
)
def test_text_outside_every_cell_stands_before_the_table(prose: Prose, source: str) -> None:
    document = read(source)
    assert prose(document) == ["散落"]
    assert isinstance(document.blocks[-1], Grid)


def test_the_row_of_no_height_that_word_appends_is_not_read(grids: Grids, rows: Rows) -> None:
    document = read(
        "<table><tr height=0><td>a</td><td>1</td></tr><tr><td>b</td><td></td></tr>"
        "<![if !supportMisalignedColumns]><tr height=0><td width=9></td><td width=9></td></tr>"
        "<![endif]></table>"
    )
    assert rows(grids(document)[0]) == [["a", "1"], ["b", ""]]
