from __future__ import annotations

import pytest

from duban.reading.formats.pdf.cell import OVERFLOWING, UNRULED_ROWS
from duban.reading.formats.pdf.lattice import BROKEN_BORDER

XS = (72, 250, 330, 410, 490)
YS = (100, 130, 160, 190, 220)
ROWS = [
    [("第二十条第（一）项", 1, 4)],
    ["信息内容", "本年制发件数", "本年废止件数", "现行有效件数"],
    ["规章", "1", "0", "11"],
    ["行政规范性文件", "8", "26", "66"],
]


def test_a_ruled_table_is_a_grid_with_its_spans(sheet, source, one_grid, same):
    data = sheet.table(XS, YS, source(ROWS)).bytes()

    same(one_grid(data), source(ROWS))


def test_a_cell_knows_its_page_and_box(sheet, source, one_grid):
    data = sheet.text(72, 80, "说明").page().table(XS, YS, source(ROWS)).bytes()

    cell = next(cell for cell in one_grid(data).cells if cell.text == "26")

    assert cell.at.page == 2
    assert cell.at.box == pytest.approx((330, 190, 410, 220), abs=0.5)


def test_borders_drawn_as_thin_filled_rectangles_are_lines(sheet, source, one_grid, same):
    def bar(x0, y0, x1, y1):
        sheet.bar(x0 - 0.25, y0 - 0.25, x1 + 0.25, y1 + 0.25)

    data = sheet.table(XS, YS, source(ROWS), border=bar).bytes()

    same(one_grid(data), source(ROWS))


def test_dashed_borders_are_lines_whether_dashes_or_pieces(sheet, source, one_grid, same):
    def dashes(x0, y0, x1, y1):
        steps = max(1, int(max(x1 - x0, y1 - y0) // 5))
        for n in range(steps):
            a, b = n / steps, (n + 0.55) / steps
            sheet.line(
                x0 + (x1 - x0) * a, y0 + (y1 - y0) * a, x0 + (x1 - x0) * b, y0 + (y1 - y0) * b
            )

    data = sheet.table(XS, YS, source(ROWS), border=dashes).bytes()

    same(one_grid(data), source(ROWS))


def test_lines_that_miss_each_other_by_a_little_still_meet(sheet, source, one_grid, same):
    def short(x0, y0, x1, y1):
        if x0 == x1:
            sheet.line(x0, y0 + 1.5, x1, y1 - 1.5)
        else:
            sheet.line(x0 + 1.5, y0, x1 - 1.5, y1)

    data = sheet.table(XS, YS, source(ROWS), border=short).bytes()

    same(one_grid(data), source(ROWS))


def test_double_borders_are_one(sheet, source, one_grid, same):
    def double(x0, y0, x1, y1):
        sheet.line(x0, y0, x1, y1)
        if x0 == x1:
            sheet.line(x0 + 1.5, y0, x1 + 1.5, y1)
        else:
            sheet.line(x0, y0 + 1.5, x1, y1 + 1.5)

    data = sheet.table(XS, YS, source(ROWS), border=double).bytes()

    same(one_grid(data), source(ROWS))


def test_a_table_open_at_its_sides_keeps_its_outer_columns(sheet, source, one_grid, same):
    def inner(x0, y0, x1, y1):
        if not (x0 == x1 and x0 in (XS[0], XS[-1])):
            sheet.line(x0, y0, x1, y1)

    data = sheet.table(XS, YS[1:], source(ROWS[1:]), border=inner).bytes()

    same(one_grid(data), source(ROWS[1:]))


def test_an_underline_inside_a_cell_is_no_border(sheet, source, one_grid, same):
    sheet.line(260, 181, 300, 181)

    same(one_grid(sheet.table(XS, YS, source(ROWS)).bytes()), source(ROWS))


def test_a_border_of_which_half_is_missing_leaves_the_table_in_doubt(sheet, source, one_grid):
    def broken(x0, y0, x1, y1):
        if (x0, y0, y1) == (330, 190, 220):
            y1 = 205
        sheet.line(x0, y0, x1, y1)

    grid = one_grid(sheet.table(XS, YS, source(ROWS), border=broken).bytes())

    assert grid.doubt == BROKEN_BORDER


def test_wrapped_labels_are_joined_without_blanks(sheet, source, one_grid):
    rows = [["5.要求行政机关确认或\n重新出具已获取信息", "0"], ["3.其他", "1"]]

    grid = one_grid(sheet.table((72, 180, 240), (100, 140, 170), source(rows)).bytes())

    assert grid.cells[0].text == "5.要求行政机关确认或重新出具已获取信息"


def test_text_printed_one_character_a_line_is_one_string(sheet, source, one_grid):
    rows = [[("三\n、\n本\n年\n度", 2, 1), "予以公开", "3"], ["部分公开", "4"]]

    grid = one_grid(sheet.table((72, 90, 200, 260), (100, 140, 180), source(rows)).bytes())

    assert grid.cells[0].text == "三、本年度"


def test_text_turned_on_its_side_is_read(sheet, source, one_grid):
    rows = [[("", 2, 1), "予以公开", "3"], ["部分公开", "4"]]
    sheet.table((72, 100, 200, 260), (100, 160, 220), source(rows))
    sheet.canvas.saveState()
    sheet.canvas.translate(90, 842 - 200)
    sheet.canvas.rotate(90)
    sheet.canvas.drawString(0, 0, "办理结果")
    sheet.canvas.restoreState()

    assert one_grid(sheet.bytes()).cells[0].text == "办理结果"


def test_stacked_numbers_are_never_joined(sheet, source, one_grid):
    rows = [["一、新收\n二、结转", "3001\n34"]]

    grid = one_grid(sheet.table((72, 200, 228), (100, 140), source(rows)).bytes())

    assert grid.cells[1].text == "3001\n34"


def test_rows_without_a_line_between_leave_the_table_in_doubt(sheet, source, one_grid):
    rows = [["一、新收\n二、结转", "3001\n34", "53\n0"]]

    grid = one_grid(sheet.table((72, 200, 240, 280), (100, 140), source(rows)).bytes())

    assert grid.doubt == UNRULED_ROWS


def test_a_number_wrapped_in_a_narrow_cell_is_whole_where_its_row_is_certain(
    sheet, source, one_grid
):
    rows = [["行政许可", "1139\n8889", "7"]]

    grid = one_grid(sheet.table((72, 200, 228, 280), (100, 140), source(rows)).bytes())

    assert [cell.text for cell in grid.cells] == ["行政许可", "11398889", "7"]


def test_a_number_that_sticks_out_of_its_cell_stays_whole(sheet, source, one_grid):
    rows = [["行政许可", "447228", ""]]

    grid = one_grid(sheet.table((72, 200, 228, 280), (100, 140), source(rows)).bytes())

    assert [cell.text for cell in grid.cells] == ["行政许可", "447228", ""]


def test_a_number_that_runs_into_a_filled_cell_leaves_the_table_in_doubt(sheet, source, one_grid):
    sheet.table((72, 200, 228, 280), (100, 140), source([["行政许可", "", ""]]), size=9)
    sheet.text(204, 123, "447228").text(250, 123, "5")

    assert one_grid(sheet.bytes()).doubt == OVERFLOWING


def test_two_numbers_in_one_cell_stay_two(sheet, source, one_grid):
    grid = one_grid(sheet.table(XS[:3], YS[:2], source([["规章", "1 0"]])).bytes())

    assert grid.cells[1].text == "1 0"


def test_a_box_around_text_is_not_a_table(sheet, source, document, prose):
    text = "本报告根据规定编制"
    data = sheet.table((60, 530), (60, 780), source([[text]])).bytes()

    assert prose(document(data)) == [text]


def test_a_frame_around_the_page_does_not_hide_the_table(sheet, source, one_grid, same):
    data = sheet.canvas.rect(30, 30, 535, 782) or sheet.table(XS, YS, source(ROWS)).bytes()

    same(one_grid(data), source(ROWS))


def test_lines_inside_a_form_object_are_where_its_matrix_puts_them(sheet, source, one_grid, same):
    sheet.canvas.beginForm("table")
    sheet.table(XS, YS, source(ROWS))
    sheet.canvas.endForm()
    sheet.canvas.translate(20, -300)
    sheet.canvas.scale(0.9, 1.1)
    sheet.canvas.doForm("table")

    same(one_grid(sheet.bytes()), source(ROWS))


def test_white_cells_drawn_over_a_dark_ground_are_no_lines(sheet, source, one_grid, same):
    sheet.canvas.setFillGray(0.9)
    sheet.bar(72, 100, 490, 130).bar(72, 130, 490, 160)
    sheet.canvas.setFillGray(0)

    same(one_grid(sheet.table(XS, YS, source(ROWS)).bytes()), source(ROWS))


def test_a_blank_cell_stays_blank(sheet, source, one_grid, same):
    rows = [["规章", "", "0", ""], ["行政规范性文件", "8", "", "66"]]

    same(one_grid(sheet.table(XS, YS[:3], source(rows)).bytes()), source(rows))


def test_two_tables_on_a_page_are_two_grids(sheet, source, read_grids):
    sheet.table(XS, YS, source(ROWS)).text(72, 250, "三、收到和处理情况")
    sheet.table(XS, tuple(y + 200 for y in YS), source(ROWS))

    assert len(read_grids(sheet.bytes())) == 2
