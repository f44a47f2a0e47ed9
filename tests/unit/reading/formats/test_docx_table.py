from __future__ import annotations

from collections.abc import Callable

from duban.domain.document import Document, Grid
from duban.reading.formats import docx as reader

Docx = Callable[..., bytes]
Grids = Callable[[Document], list[Grid]]
Rows = Callable[[Grid], list[list[str]]]
Prose = Callable[[Document], list[str]]


def p(text: str) -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"


def tc(content: str, span: int = 1, merge: str | None = None, extra: str = "") -> str:
    properties = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    if merge is not None:
        properties += f'<w:vMerge w:val="{merge}"/>' if merge else "<w:vMerge/>"
    body = content if content.startswith("<") else p(content)
    return f"<w:tc><w:tcPr>{properties}{extra}</w:tcPr>{body}</w:tc>"


def tr(*cells: str, properties: str = "") -> str:
    return f"<w:tr><w:trPr>{properties}</w:trPr>{''.join(cells)}</w:tr>"


def tbl(*rows: str) -> str:
    return f"<w:tbl>{''.join(rows)}</w:tbl>"


def shape(grid: Grid) -> dict[str, tuple[int, int, int, int]]:
    return {c.text: (c.row, c.column, c.rowspan, c.colspan) for c in grid.cells}


def test_merged_cells_are_resolved(docx: Docx, grids: Grids) -> None:
    table = tbl(
        tr(tc("甲", 2), tc("乙")),
        tr(tc("丙", merge="restart"), tc("丁"), tc("1")),
        tr(tc("", merge=""), tc("戊"), tc("2")),
        tr(tc("", merge="continue"), tc("己"), tc("3")),
    )
    (grid,) = grids(reader.read(docx(table)))
    assert shape(grid)["甲"] == (0, 0, 1, 2)
    assert shape(grid)["丙"] == (1, 0, 3, 1)
    assert shape(grid)["3"] == (3, 2, 1, 1)
    assert (grid.width, grid.height, grid.doubt, grid.ragged) == (3, 4, None, False)
    place = grid.rows()[3][1].at
    assert (place.table, place.row, place.column) == (1, 4, 3)


def test_a_merge_that_nothing_began_is_a_cell(docx: Docx, grids: Grids, rows: Rows) -> None:
    (grid,) = grids(reader.read(docx(tbl(tr(tc("甲", merge=""), tc("1"))))))
    assert rows(grid) == [["甲", "1"]]


def test_a_merge_does_not_jump_over_a_row(docx: Docx, grids: Grids) -> None:
    table = tbl(
        tr(tc("甲", merge="restart"), tc("1"), tc("x")),
        tr(tc("乙", 2), tc("2")),
        tr(tc("丙", merge=""), tc("3"), tc("y")),
    )
    (grid,) = grids(reader.read(docx(table)))
    assert shape(grid)["甲"] == (0, 0, 1, 1)
    assert shape(grid)["丙"] == (2, 0, 1, 1)
    assert grid.doubt is None


def test_a_merge_that_changes_its_width_is_doubted(docx: Docx, grids: Grids) -> None:
    table = tbl(tr(tc("甲", 2, merge="restart"), tc("1")), tr(tc("", merge=""), tc("乙"), tc("2")))
    assert grids(reader.read(docx(table)))[0].doubt


def test_old_horizontal_merges_widen_the_first_cell(docx: Docx, grids: Grids) -> None:
    begins, goes_on = '<w:hMerge w:val="restart"/>', "<w:hMerge/>"
    table = tbl(tr(tc("甲", extra=begins), tc("", extra=goes_on), tc("乙")),
                tr(tc("1"), tc("2"), tc("3")))  # fmt: skip
    assert shape(grids(reader.read(docx(table)))[0])["甲"] == (0, 0, 1, 2)


def test_columns_left_out_at_the_left_are_counted(docx: Docx, grids: Grids) -> None:
    table = tbl(
        tr(tc("甲"), tc("乙"), tc("丙")),
        tr(tc("丁"), properties='<w:gridBefore w:val="2"/>'),
    )
    assert shape(grids(reader.read(docx(table)))[0])["丁"] == (1, 2, 1, 1)


def test_paragraphs_and_breaks_of_a_cell_are_lines(docx: Docx, grids: Grids, rows: Rows) -> None:
    cell = p("商业") + p("") + "<w:p><w:r><w:t>企</w:t><w:br/><w:t>业</w:t></w:r></w:p>"
    assert rows(grids(reader.read(docx(tbl(tr(tc(cell), tc("5"))))))[0]) == [["商业\n企\n业", "5"]]


def test_a_number_split_over_runs_is_one_number(docx: Docx, grids: Grids, rows: Rows) -> None:
    cell = "<w:p><w:r><w:t>1</w:t></w:r><w:proofErr/><w:r><w:t>23</w:t></w:r></w:p>"
    assert rows(grids(reader.read(docx(tbl(tr(tc("新收"), tc(cell))))))[0]) == [["新收", "123"]]


def test_deleted_rows_are_gone(docx: Docx, grids: Grids, rows: Rows) -> None:
    table = tbl(tr(tc("甲"), tc("1")), tr(tc("乙"), tc("2"), properties="<w:del/>"),
                tr(tc("丙"), tc("3"), properties="<w:ins/>"))  # fmt: skip
    assert rows(grids(reader.read(docx(table)))[0]) == [["甲", "1"], ["丙", "3"]]


def test_undecided_changes_of_cells_are_doubted(docx: Docx, grids: Grids) -> None:
    table = tbl(tr(tc("甲"), tc("1", extra="<w:cellDel/>")), tr(tc("乙"), tc("2")))
    assert grids(reader.read(docx(table)))[0].doubt


def test_former_properties_do_not_count(docx: Docx, grids: Grids) -> None:
    former = '<w:tcPrChange><w:tcPr><w:gridSpan w:val="5"/><w:vMerge/></w:tcPr></w:tcPrChange>'
    (grid,) = grids(
        reader.read(docx(tbl(tr(tc("甲", extra=former), tc("1")), tr(tc("乙"), tc("2")))))
    )
    assert shape(grid)["甲"] == (0, 0, 1, 1)


def test_rows_and_cells_in_content_controls_are_read(docx: Docx, grids: Grids, rows: Rows) -> None:
    inner = f"<w:sdt><w:sdtContent>{tc('1')}</w:sdtContent></w:sdt>"
    row = f"<w:sdt><w:sdtContent>{tr(tc('甲'), inner)}</w:sdtContent></w:sdt>"
    assert rows(grids(reader.read(docx(tbl(row, tr(tc("乙"), tc("2"))))))[0]) == [
        ["甲", "1"],
        ["乙", "2"],
    ]


def test_a_frame_around_a_table_is_unwrapped(docx: Docx, grids: Grids, rows: Rows) -> None:
    inner = tbl(tr(tc("新收"), tc("3")))
    document = reader.read(docx(tbl(tr(tc(p("表三") + inner + p(""))))))
    assert [rows(grid) for grid in grids(document)] == [[["新收", "3"]]]
    assert grids(document)[0].at.table == 1


def test_a_frame_of_one_cell_inside_a_cell_is_its_text(
    docx: Docx, grids: Grids, rows: Rows
) -> None:
    inner = tbl(tr(tc("新收"))) + p("")
    document = reader.read(docx(tbl(tr(tc(inner), tc("3")), tr(tc("结转"), tc("1")))))
    assert [rows(grid) for grid in grids(document)] == [[["新收", "3"], ["结转", "1"]]]


def test_a_report_inside_a_layout_table_is_taken_apart(
    docx: Docx, grids: Grids, rows: Rows, prose: Prose
) -> None:
    text = p("本机关认真贯彻落实条例，主动公开信息。" * 15) + p("第二段。")
    table = tbl(
        tr(tc("一、总体情况", 2)),
        tr(tc(text, 2)),
        tr(tc("二、主动公开政府信息情况", 2)),
        tr(tc("规章", merge="restart"), tc("0")),
        tr(tc("", merge=""), tc("3")),
    )
    document = reader.read(docx(table))
    assert [rows(grid) for grid in grids(document)] == [[["规章", "0"], ["3"]]]
    assert prose(document)[0] == "一、总体情况"
    assert prose(document)[-1] == "二、主动公开政府信息情况"


def test_endless_spans_and_nesting_stay_bounded(docx: Docx, grids: Grids) -> None:
    wide = tbl(tr(tc("甲", 999999), tc("乙")), tr(tc("1", -5), tc("2")))
    (grid,) = grids(reader.read(docx(wide)))
    assert grid.width <= 3

    nested = p("底")
    for _ in range(40):
        nested = tbl(tr(tc(nested + p("")), tc("x")))
    assert reader.read(docx(nested)).blocks


def test_the_official_form_is_read_whole(
    sample: Callable[[str], bytes], grids: Grids, rows: Rows, prose: Prose
) -> None:
    document = reader.read(sample("real/official_template.docx"))

    assert [(g.width, g.height, g.doubt) for g in grids(document)] == [
        (4, 14, None), (10, 28, None), (15, 4, None),
    ]  # fmt: skip
    applications = grids(document)[1]
    assert all(len(row) >= 8 and row[-7:] == [""] * 7 for row in rows(applications)[3:])
    assert shape(applications)["三、本年度办理结果"] == (5, 0, 22, 1)
    assert prose(document)[-1] == "（文字描述，收取信息处理费情况在此处报告。）"


def gridded(widths: list[int], *rows: str) -> str:
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    return f"<w:tbl><w:tblGrid>{columns}</w:tblGrid>{''.join(rows)}</w:tbl>"


def test_edges_less_than_a_millimetre_apart_are_one_edge(docx: Docx, grids: Grids) -> None:
    left_out = '<w:gridBefore w:val="1"/><w:gridAfter w:val="1"/>'
    table = gridded(
        [40, 900, 30, 900, 40],
        tr(tc("甲", 2), tc("乙", 2), properties='<w:gridAfter w:val="1"/>'),
        tr(tc("1", 2), tc("2"), properties=left_out),
        tr(tc("3"), tc("4", 3), properties='<w:gridBefore w:val="1"/>'),
    )
    (grid,) = grids(reader.read(docx(table)))
    assert (grid.width, grid.doubt) == (2, None)
    assert {text: (row, column) for text, (row, column, _, _) in shape(grid).items()} == {
        "甲": (0, 0), "乙": (0, 1), "1": (1, 0), "2": (1, 1), "3": (2, 0), "4": (2, 1),
    }  # fmt: skip


def test_a_merge_goes_on_over_edges_that_are_one_edge(docx: Docx, grids: Grids) -> None:
    table = gridded(
        [40, 900, 900],
        tr(tc("甲", 2, merge="restart"), tc("1")),
        tr(tc("", merge=""), tc("2"), properties='<w:gridBefore w:val="1"/>'),
    )
    (grid,) = grids(reader.read(docx(table)))
    assert shape(grid)["甲"] == (0, 0, 2, 1)
    assert grid.doubt is None


def test_a_narrow_column_with_cells_of_its_own_stays_a_column(docx: Docx, grids: Grids) -> None:
    table = gridded([900, 40, 900], tr(tc("甲"), tc("5"), tc("6")), tr(tc("乙", 2), tc("7")))
    (grid,) = grids(reader.read(docx(table)))
    assert (shape(grid)["5"], shape(grid)["7"]) == ((0, 1, 1, 1), (1, 2, 1, 1))


def test_a_grid_without_widths_tells_of_no_edge(docx: Docx, grids: Grids) -> None:
    table = gridded([0, 0, 900], tr(tc("甲"), tc("5"), tc("6")), tr(tc("乙", 2), tc("7")))
    assert grids(reader.read(docx(table)))[0].width == 3
