"""Cells kept in columns are the cells that were kept."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from duban.domain.columns import (
    ColumnCells,
    Columns,
    columns_of,
    number_at,
    numbers_of,
    odd_of,
)
from duban.domain.place import Place
from duban.domain.report import Cell

_SMALL = st.integers(1, 40)
_PLACES = st.none() | st.builds(
    Place,
    line=st.none() | _SMALL,
    table=st.none() | _SMALL,
    row=st.none() | _SMALL,
    column=st.none() | _SMALL,
    page=st.none() | _SMALL,
    box=st.none() | st.tuples(*[st.floats(0, 800)] * 4),
)
_GRID = st.builds(Place, table=_SMALL, row=_SMALL, column=_SMALL)
_PLAIN = st.integers(0, 10**12).flatmap(
    lambda value: st.builds(
        Cell, st.just("number"), st.just(str(value)), st.just(value), _PLACES | _GRID
    )
)
_ANY = st.builds(
    Cell,
    st.sampled_from(["number", "blank", "mark", "text", "unreadable"]),
    st.sampled_from(["", "/", "无", "007", "１２", "5", "-1", "1.50", "3件"]),
    st.none() | st.integers(-5, 2**63 - 1) | st.sampled_from([0.5, 1.0, -2.25]),
    _PLACES,
    st.none() | st.sampled_from(["", "含补正"]),
    st.none() | st.sampled_from(["", "件"]),
)
_NAMES = st.sampled_from(
    ["a", "b.c", "total", "results.granted", "其他 处理", "行|列", ".", "", "x.", "本级\n合计"]
)
_PATHS = st.lists(_NAMES, min_size=0, max_size=3).map(".".join)
_CELLS = st.dictionaries(_PATHS, _PLAIN | _ANY, max_size=25)


def _kept(cells: Mapping[str, Cell]) -> ColumnCells | None:
    columns = columns_of(cells)
    if columns is None:
        return None
    return ColumnCells(msgspec.json.decode(msgspec.json.encode(columns), type=Columns))


@given(_CELLS)
def test_cells_come_back_as_they_were_or_are_not_kept_so(cells: dict[str, Cell]) -> None:
    kept = _kept(cells)

    if kept is not None:
        assert list(kept.items()) == list(cells.items())
        assert kept == cells
        assert numbers_of(kept) == numbers_of(cells)
        assert list(map(type, numbers_of(kept))) == list(map(type, numbers_of(cells)))
        assert list(odd_of(kept).items()) == list(odd_of(cells).items())
        assert all(number_at(kept, path) == cell.value for path, cell in cells.items())
        assert number_at(kept, "no such cell") is number_at(cells, "no such cell") is None


@given(st.dictionaries(st.sampled_from("abcdefgh").map("row.{}".format), _PLAIN))
def test_cells_of_the_form_are_always_kept_so(cells: dict[str, Cell]) -> None:
    assert _kept(cells) == cells


def test_the_columns_of_the_row_before_are_not_said_again() -> None:
    cell = Cell("number", "1", 1, Place(table=1, row=2, column=3))

    columns = columns_of({f"{row}.{name}": cell for row in "abc" for name in ("one", "two")})

    assert columns is not None
    assert columns.paths == "a one two|b|c"
    assert columns.odd == {}


def test_a_label_that_holds_a_separator_is_not_kept_so() -> None:
    cell = Cell("number", "1", 1)

    assert columns_of({"row.sub[本级 合计].total": cell}) is None
    assert columns_of({"row.sub[本级|合计].total": cell}) is None


def test_only_whole_numbers_in_plain_digits_are_plain() -> None:
    cells = {
        "plain": Cell("number", "12", 12),
        "zeros": Cell("number", "012", 12),
        "wide": Cell("number", "１２", 12),
        "negative": Cell("number", "-1", -1),
        "decimal": Cell("number", "1.0", 1.0),
        "noted": Cell("number", "12", 12, note="含补正"),
        "unit": Cell("number", "12", 12, unit="件"),
        "blank": Cell("blank", ""),
        "unread": Cell("unreadable", "12", 12),
    }

    assert list(odd_of(cells)) == list(range(1, len(cells)))
