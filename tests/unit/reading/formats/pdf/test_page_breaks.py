from __future__ import annotations

import pytest

from duban.reading.formats.pdf.seam import UNCERTAIN_ROW

XS = (72, 100, 140, 230, 280, 330)
HEAD = [[("情况", 2, 3), ("申请人情况", 1, 2)], ["自然人", "总计"]]


def edges(count, top, step=30):
    return [top + step * n for n in range(count + 1)]


def test_a_table_that_goes_on_overleaf_is_one_grid(sheet, source, one_grid, same):
    first = [["规章", "1"], ["规范性文件", "8"]]
    second = [["行政许可", "447228"], ["行政处罚", "3985758"]]
    xs = (72, 250, 400)
    sheet.table(xs, edges(2, 700), source(first)).text(290, 815, "- 3 -").page()
    sheet.table(xs, edges(2, 80), source(second)).text(290, 815, "- 4 -")

    same(one_grid(sheet.bytes()), source(first + second))


def test_parts_with_different_inner_columns_share_one_set_of_columns(sheet, source, one_grid, same):
    first = [["规章", "1", "0", "11"]]
    second = [["行政许可", "447228"]]
    sheet.table((72, 250, 330, 410, 490), edges(1, 700), source(first)).page()
    sheet.table((72, 250, 490), edges(1, 80), source(second))

    same(one_grid(sheet.bytes()), source([*first, ["行政许可", ("447228", 1, 3)]]))


def test_prose_between_two_tables_keeps_them_apart(sheet, source, read_grids):
    xs = (72, 250, 400)
    sheet.table(xs, edges(1, 700), source([["规章", "1"]])).page()
    sheet.text(72, 70, "三、收到和处理情况").table(xs, edges(1, 80), source([["新收", "3"]]))

    assert len(read_grids(sheet.bytes())) == 2


def test_the_words_continued_table_do_not_part_it(sheet, source, one_grid):
    xs = (72, 250, 400)
    sheet.table(xs, edges(1, 700), source([["规章", "1"]])).page()
    sheet.text(440, 70, "（续表）").table(xs, edges(1, 80), source([["行政许可", "3"]]))

    assert one_grid(sheet.bytes()).height == 2


def test_other_edges_begin_another_table(sheet, source, read_grids):
    sheet.table((72, 250, 400), edges(1, 700), source([["规章", "1"]])).page()
    sheet.table((72, 200, 480), edges(1, 80), source([["新收", "3"]]))

    assert len(read_grids(sheet.bytes())) == 2


def test_a_head_repeated_overleaf_is_dropped(sheet, source, one_grid, same):
    xs = (72, 250, 330, 410)
    head = [["信息内容", "本年制发件数", "现行有效件数"]]
    first, second = [["规章", "1", "11"]], [["规范性文件", "8", "66"]]
    sheet.table(xs, edges(2, 700), source(head + first)).page()
    sheet.table(xs, edges(2, 80), source(head + second))

    same(one_grid(sheet.bytes()), source(head + first + second))


def test_a_head_of_two_rows_repeated_overleaf_is_dropped(sheet, source, one_grid):
    xs = (72, 250, 330, 410)
    head = [[("情况", 2, 1), ("申请人", 1, 2)], ["自然人", "总计"]]
    sheet.table(xs, edges(3, 700), source([*head, ["一、新收", "3", "3"]])).page()
    sheet.table(xs, edges(3, 80), source([*head, ["二、结转", "4", "4"]]))

    grid = one_grid(sheet.bytes())

    assert [row[0].text for row in grid.rows()] == ["情况", "自然人", "一、新收", "二、结转"]
    assert grid.doubt is None


def test_a_group_label_cut_by_the_page_is_one_cell(sheet, source, one_grid, same):
    first = [
        [("三、\n办理\n结果", 2, 1), ("（三）不\n予公开", 1, 1), "1.国家秘密", "2", "2"],
        ["（四）无", "1.不掌握", "746", "769"],
    ]
    second = [[("", 2, 1), ("法提供", 2, 1), "2.另行制作", "11", "11"], ["3.不明确", "1", "1"]]
    sheet.table(XS, edges(2, 700), source(first)).text(290, 815, "-4-").page()
    sheet.table(XS, edges(2, 80), source(second)).text(290, 815, "-5-")

    same(
        one_grid(sheet.bytes()),
        source(
            [
                [("三、办理结果", 4, 1), "（三）不予公开", "1.国家秘密", "2", "2"],
                [("（四）无法提供", 3, 1), "1.不掌握", "746", "769"],
                ["2.另行制作", "11", "11"],
                ["3.不明确", "1", "1"],
            ]
        ),
    )


def test_a_group_that_ends_with_the_page_is_not_joined_to_the_next(sheet, source, one_grid, same):
    first = [["（三）不\n予公开", "8.行政查询", "105", "105"]]
    second = [["（四）无\n法提供", "1.不掌握", "746", "769"]]
    xs = XS[1:]
    sheet.table(xs, edges(1, 700), source(first)).page()
    sheet.table(xs, edges(1, 80), source(second))

    same(one_grid(sheet.bytes()), source(first + second))


def test_a_row_cut_by_the_page_is_one_row(sheet, source, one_grid, same):
    xs = (72, 172, 230, 290)
    first = [
        ["3.要求提供公开出版物", "3", "3"],
        ["4.大量反复申请", "0", "0"],
        ["5.要求行政机关确认或", "1", "2"],
    ]
    second = [["重新出具已获取信息", "", ""], ["6.其他", "4", "4"]]
    sheet.table(xs, edges(3, 690), source(first)).page()
    sheet.table(xs, edges(2, 80), source(second))

    whole = ["5.要求行政机关确认或重新出具已获取信息", "1", "2"]
    same(one_grid(sheet.bytes()), source([*first[:2], whole, second[1]]))


def test_numbers_on_both_sides_of_the_page_are_two_rows(sheet, source, one_grid, same):
    xs = (72, 112, 172, 230)
    first, second = [["一、甲甲", "1", "2"]], [["乙乙", "3", "4"]]
    sheet.table(xs, edges(1, 700), source(first)).page()
    sheet.table(xs, edges(1, 80), source(second))

    same(one_grid(sheet.bytes()), source(first + second))


def test_a_row_that_may_or_may_not_go_on_leaves_the_table_in_doubt(sheet, source, one_grid):
    xs = (72, 112, 172, 230)
    sheet.table(xs, edges(1, 700), source([["规范文件", "1", "2"]])).page()
    sheet.table(xs, edges(1, 80), source([["许可事项", "", ""]]))

    assert one_grid(sheet.bytes()).doubt == UNCERTAIN_ROW


def test_numbers_without_a_label_overleaf_leave_the_table_in_doubt(sheet, source, one_grid):
    xs = (72, 180, 230, 290)
    sheet.table(xs, edges(1, 700), source([["3.其他", "", ""]])).page()
    sheet.table(xs, edges(1, 80), source([["", "108", "110"]]))

    assert one_grid(sheet.bytes()).doubt == UNCERTAIN_ROW


def test_a_number_cut_by_the_page_leaves_the_table_in_doubt(sheet, source, one_grid):
    xs = (72, 100, 128, 156)
    sheet.table(xs, edges(1, 700), source([["72", "327", "4"]])).page()
    sheet.table(xs, edges(1, 80), source([["", "8", ""]]))

    assert one_grid(sheet.bytes()).doubt == UNCERTAIN_ROW


def test_a_label_and_a_number_cut_by_the_page_leave_the_table_in_doubt(sheet, source, one_grid):
    xs = (72, 172, 200, 228)
    first = [["3.要求提供公开出版物", "3", "3"], ["5.要求行政机关确认或", "112", "2"]]
    sheet.table(xs, edges(2, 700), source(first)).page()
    sheet.table(xs, edges(1, 80), source([["重新出具已获取信息", "7", ""]]))

    assert one_grid(sheet.bytes()).doubt == UNCERTAIN_ROW


def test_a_head_without_labels_may_have_its_numbers_overleaf(sheet, source, one_grid, same):
    xs = (72, 180, 230, 290)
    head, numbers = [["结果维持", "结果纠正", "总计"]], [["72", "64", "136"]]
    sheet.table(xs, edges(1, 700), source(head)).page()
    sheet.table(xs, edges(1, 80), source(numbers))

    same(one_grid(sheet.bytes()), source(head + numbers))


def test_a_row_of_one_wide_cell_at_the_foot_belongs_to_the_table_overleaf(
    sheet, source, one_grid, same
):
    sheet.table((72, 490), edges(1, 700), source([["第二十条第（六）项"]])).page()
    sheet.table((72, 250, 490), edges(1, 80), source([["行政处罚", "3985758"]]))

    same(one_grid(sheet.bytes()), source([[("第二十条第（六）项", 1, 2)], ["行政处罚", "3985758"]]))


@pytest.fixture
def undrawn(sheet):
    """Draws borders as a browser does, without a line where the page breaks."""

    def border(x0, y0, x1, y1):
        if not (y0 == y1 and y0 in (80, 760)):
            sheet.line(x0, y0, x1, y1)

    return border


def test_rows_on_both_sides_of_an_undrawn_break_are_two(sheet, source, one_grid, same, undrawn):
    xs = (72, 180, 230)
    first = [["3.危及稳定", "57394"], ["4.保护权益", "28676"]]
    second = [["5.内部事务", "64987"], ["6.过程信息", "99738"]]
    sheet.table(xs, edges(2, 700), source(first), border=undrawn).page()
    sheet.table(xs, edges(2, 80), source(second), border=undrawn)

    same(one_grid(sheet.bytes()), source(first + second))


def test_a_row_that_goes_on_over_an_undrawn_break_is_one(sheet, source, one_grid, same, undrawn):
    xs = (72, 136, 190)
    first, second = [["规章", "5"], ["行政规范性文", "8"]], [["件", ""], ["行政许可", "9"]]
    sheet.table(xs, edges(2, 700), source(first), border=undrawn).page()
    sheet.table(xs, edges(2, 80), source(second), border=undrawn)

    whole = [["规章", "5"], ["行政规范性文件", "8"], ["行政许可", "9"]]
    same(one_grid(sheet.bytes()), source(whole))


def test_empty_room_below_the_last_line_is_no_row(sheet, source, one_grid, same):
    rows = [["1.国家秘密", "2"], ["2.禁止公开", "3"]]
    sheet.table((72, 180, 230), edges(2, 640), source(rows))
    for x in (72, 180, 230):
        sheet.line(x, 700, x, 780)

    same(one_grid(sheet.bytes()), source(rows))


def test_a_table_of_three_pages_is_one_grid(sheet, source, one_grid):
    xs = (72, 180, 230)
    for page in range(3):
        rows = [[f"{page * 20 + n}.事项", str(page * 20 + n)] for n in range(20)]
        sheet.table(xs, edges(20, 80), source(rows)).text(290, 815, f"第 {page + 1} 页").page()

    grid = one_grid(sheet.bytes())

    assert [row[1].text for row in grid.rows()] == [str(n) for n in range(60)]
    assert {cell.at.page for cell in grid.cells} == {1, 2, 3}
