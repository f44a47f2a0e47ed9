from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from duban.domain.document import Grid
from duban.reading.formats.lattice import Drawn, resolve


def at(grid: Grid) -> dict[str, tuple[int, int, int, int]]:
    return {cell.text: (cell.row, cell.column, cell.rowspan, cell.colspan) for cell in grid.cells}


def test_a_cell_beside_a_rowspan_stands_right_of_it() -> None:
    grid = resolve([[[Drawn("a", 2), Drawn("b")], [Drawn("c")]]], table=1, line=1)

    assert at(grid) == {"a": (0, 0, 2, 1), "b": (0, 1, 1, 1), "c": (1, 1, 1, 1)}
    assert (grid.width, grid.height, grid.doubt) == (2, 2, None)


def test_places_count_from_one() -> None:
    grid = resolve([[[Drawn("a"), Drawn("b")]]], table=3, line=7)

    place = grid.cells[1].at
    assert (place.table, place.row, place.column) == (3, 1, 2)
    assert (grid.at.table, grid.at.line) == (3, 7)


def test_a_rowspan_of_zero_goes_down_to_the_end_of_its_group() -> None:
    groups = [[[Drawn("a", 0), Drawn("b")], [Drawn("c")]], [[Drawn("d"), Drawn("e")]]]
    grid = resolve(groups, table=1, line=1)

    assert at(grid)["a"] == (0, 0, 2, 1)
    assert at(grid)["d"] == (2, 0, 1, 1)


def test_a_rowspan_beyond_the_last_row_adds_no_rows() -> None:
    grid = resolve([[[Drawn("a", 60000), Drawn("b")], [Drawn("c")]]], table=1, line=1)

    assert (grid.height, at(grid)["a"]) == (2, (0, 0, 2, 1))
    assert grid.doubt is None


def test_a_colspan_beyond_the_last_column_adds_no_columns() -> None:
    grid = resolve([[[Drawn("head", 1, 900)], [Drawn("a"), Drawn("b")]]], table=1, line=1)

    assert (grid.width, at(grid)["head"]) == (2, (0, 0, 1, 2))


def test_negative_and_zero_colspans_are_one_column() -> None:
    grid = resolve([[[Drawn("a", 1, 0), Drawn("b", -3, -5), Drawn("c")]]], table=1, line=1)

    assert at(grid) == {"a": (0, 0, 1, 1), "b": (0, 1, 1, 1), "c": (0, 2, 1, 1)}


def test_a_colspan_that_runs_into_a_rowspan_is_cut_and_doubted() -> None:
    rows = [
        [Drawn("a"), Drawn("b"), Drawn("c", 2)],
        [Drawn("d", 1, 3)],
    ]
    grid = resolve([rows], table=1, line=1)

    assert at(grid)["d"] == (1, 0, 1, 2)
    assert grid.doubt == "单元格重叠"


def test_a_row_without_cells_is_no_row() -> None:
    grid = resolve([[[Drawn("a"), Drawn("b")], [], [Drawn("c"), Drawn("d")]]], table=1, line=1)

    assert grid.height == 2
    assert at(grid)["c"] == (1, 0, 1, 1)


def test_columns_counted_by_the_source_are_kept() -> None:
    rows = [
        [Drawn("a", column=0), Drawn("b", column=1), Drawn("c", column=2)],
        [Drawn("d", column=2)],
    ]
    assert at(resolve([rows], table=1, line=1))["d"] == (1, 2, 1, 1)


def test_more_spans_than_any_table_has_are_doubted_in_bounded_time() -> None:
    rows = [[Drawn("x", 5000)] for _ in range(5000)]
    grid = resolve([rows], table=1, line=1)

    assert grid.doubt == "跨行单元格过多"
    assert len(grid.cells) == 5000


CELLS = st.builds(
    Drawn, st.just("x"), st.integers(-2, 9), st.integers(-2, 9), st.none() | st.integers(0, 12)
)
GROUPS = st.lists(st.lists(st.lists(CELLS, max_size=6), max_size=6), max_size=3)


@given(GROUPS)
def test_no_cells_overlap_and_none_leaves_the_grid(groups: list[list[list[Drawn]]]) -> None:
    grid = resolve(groups, table=1, line=1)
    seen = set()
    for cell in grid.cells:
        assert cell.row + cell.rowspan <= grid.height
        assert cell.column + cell.colspan <= grid.width
        for row in range(cell.row, cell.row + cell.rowspan):
            for column in range(cell.column, cell.column + cell.colspan):
                assert (row, column) not in seen
                seen.add((row, column))
    assert len(grid.cells) == sum(len(row) for rows in groups for row in rows)


@given(GROUPS)
def test_each_row_keeps_its_cells_in_order(groups: list[list[list[Drawn]]]) -> None:
    grid = resolve(groups, table=1, line=1)
    given_rows = [len(row) for rows in groups for row in rows if row]

    assert [len(row) for row in grid.rows()] == given_rows
