from __future__ import annotations

from collections.abc import Callable

import pytest

from duban.domain.document import Document, Grid, Paragraph
from duban.errors import UnreadableError
from duban.reading.formats import text

Rows = Callable[[Grid], list[list[str]]]
Grids = Callable[[Document], list[Grid]]
Prose = Callable[[Document], list[str]]


def read(source: str) -> Document:
    return text.read(source.encode())


def test_each_line_is_a_paragraph_at_its_line() -> None:
    document = read("标题\n\n　　一、总体情况　\n正文。\n")

    assert [(b.text, b.at.line) for b in document.blocks if isinstance(b, Paragraph)] == [
        ("标题", 1),
        ("一、总体情况", 3),
        ("正文。", 4),
    ]
    assert document.converted
    assert document.media == "text"


def test_windows_and_old_mac_line_ends_count_as_one() -> None:
    document = read("甲\r\n乙\r丙\n")
    assert [b.at.line for b in document.blocks] == [1, 2, 3]


def test_a_line_separator_inside_a_line_does_not_shift_line_numbers() -> None:
    document = read("甲\x0c甲\u2028甲\n乙\n")
    assert [b.at.line for b in document.blocks] == [1, 2]


def test_cells_one_a_line_become_a_ragged_grid_with_their_lines(grids: Grids, rows: Rows) -> None:
    document = read("\t信息内容\n\t本年制发件数\n\n\t规章\n\t0\n\n六、其他\n")

    (grid,) = grids(document)
    assert rows(grid) == [["信息内容", "本年制发件数"], ["规章", "0"]]
    assert grid.ragged
    place = grid.rows()[1][1].at
    assert (place.line, place.table, place.row, place.column) == (5, 1, 2, 2)
    assert document.blocks[-1] == Paragraph(text="六、其他", at=document.blocks[-1].at)


def test_a_line_of_a_single_tab_is_an_empty_cell(grids: Grids, rows: Rows) -> None:
    document = read("\t自然人\n\t总计\n\n\t\n\t0\n\t\n\n\t1\n\t2\n\t3\n")
    assert rows(grids(document)[0]) == [["自然人", "总计"], ["", "0", ""], ["1", "2", "3"]]


def test_a_table_may_begin_with_an_empty_cell(grids: Grids, rows: Rows) -> None:
    document = read("表：\n\n\t\n\t自然人\n\n\t新收\n\t1\n")
    assert rows(grids(document)[0]) == [["", "自然人"], ["新收", "1"]]


def test_a_line_without_tab_goes_on_inside_the_cell(grids: Grids, rows: Rows) -> None:
    document = read("\t结\n果\n维\n持\n\t商业\n企业\n\n\t1\n\t0\n")
    assert rows(grids(document)[0]) == [["结\n果\n维\n持", "商业\n企业"], ["1", "0"]]


def test_the_last_cell_of_a_table_may_have_a_soft_break(grids: Grids, rows: Rows) -> None:
    document = read("\t1\n\t2\n\n\t结果维持\n\t尚未\n审结\n\n五、存在的主要问题\n")
    assert rows(grids(document)[0]) == [["1", "2"], ["结果维持", "尚未\n审结"]]


def test_a_paragraph_mark_inside_a_cell_does_not_end_the_row(grids: Grids, rows: Rows) -> None:
    source = (
        "\t（二）部分\n\t1\n\n\t（三）不予\n\n公开\n\t1.属于国家秘密\n\t0\n\n\t\n\t2.其他\n\t0\n"
    )
    assert rows(grids(read(source))[0]) == [
        ["（二）部分", "1"],
        ["（三）不予\n公开", "1.属于国家秘密", "0"],
        ["", "2.其他", "0"],
    ]


def test_a_cell_of_three_paragraphs_is_one_cell(grids: Grids, rows: Rows) -> None:
    source = "\t甲\n\t1\n\n\t（三）\n\n不予\n\n公开\n\t1.属于国家秘密\n\t0\n"
    assert rows(grids(read(source))[0])[1] == ["（三）\n不予\n公开", "1.属于国家秘密", "0"]


def test_a_label_torn_at_the_end_of_a_row_is_put_together(grids: Grids, rows: Rows) -> None:
    source = "\t自然人\n\t总\n\n计\n\n\t1\n\t1\n"
    assert rows(grids(read(source))[0]) == [["自然人", "总\n计"], ["1", "1"]]


@pytest.mark.parametrize(
    "heading",
    [
        "三、收到和处理政府信息公开申请情况",
        "收到和处理政府信息公开申请情况",
        "六、其他需要报告的事项",
    ],
)
@pytest.mark.parametrize("gap", ["", "\n", "\n\n"])
def test_a_heading_between_two_tables_parts_them(
    grids: Grids, prose: Prose, heading: str, gap: str
) -> None:
    document = read(
        f"\t信息内容\n\t数量\n\n\t规章\n\t0\n{gap}{heading}\n{gap}\t甲\n\t乙\n\n\t1\n\t2\n"
    )

    assert len(grids(document)) == 2
    assert prose(document) == [heading]


def test_a_heading_after_an_empty_last_cell_is_not_drawn_into_it(
    grids: Grids, rows: Rows, prose: Prose
) -> None:
    document = read(
        "\t信息内容\n\t数量\n\n\t规章\n\t\n三、收到和处理政府信息公开申请情况\n\t甲\n\t1\n"
    )
    assert rows(grids(document)[0])[1] == ["规章", ""]
    assert prose(document)[0] == "三、收到和处理政府信息公开申请情况"


def test_paragraphs_indented_with_tabs_are_no_table(grids: Grids, prose: Prose) -> None:
    lines = ["一、总体情况", "（一）主动公开", "2023年，本机关认真贯彻落实条例，主动公开信息24条。"]
    document = read("\n".join("\t" + line for line in lines))

    assert grids(document) == []
    assert prose(document) == lines


def test_tab_separated_rows_are_a_grid_that_keeps_its_padding(grids: Grids, rows: Rows) -> None:
    source = "第二十条第（一）项\t\t\n信息内容\t制发\t废止\n规章\t0\t1\n\n三、收到\n"
    (grid,) = grids(read(source))

    assert rows(grid) == [
        ["第二十条第（一）项", "", ""],
        ["信息内容", "制发", "废止"],
        ["规章", "0", "1"],
    ]
    assert not grid.ragged
    assert grid.rows()[2][2].at.line == 3


def test_rows_of_equal_length_with_blanks_do_not_prove_columns(grids: Grids) -> None:
    source = "新收\t\t0\t0\t\n\t不予公开\t国家秘密\t0\t0\n"
    assert grids(read(source))[0].ragged


def test_rows_each_set_off_by_an_empty_line_are_one_table(grids: Grids, rows: Rows) -> None:
    source = "项目\t自然人\t总计\n\n新收\t1\t1\n\n结转\t0\t0\n\n四、行政复议\n"
    assert rows(grids(read(source))[0]) == [
        ["项目", "自然人", "总计"],
        ["新收", "1", "1"],
        ["结转", "0", "0"],
    ]


def test_a_title_with_a_tab_after_it_stays_a_paragraph(prose: Prose, grids: Grids) -> None:
    document = read("某镇2023年报告\t\n正文。\n")
    assert prose(document) == ["某镇2023年报告", "正文。"]
    assert grids(document) == []


@pytest.mark.parametrize("line", ["4", "- 3 -", "—12—", "第3页", "第 3 页 共 6 页", "3/6"])
def test_page_numbers_are_furniture(line: str, prose: Prose) -> None:
    document = read(f"正文第一段。\n{line}\n正文第二段。\n")
    assert prose(document) == ["正文第一段。", "正文第二段。"]


def test_numbers_in_a_row_of_lines_may_be_cells_and_are_kept(prose: Prose) -> None:
    document = read("新收\n5\n0\n\n5\n")
    assert prose(document) == ["新收", "5", "0", "5"]


def test_marks_left_by_a_converter_are_taken_out_of_the_text(prose: Prose) -> None:
    document = read("[bookmark: _GoBack]我镇本年度发出收费通知0件。\n")

    assert prose(document) == ["我镇本年度发出收费通知0件。"]
    assert document.blocks[0] == Paragraph(
        text="[bookmark: _GoBack]", at=document.blocks[0].at, furniture=True
    )


def test_an_endless_text_is_refused() -> None:
    with pytest.raises(UnreadableError) as caught:
        text.read(b"a" * (text.LARGEST_BYTES + 1))
    assert caught.value.code == "too_large"


@pytest.mark.parametrize(
    ("name", "shapes", "ragged"),
    [
        ("seeds/000_690b3fd062718acc.txt", [(4, 14), (10, 28), (15, 4)], [True] * 3),
        ("seeds/001_310db4eb9bbae478.txt", [(5, 19), (10, 26), (15, 4)], [True] * 3),
        ("seeds/002_556f46a9c5195498.txt", [(4, 14), (10, 28), (15, 4)], [True] * 3),
        (
            "seeds/003_c7cdc2898a3fcd12.txt",
            [(4, 4), (2, 10), (10, 28), (16, 4)],
            [False, False, True, True],
        ),
        ("seeds/004_5381253050f8893c.txt", [(4, 14), (10, 28), (15, 4)], [True] * 3),
    ],
)
def test_the_seeds_give_whole_tables(
    sample: Callable[[str], bytes],
    grids: Grids,
    name: str,
    shapes: list[tuple[int, int]],
    ragged: list[bool],
) -> None:
    found = grids(text.read(sample(name)))
    assert [(grid.width, grid.height) for grid in found] == shapes
    assert [grid.ragged for grid in found] == ragged


def test_every_data_row_of_a_seed_ends_in_its_seven_numbers(
    sample: Callable[[str], bytes], grids: Grids, rows: Rows
) -> None:
    applications = grids(text.read(sample("seeds/001_310db4eb9bbae478.txt")))[1]
    tails = [row[-7:] for row in rows(applications)[3:]]

    assert len(tails) == 23
    assert all(cell.isdigit() for tail in tails for cell in tail)
    assert rows(applications)[7][:3] == ["", "（三）不予\n公开", "1.属于国家秘密"]


def test_a_table_whose_row_ends_are_lost_is_doubted(grids: Grids) -> None:
    cells = ["一、本年新收"] + ["0"] * 7 + ["二、上年结转"] + ["0"] * 7 + ["（七）总计"] + ["0"] * 7
    (grid,) = grids(read("".join(f"\t{cell}\n" for cell in cells)))
    assert grid.doubt
