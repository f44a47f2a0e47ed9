"""The three tables are found by their labels, whatever their shape, and joined where broken."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest

from duban.domain.document import Grid, GridCell
from duban.domain.report import Regime, Table
from duban.domain.text import normal
from duban.reading.tables.find import find_tables


def tables(*grids: Grid) -> dict[str, Table]:
    found = find_tables(grids, normal).tables
    return {name: table for name, table in found.items() if table is not None}


def form(*grids: Grid) -> Regime | None:
    return find_tables(grids, normal).regime


def printed(table: Table) -> dict[str, str]:
    return {path: cell.raw for path, cell in table.cells.items() if cell.kind != "unreadable"}


def received(forms: Any, regime: Regime = "R2021") -> tuple[dict[str, str], Any]:
    values = forms.numbered("applications", regime)
    return values, forms.applications(values, regime)


class TestApplications:
    @pytest.mark.parametrize("cut", [4, 5, 9, 13, 14, 18, 22, 26, 27])
    @pytest.mark.parametrize("style", ["drawn", "typed"])
    def test_a_table_broken_by_a_page_is_joined(self, forms: Any, cut: int, style: str) -> None:
        values, rows = received(forms)
        whole = forms.typed(rows)
        lines = [[cell.text for cell in line] for line in whole.rows()]
        if style == "typed":
            pieces = (forms.ragged(lines[:cut], 1), forms.ragged(lines[cut:], 2))
        else:
            drawn = forms.drawn(rows)
            pieces = (self._slice(drawn, 0, cut), self._slice(drawn, cut, drawn.height))
        found = tables(*pieces)["applications"]
        assert printed(found) == values
        assert found.missing == ()

    def _slice(self, grid: Grid, start: int, end: int) -> Grid:
        """A piece of a drawn table; what spans over the cut goes on in the next piece."""
        cells = []
        for cell in grid.cells:
            top, bottom = max(cell.row, start), min(cell.row + cell.rowspan, end)
            if top < bottom:
                text = cell.text if cell.row >= start else ""
                cells.append(
                    GridCell(text, top - start, cell.column, bottom - top, cell.colspan, cell.at)
                )
        return Grid(tuple(cells), grid.width, end - start, grid.at)

    def test_a_header_repeated_on_the_next_page_is_no_row(self, forms: Any) -> None:
        values, rows = received(forms)
        rows[-2][0] = replace(rows[-2][0], colspan=3)
        first, second = forms.drawn(rows[:12], 1), forms.drawn([*rows[:3], *rows[-2:]], 2)
        found = tables(first, second)["applications"]
        read = printed(found)
        assert read == {path: text for path, text in values.items() if path in read}
        assert {"results.total.total", "carried_forward.total"} <= set(read)
        assert all(row.field for row in found.rows)

    def test_a_subtotal_column_is_left_out(self, forms: Any) -> None:
        values, rows = received(forms)
        rows[0][1] = replace(rows[0][1], colspan=8)
        rows[1][1] = replace(rows[1][1], colspan=6)
        rows[2].append(forms.cell("小计"))
        for row in rows[3:]:
            row.insert(len(row) - 1, forms.cell("9999"))
        found = tables(forms.drawn(rows))["applications"]
        assert printed(found) == values
        assert {row.values for row in found.rows} == {8}
        assert "小计" in found.leaf_headers

    def test_eight_values_without_an_eighth_header_are_unreadable(self, forms: Any) -> None:
        _, rows = received(forms)
        for row in rows[3:]:
            row.insert(len(row) - 1, forms.cell("9999"))
        found = tables(forms.drawn(rows))["applications"]
        assert printed(found) == {}
        assert {row.values for row in found.rows} == {8}

    @pytest.mark.parametrize(
        ("row", "label"),
        [
            (0, "一、本年新收政府信息公开申请数量（件）"),
            (2, "三、本年度办理结果（一）予以公开"),
            (3, "(二) 部分公开(区分处理的, 只计这一情形, 不计其他情形)"),
            (4, "1、属于国家秘密"),
            (4, "（三）不予公开1.属于国家秘密"),
            (4, "1．属于\n国家\n秘密"),
            (5, "2.其他法律、行政法规禁止公开"),
            (6, "3.危及三安全一稳定"),
            (13, "2.没有现成信息需另行制作"),
            (20, "申请人无正当理由逾期不补正"),
            (21, "2.申请人逾期未缴纳费用、不再处理其政府信息公开申请"),
            (23, "（七）总 计"),
            (24, "四、结转下一年度继续办理"),
        ],
    )
    @pytest.mark.parametrize("style", ["drawn", "typed"])
    def test_a_label_in_another_dress_is_the_same_row(
        self, forms: Any, row: int, label: str, style: str
    ) -> None:
        values, rows = received(forms)
        line = rows[row + 3]
        line[-8] = replace(line[-8], text=label)
        grid = forms.drawn(rows) if style == "drawn" else forms.typed(rows)
        found = tables(grid)["applications"]
        assert printed(found) == values

    def test_a_missing_row_is_named_and_the_others_stay(self, forms: Any) -> None:
        values, rows = received(forms)
        del rows[3 + 5]
        rows[5][0] = replace(rows[5][0], rowspan=21)
        rows[7][0] = replace(rows[7][0], rowspan=7)
        found = tables(forms.drawn(rows))["applications"]
        assert found.missing == ("results.refused.prohibited_by_law",)
        lost = {path for path in values if path.startswith(found.missing[0])}
        assert printed(found) == {p: text for p, text in values.items() if p not in lost}

    def test_an_unknown_row_is_listed_without_a_field(self, forms: Any) -> None:
        values, rows = received(forms)
        extra = [forms.cell("五、其他统计事项", 3), *(forms.cell("7") for _ in range(7))]
        found = tables(forms.drawn([*rows, extra]))["applications"]
        assert printed(found) == values
        assert [row.label for row in found.rows if row.field is None] == ["五、其他统计事项"]

    def test_one_undivided_row_in_a_table_of_2021_is_kept_as_it_is(self, forms: Any) -> None:
        values, rows = received(forms, "R2019")
        disclosure = forms.drawn(forms.disclosure(forms.zeros("disclosure")))
        grids = (disclosure, forms.drawn(rows, 2))
        found = tables(*grids)["applications"]
        assert form(*grids) == "R2021"
        assert printed(found) == values
        assert {f.rpartition(".")[2] for f in found.missing} == {
            "overdue_correction", "overdue_fee", "other",
        }  # fmt: skip

    def test_a_row_before_divided_sub_rows_is_not_the_undivided_one(self, forms: Any) -> None:
        _, rows = received(forms)
        lines = [[cell.text for cell in line] for line in forms.typed(rows).rows()]
        at = next(i for i, line in enumerate(lines) if "（六）其他处理" in line)
        lines.insert(at, ["", "（六）其他处理", *["5"] * 7])
        found = tables(forms.ragged(lines))["applications"]
        assert "results.other.total.total" not in found.cells
        assert [row.field for row in found.rows].count(None) == 1

    def test_the_same_table_twice_is_read_once(self, forms: Any) -> None:
        values, rows = received(forms)
        assert printed(tables(forms.drawn(rows, 1), forms.drawn(rows, 2))["applications"]) == values

    def test_two_tables_that_differ_are_not_read(self, forms: Any) -> None:
        _, rows = received(forms)
        other = forms.applications(forms.zeros("applications"))
        found = tables(forms.drawn(rows, 1), forms.drawn(other, 2))["applications"]
        assert found.doubt
        assert printed(found) == {}

    @pytest.mark.parametrize("style", ["drawn", "typed"])
    @pytest.mark.parametrize(("place", "label"), [(2, "社会组织"), (4, "其他组织")])
    def test_one_altered_column_label_takes_the_place_that_is_left(
        self, forms: Any, style: str, place: int, label: str
    ) -> None:
        values, rows = received(forms)
        rows[2][place] = forms.cell(label)
        grid = forms.drawn(rows) if style == "drawn" else forms.typed(rows)
        found = tables(grid)["applications"]
        assert printed(found) == values
        assert label in found.leaf_headers

    def test_rows_that_a_wrong_span_moved_are_there_but_not_read(self, forms: Any) -> None:
        values, rows = received(forms)
        rows[5][0] = replace(rows[5][0], rowspan=20)
        found = tables(forms.drawn(rows))["applications"]
        moved = ("results.other.other", "results.total")
        assert found.missing == ()
        assert printed(found) == {p: v for p, v in values.items() if not p.startswith(moved)}

    def test_blank_cells_stay_blank_at_their_place(self, forms: Any) -> None:
        values = forms.numbered("applications")
        for path in values:
            if not path.startswith(("new_received", "results.total")) and path.endswith("total"):
                values[path] = ""
        for grid in (
            forms.drawn(forms.applications(values)),
            forms.typed(forms.applications(values)),
        ):
            found = tables(grid)["applications"]
            assert printed(found) == values

    def test_the_balance_note_is_seen(self, forms: Any) -> None:
        _, rows = received(forms)
        assert tables(forms.drawn(rows))["applications"].balance_note
        rows[0][0] = replace(rows[0][0], text="")
        assert not tables(forms.drawn(rows))["applications"].balance_note

    def test_a_grid_in_doubt_gives_no_number(self, forms: Any) -> None:
        _, rows = received(forms)
        grid = forms.drawn(rows)
        doubted = Grid(grid.cells, grid.width, grid.height, grid.at, doubt="表格线不完整")
        found = tables(doubted)["applications"]
        assert found.doubt == "表格线不完整"
        assert {cell.note for cell in found.cells.values()} == {"表格线不完整"}

    def test_a_list_of_outcomes_in_the_prose_is_no_table_3(self, forms: Any) -> None:
        lines = [["办理情况", "件数"], ["予以公开", "7"], ["部分公开", "2"]]
        assert "applications" not in tables(forms.ragged(lines))


class TestDisclosure:
    @pytest.mark.parametrize("regime", ["R2019", "R2021"])
    def test_separate_tables_in_any_order_are_one(self, forms: Any, regime: Regime) -> None:
        values = forms.numbered("disclosure", regime)
        rows = forms.disclosure(values, regime)
        starts = [i for i, row in enumerate(rows) if len(row) == 1] + [len(rows)]
        pieces = [rows[a:b] for a, b in pairwise(starts)]
        grids = [forms.drawn(piece, n) for n, piece in enumerate(reversed(pieces), 1)]
        assert printed(tables(*grids)["disclosure"]) == values

    @pytest.mark.parametrize("regime", ["R2019", "R2021"])
    def test_captions_may_be_missing(self, forms: Any, regime: Regime) -> None:
        values = forms.numbered("disclosure", regime)
        rows = [row for row in forms.disclosure(values, regime) if len(row) > 1]
        assert printed(tables(forms.drawn(rows))["disclosure"]) == values

    def test_local_sub_rows_have_paths_of_their_own(self, forms: Any) -> None:
        values = forms.numbered("disclosure", "R2019")
        rows = forms.disclosure(values, "R2019")
        at = next(i for i, row in enumerate(rows) if row[0].text == "其他对外管理服务事项")
        cell = forms.cell
        for row in rows:
            row[0] = replace(row[0], colspan=row[0].colspan + 1)
        rows[at : at + 1] = [
            [
                cell("其他对外管理服务事项", 1, 2),
                cell("行政检查"),
                cell("1"),
                cell("+2"),
                cell("3"),
            ],
            [cell("行政确认"), cell("4"), cell("减5"), cell("6")],
        ]
        for grid in (forms.drawn(rows), forms.typed(rows)):
            cells = tables(grid)["disclosure"].cells
            base = "other_services.sub[行政确认]"
            assert cells[f"{base}.items_change"].value == -5
            assert cells[f"{base}.decisions"].value == 6
            assert cells["other_services.sub[行政检查].items_change"].value == 2
            assert "other_services.decisions" not in cells
            assert cells["penalties.decisions"].raw == values["penalties.decisions"]

    def test_the_rest_of_a_table_on_the_next_page_keeps_its_header(self, forms: Any) -> None:
        values = forms.numbered("disclosure")
        rows = forms.disclosure(values)
        at = next(i for i, row in enumerate(rows) if row[0].text == "行政处罚")
        found = tables(forms.drawn(rows[:at], 1), forms.drawn(rows[at:], 2))["disclosure"]
        assert printed(found) == values

    def test_text_where_a_number_belongs_is_text(self, forms: Any) -> None:
        values = forms.numbered("disclosure") | {"licensing.decisions": "见附件"}
        for grid in (
            forms.drawn(forms.disclosure(values)),
            forms.typed(forms.disclosure(values)),
        ):
            assert tables(grid)["disclosure"].cells["licensing.decisions"].kind == "text"

    def test_rows_without_column_names_are_unreadable(self, forms: Any) -> None:
        rows = forms.disclosure(forms.numbered("disclosure"))
        del rows[5]
        cells = tables(forms.drawn(rows))["disclosure"].cells
        assert cells["licensing.decisions"].kind == "unreadable"
        assert cells["penalties.decisions"].kind == "number"

    def test_a_missing_row_is_named(self, forms: Any) -> None:
        rows = [
            row for row in forms.disclosure(forms.zeros("disclosure")) if row[0].text != "行政强制"
        ]
        assert tables(forms.drawn(rows))["disclosure"].missing == ("compulsion",)


class TestDisputes:
    def test_a_sixteenth_column_without_a_name_does_not_hide_the_fifteen(self, forms: Any) -> None:
        values = forms.numbered("disputes")
        rows = forms.disputes(values)
        rows[0][1] = replace(rows[0][1], colspan=11)
        rows[1][-1] = replace(rows[1][-1], colspan=6)
        rows[2].append(forms.cell(""))
        rows[3].append(forms.cell("0"))
        for grid in (forms.drawn(rows), forms.typed(rows), forms.typed(rows, pad=True)):
            found = tables(grid)["disputes"]
            assert printed(found) == values
            assert (found.value_columns, len(found.leaf_headers)) == (16, 15)

    def test_a_number_in_an_unnamed_column_makes_all_uncertain(self, forms: Any) -> None:
        rows = forms.disputes(forms.numbered("disputes"))
        rows[0][1] = replace(rows[0][1], colspan=11)
        rows[1][-1] = replace(rows[1][-1], colspan=6)
        rows[2].append(forms.cell(""))
        rows[3].append(forms.cell("3"))
        assert printed(tables(forms.drawn(rows))["disputes"]) == {}

    def test_a_wide_group_header_alone_is_no_sixteenth_column(self, forms: Any) -> None:
        values = forms.numbered("disputes")
        rows = forms.disputes(values)
        rows[1][-1] = replace(rows[1][-1], colspan=6)
        assert printed(tables(forms.drawn(rows))["disputes"]) == values

    @pytest.mark.parametrize("style", ["drawn", "typed"])
    def test_fourteen_columns_are_not_aligned(self, forms: Any, style: str) -> None:
        rows = forms.disputes(forms.numbered("disputes"))
        del rows[2][-2]
        del rows[3][-2]
        rows[0][1] = replace(rows[0][1], colspan=9)
        rows[1][-1] = replace(rows[1][-1], colspan=4)
        grid = forms.drawn(rows) if style == "drawn" else forms.typed(rows)
        found = tables(grid)["disputes"]
        assert printed(found) == {}
        assert (found.value_columns, len(found.leaf_headers)) == (14, 14)

    @pytest.mark.parametrize("style", ["drawn", "typed"])
    def test_groups_in_another_order_are_read_by_their_names(self, forms: Any, style: str) -> None:
        values = forms.numbered("disputes")
        rows = forms.disputes(values)
        rows[1] = [*rows[1][:5], rows[1][6], rows[1][5]]
        data = rows[3]
        rows[3] = [*data[:5], *data[10:], *data[5:10]]
        grid = forms.drawn(rows) if style == "drawn" else forms.typed(rows)
        assert printed(tables(grid)["disputes"]) == values

    def test_four_header_rows_are_read(self, forms: Any) -> None:
        values = forms.numbered("disputes")
        title = [forms.cell("行政复议、行政诉讼情况（单位：件）", 15)]
        rows = [title, *forms.disputes(values)]
        assert printed(tables(forms.drawn(rows))["disputes"]) == values

    @pytest.mark.parametrize("style", ["drawn", "typed"])
    def test_altered_outcome_labels_take_their_places(self, forms: Any, style: str) -> None:
        values = forms.numbered("disputes")
        rows = forms.disputes(values)
        rows[1][0] = replace(rows[1][0], text="维持")
        rows[2][4] = replace(rows[2][4], text="合 计 数")
        grid = forms.drawn(rows) if style == "drawn" else forms.typed(rows)
        assert printed(tables(grid)["disputes"]) == values

    def test_a_label_before_the_values_is_no_value(self, forms: Any) -> None:
        values = forms.numbered("disputes")
        rows = forms.disputes(values)
        rows[0].insert(0, forms.cell("项目", 1, 3))
        rows[3].insert(0, forms.cell("件数"))
        assert printed(tables(forms.drawn(rows))["disputes"]) == values

    def test_values_on_the_next_page_belong_to_the_header_before(self, forms: Any) -> None:
        values = forms.numbered("disputes")
        rows = forms.disputes(values)
        rows_2 = [rows[3]]
        assert printed(tables(forms.drawn(rows[:3]), forms.drawn(rows_2))["disputes"]) == values

    def test_a_header_without_values_has_no_cells(self, forms: Any) -> None:
        found = tables(forms.drawn(forms.disputes(forms.zeros("disputes"))[:3]))["disputes"]
        assert found.cells == {}
        assert found.value_columns is None
        assert len(found.missing) == 3

    def test_a_header_with_labels_in_pieces_is_read(self, forms: Any) -> None:
        values = forms.numbered("disputes")
        rows = forms.disputes(values)
        rows[2] = [replace(td, text="\n".join(td.text)) for td in rows[2]]
        assert printed(tables(forms.typed(rows))["disputes"]) == values


class TestForm:
    @pytest.mark.parametrize("regime", ["R2019", "R2021"])
    def test_the_form_is_told_from_labels(self, forms: Any, regime: Regime) -> None:
        disclosure = forms.drawn(forms.disclosure(forms.zeros("disclosure", regime), regime))
        other = forms.drawn(forms.applications(forms.zeros("applications", regime), regime), 2)
        assert form(disclosure) == form(other) == form(disclosure, other) == regime

    def test_without_a_cue_the_form_is_unknown(self, forms: Any) -> None:
        assert form(forms.drawn(forms.disputes(forms.zeros("disputes")))) is None

    def test_the_row_name_of_documents_is_no_cue(self, forms: Any) -> None:
        rows = forms.disclosure(forms.zeros("disclosure"))
        at = next(i for i, row in enumerate(rows) if row[0].text == "行政规范性文件")
        rows[at][0] = replace(rows[at][0], text="规范性文件")
        found = tables(forms.drawn(rows))["disclosure"]
        assert form(forms.drawn(rows)) == "R2021"
        assert "normative_documents.issued" in found.cells


def test_markdown_tables_with_empty_cells_for_merged_ones_are_read(forms: Any) -> None:
    """Columns are sure there, but what is merged in the original is an empty cell."""
    for table in ("applications", "disputes", "disclosure"):
        values = forms.numbered(table)
        ragged = forms.typed(forms.rows(table, values), pad=True)
        drawn = forms.drawn(forms.rows(table, values))
        text = {(cell.row, cell.column): cell.text for cell in drawn.cells}
        lines = [[text.get((r, c), "") for c in range(drawn.width)] for r in range(drawn.height)]
        grid = forms.ragged(lines)
        sure = Grid(grid.cells, grid.width, grid.height, grid.at)
        assert printed(tables(sure)[table]) == values
        assert printed(tables(ragged)[table]) == values
