"""A table's cells kept in columns, by who keeps many reports and asks for few of their cells.

Nearly every cell prints a whole number and nothing else: the number says all, but where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from typing import NamedTuple

import msgspec

from duban.domain.place import Place
from duban.domain.report import Cell, Number

_LAYOUTS = 128  # three tables in two forms, and departures


class Columns(msgspec.Struct, frozen=True):
    """The cells of a table in the order they were read; `ColumnCells` gives them back.

    `paths` has a row's field and its columns, row after row; columns like those of the row before
    are left out. `values` has the number of each cell, None where it prints none; `odd` those that
    are not plain, by their place; `places` where each stands, decoded when somebody asks.
    """

    paths: str
    values: list[Number | None]
    odd: dict[int, Cell]
    places: msgspec.Raw


class _Grid(msgspec.Struct, frozen=True):
    """Places that are known by table, row and column alone."""

    tables: list[int]
    rows: list[int]
    columns: list[int]


_PLACES = msgspec.json.Decoder(list[Place | None] | _Grid)


class ColumnCells(Mapping[str, Cell]):
    """The cells of `Columns` by their path; each is made when it is asked for."""

    __slots__ = ("_columns", "_known", "_places")

    def __init__(self, columns: Columns) -> None:
        self._columns = columns
        self._known = _paths(columns.paths)
        self._places: list[Place | None] | None = None

    def __getitem__(self, path: str) -> Cell:
        at = self._known.order[path]
        columns = self._columns
        found = columns.odd.get(at)
        if found is not None:
            return found
        if self._places is None:
            self._places = _places(columns.places)
        value = columns.values[at]
        return Cell("number", str(value), value, self._places[at])

    def __iter__(self) -> Iterator[str]:
        return iter(self._known.paths)

    def __len__(self) -> int:
        return len(self._known.paths)

    def number(self, path: str) -> Number | None:
        """The number in a cell, if there is such a cell and it prints one."""
        at = self._known.order.get(path)
        return None if at is None else self._columns.values[at]

    def numbers(self) -> list[Number | None]:
        """The number of each cell; not to be changed."""
        return self._columns.values

    def odd(self) -> Mapping[int, Cell]:
        """The cells that are not plain, by their place."""
        return self._columns.odd


def columns_of(cells: Mapping[str, Cell]) -> Columns | None:
    """The cells in columns; None where a path cannot be told from the next."""
    paths = _joined(cells)
    if _paths(paths).paths != tuple(cells):
        return None
    places = msgspec.Raw(msgspec.json.encode(_kept([cell.at for cell in cells.values()])))
    return Columns(paths, [cell.value for cell in cells.values()], dict(odd_of(cells)), places)


def numbers_of(cells: Mapping[str, Cell]) -> list[Number | None]:
    """The number of each cell in the order they were read, None where it prints none."""
    if isinstance(cells, ColumnCells):
        return cells.numbers()
    return [cell.value for cell in cells.values()]


def odd_of(cells: Mapping[str, Cell]) -> Mapping[int, Cell]:
    """The cells that are not plain, by their place among all."""
    if isinstance(cells, ColumnCells):
        return cells.odd()
    return {at: cell for at, cell in enumerate(cells.values()) if not _is_plain(cell)}


def number_at(cells: Mapping[str, Cell], path: str) -> Number | None:
    """The number in a cell, if there is such a cell and it prints one."""
    if isinstance(cells, ColumnCells):
        return cells.number(path)
    cell = cells.get(path)
    return None if cell is None else cell.value


def _is_plain(cell: Cell) -> bool:
    """Whether it prints the digits of a whole number of at least 0, and nothing else."""
    value = cell.value
    return (
        type(value) is int
        and value >= 0
        and cell.kind == "number"
        and cell.raw == str(value)
        and cell.note is None
        and cell.unit is None
    )


def _joined(paths: Iterable[str]) -> str:
    rows: list[str] = []
    before: list[str] = []
    for row, group in groupby(paths, key=lambda path: path.rpartition(".")[0]):
        columns = [path.rpartition(".")[2] for path in group]
        rows.append(row if columns == before else " ".join((row, *columns)))
        before = columns
    return "|".join(rows)


class _Paths(NamedTuple):
    paths: tuple[str, ...]
    order: dict[str, int]


@lru_cache(maxsize=_LAYOUTS)
def _paths(joined: str) -> _Paths:
    """The same for table after table: nearly every one is laid out like the form."""
    found: list[str] = []
    before: list[str] = []
    for line in joined.split("|"):
        row, *columns = line.split(" ")
        before = columns or before
        found += [f"{row}.{column}" if row else column for column in before]
    return _Paths(tuple(found), {path: at for at, path in enumerate(found)})


def _kept(places: list[Place | None]) -> list[Place | None] | _Grid:
    known = [at for at in places if at is not None]
    found = _Grid(
        [at.table for at in known if at.table is not None],
        [at.row for at in known if at.row is not None],
        [at.column for at in known if at.column is not None],
    )
    return found if _given(found) == places else places


def _given(grid: _Grid) -> list[Place | None]:
    together = zip(grid.tables, grid.rows, grid.columns, strict=False)
    return [Place(table=table, row=row, column=column) for table, row, column in together]


def _places(kept: msgspec.Raw) -> list[Place | None]:
    found = _PLACES.decode(kept)
    return _given(found) if isinstance(found, _Grid) else found
