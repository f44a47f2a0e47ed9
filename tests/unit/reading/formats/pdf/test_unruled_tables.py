from __future__ import annotations

from duban.reading.formats.pdf.alignment import UNCERTAIN_COLUMNS

ROWS = [
    ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
    ["规章", "1", "0", "11"],
    ["行政规范性文件", "8", "26", "66"],
]
XS = (72, 220, 320, 420)


def lay(sheet, rows, y=200, step=22):
    for number, row in enumerate(rows):
        for x, text in zip(XS, row, strict=False):
            sheet.text(x, y + step * number, text)
    return sheet


def test_aligned_rows_without_lines_are_a_grid(sheet, source, one_grid, same):
    same(one_grid(lay(sheet, ROWS).bytes()), source(ROWS))


def test_a_table_ruled_above_and_below_only_is_a_grid(sheet, source, one_grid, same):
    for y in (185, 206, 252):
        sheet.line(72, y, 500, y)

    same(one_grid(lay(sheet, ROWS).bytes()), source(ROWS))


def test_a_table_with_a_box_and_row_lines_only_is_a_grid(sheet, source, one_grid, same):
    for y in (185, 206, 229, 252):
        sheet.line(70, y, 510, y)
    sheet.line(70, 185, 70, 252).line(510, 185, 510, 252)

    same(one_grid(lay(sheet, ROWS).bytes()), source(ROWS))


def test_a_blank_cell_is_blank_where_the_other_rows_show_its_column(sheet, source, one_grid, same):
    rows = [*ROWS, ["其他", "", "3", "4"]]

    same(one_grid(lay(sheet, rows).bytes()), source(rows))


def test_a_line_with_a_labels_rest_leaves_the_table_in_doubt(sheet, one_grid):
    rows = [*ROWS[:2], ["行政规范性", "8", "26", "66"], ["文件"], ["其他", "1", "1", "1"]]

    assert one_grid(lay(sheet, rows).bytes()).doubt == UNCERTAIN_COLUMNS


def test_numbers_that_keep_to_no_column_leave_the_table_in_doubt(sheet, one_grid):
    lay(sheet, ROWS)
    sheet.text(72, 266, "其他").text(270, 266, "1").text(372, 266, "2").text(420, 266, "3")

    grid = one_grid(sheet.bytes())

    assert grid.doubt == UNCERTAIN_COLUMNS


def test_prose_with_a_wide_gap_is_no_table(sheet, read_grids):
    sheet.text(72, 100, "联系人：张三").text(300, 100, "电话：62170001")
    sheet.text(72, 120, "地址：某路一号").text(300, 120, "邮编：223001")

    assert read_grids(sheet.bytes()) == []


def test_prose_around_the_rows_stays_prose(sheet, document, prose):
    sheet.text(96, 100, "二、主动公开政府信息情况")
    lay(sheet, ROWS).text(96, 400, "三、收到和处理政府信息公开申请情况")

    assert prose(document(sheet.bytes())) == [
        "二、主动公开政府信息情况",
        "三、收到和处理政府信息公开申请情况",
    ]
