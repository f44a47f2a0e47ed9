"""However a table is damaged: a value is read in its own row and column, or not at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.domain.report import Table
from duban.domain.text import normal
from duban.reading.tables.find import find_tables

TABLES = ["disclosure", "applications", "disputes"]
STYLES = ["drawn", "typed", "padded"]
REGIMES = ["R2019", "R2021"]
MUTATIONS = ["delete", "duplicate", "merge right", "merge down", "drop row", "empty", "blank row"]


def grid_of(forms: Any, rows: Any, style: str) -> Any:
    if style == "drawn":
        return forms.drawn(rows)
    return forms.typed(rows, pad=style == "padded")


def read(grid: Any, table: str) -> Table | None:
    return find_tables([grid], normal).tables[table]


def under(forms: Any, rows: Any, row: int, column: int) -> tuple[int, int] | None:
    """Row and position of the cell below that is exactly as wide."""
    lines = forms.drawn(rows).rows()
    cell = lines[row][column]
    below = cell.row + cell.rowspan
    for position, other in enumerate(lines[below] if below < len(lines) else []):
        if (other.column, other.colspan) == (cell.column, cell.colspan):
            return below, position
    return None


def mutate(forms: Any, rows: Any, kind: str, row: int, column: int) -> Any:
    rows = [list(line) for line in rows]
    row %= len(rows)
    line = rows[row]
    if kind == "drop row":
        return rows[:row] + rows[row + 1 :]
    if not line:
        return rows
    column %= len(line)
    cell = line[column]
    if kind == "delete":
        del line[column]
    elif kind == "duplicate":
        line.insert(column, cell)
    elif kind == "merge right" and column + 1 < len(line) and cell.text and line[column + 1].text:
        after = line.pop(column + 1)
        line[column] = replace(
            cell, text=f"{cell.text}\n{after.text}", colspan=cell.colspan + after.colspan
        )
    elif kind == "merge down" and (below := under(forms, rows, row, column)):
        line[column] = replace(cell, rowspan=cell.rowspan + 1)
        del rows[below[0]][below[1]]
    elif kind == "empty":
        line[column] = replace(cell, text="")
    elif kind == "blank row":
        rows.insert(row, [replace(cell, text="", rowspan=1) for cell in line])
    return rows


def assert_nothing_is_invented(table: Table | None, values: dict[str, str]) -> None:
    for path, cell in (table.cells if table else {}).items():
        if cell.kind == "unreadable":
            assert cell.value is None
            assert cell.note
        elif cell.kind == "number":
            assert str(cell.value) == values[path], path
        else:
            assert cell.kind == "blank"


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("regime", REGIMES)
@pytest.mark.parametrize("table", TABLES)
def test_an_undamaged_table_is_read_completely(
    forms: Any, table: str, regime: str, style: str
) -> None:
    values = forms.numbered(table, regime)
    found = read(grid_of(forms, forms.rows(table, values, regime), style), table)
    assert found is not None
    assert {path: str(cell.value) for path, cell in found.cells.items()} == values


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("table", TABLES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_damaged_table_never_gives_a_number_to_another_cell(
    forms: Any, table: str, style: str, data: st.DataObject
) -> None:
    regime = data.draw(st.sampled_from(REGIMES))
    values = forms.numbered(table, regime)
    for path in data.draw(st.lists(st.sampled_from(sorted(values)), max_size=12)):
        values[path] = ""
    rows = forms.rows(table, values, regime)
    kind = data.draw(st.sampled_from(MUTATIONS))
    rows = mutate(forms, rows, kind, data.draw(st.integers(0, 40)), data.draw(st.integers(0, 20)))
    assert_nothing_is_invented(read(grid_of(forms, rows, style), table), values)


def emptied(table: Table, values: dict[str, str]) -> list[str]:
    return [p for p, cell in table.cells.items() if cell.kind == "blank" and values[p]]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("table", TABLES)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_deleted_cell_never_makes_another_one_blank(
    forms: Any, table: str, style: str, data: st.DataObject
) -> None:
    values = forms.numbered(table)
    for path in data.draw(st.lists(st.sampled_from(sorted(values)), max_size=12)):
        values[path] = ""
    kind = data.draw(st.sampled_from(["delete", "duplicate", "merge right", "drop row"]))
    rows = forms.rows(table, values)
    rows = mutate(forms, rows, kind, data.draw(st.integers(0, 40)), data.draw(st.integers(0, 20)))
    found = read(grid_of(forms, rows, style), table)
    assert found is None or emptied(found, values) == []


@pytest.mark.parametrize("style", STYLES)
@given(order=st.permutations(range(5)))
@settings(max_examples=30, deadline=None)
def test_columns_swapped_with_their_headers_are_read_under_their_headers(
    forms: Any, style: str, order: list[int]
) -> None:
    values = forms.numbered("applications")
    rows = forms.rows("applications", values)
    swapped = [*rows[:2], [rows[2][i] for i in order]]
    for line in rows[3:]:
        organisations = line[-6:-1]
        swapped.append([*line[:-6], *(organisations[i] for i in order), line[-1]])
    found = read(grid_of(forms, swapped, style), "applications")
    assert found is not None
    assert {path: str(cell.value) for path, cell in found.cells.items()} == values
