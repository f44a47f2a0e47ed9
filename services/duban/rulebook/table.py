"""Tables as the rules see them: cells and rows with their names, and the table's shape."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from duban.domain.columns import odd_of
from duban.domain.form import application_rows, label_of
from duban.domain.place import Place
from duban.domain.report import Cell, Regime, Row, Section, Table

_OTHER = "results.other."


class CellRef(NamedTuple):
    """A cell with its full path."""

    path: str
    cell: Cell

    @property
    def table(self) -> str:
        """The table it stands in."""
        return self.path.partition(".")[0]

    @property
    def column(self) -> str:
        """The field of its column."""
        return self.path.rpartition(".")[2]

    @property
    def row(self) -> str:
        """The field of its row."""
        return self.path.partition(".")[2].rpartition(".")[0]

    @property
    def kind(self) -> str:
        """What it prints: number, blank, mark, text; or unreadable."""
        return self.cell.kind

    @property
    def value(self) -> int | float | None:
        """Its number, if it prints one."""
        return self.cell.value

    @property
    def raw(self) -> str:
        """What it prints, as it stands."""
        return self.cell.raw

    @property
    def at(self) -> Place | None:
        """Where it stands."""
        return self.cell.at

    @property
    def remark(self) -> str | None:
        """What it prints beside its number, or instead of one."""
        cell = self.cell
        if cell.kind == "number":
            return cell.note or cell.unit
        return cell.raw if cell.kind == "text" else None

    @property
    def zh(self) -> str:
        """The cell in words."""
        return label_of(self.path)

    @property
    def en(self) -> str:
        """The cell's path as English words."""
        return english(self.path)


CELL_ATTRIBUTES = frozenset(
    ("path", "table", "row", "column", "kind", "value", "raw", "at", "remark", "zh", "en")
)


class RowRef(NamedTuple):
    """A row of a table that the form knows, and how many value cells it has."""

    table: str
    field: str
    values: int
    at: Place

    @property
    def zh(self) -> str:
        """The row's label in the form."""
        return label_of(f"{self.table}.{self.field}.total").partition("”行")[0].lstrip("“")

    @property
    def en(self) -> str:
        """The row's field as English words."""
        return english(self.field)


def english(path: str) -> str:
    """A field path as English words: `results.granted` → `results: granted`."""
    return path.replace("_", " ").replace(".", ": ")


class TableView:
    """A table's shape, beside the cells themselves; its properties are named in rule files.

    `is_full`: each of its cells prints a number.
    """

    def __init__(self, table: Table, regime: Regime | None, *, is_full: bool) -> None:
        self.at = table.at
        self.doubt = table.doubt
        self.value_columns = table.value_columns
        self.leaf_headers = tuple(text for text in table.leaf_headers if text)
        self.missing_fields = table.missing
        self._rows = table.rows
        self._name = table.name
        self._regime = regime
        self._cells = table.cells
        self._is_full = is_full

    @cached_property
    def rows(self) -> tuple[RowRef, ...]:
        """The rows that the form knows."""
        name, rows = self._name, self._rows
        return tuple([RowRef(name, r.field, r.values, r.at) for r in rows if r.field])

    @cached_property
    def _unknown(self) -> tuple[Row, ...]:
        return tuple([row for row in self._rows if row.field is None])

    @property
    def missing(self) -> tuple[str, ...]:
        """Labels of the form's rows that the table lacks."""
        return tuple(RowRef(self._name, field, 0, self.at).zh for field in self.missing_fields)

    @property
    def unknown(self) -> tuple[str, ...]:
        """Printed labels of rows that no form knows."""
        return tuple(row.label for row in self._unknown)

    @property
    def due_rows(self) -> int:
        """How many data rows table 3 has in the form that was used."""
        return len(application_rows(self._regime)) if self._regime else 0

    @property
    def aligned(self) -> bool:
        """Whether every value was given to a cell of the form."""
        return self.doubt is None and any(c.kind != "unreadable" for c in self._cells.values())

    @property
    def only_other_differs(self) -> bool:
        """Whether nothing but the layout of （六）其他处理 departs from the form (3.12.2(3))."""
        return (
            not self._unknown
            and all(field.startswith(_OTHER) for field in self.missing_fields)
            and any(row.field.startswith(_OTHER) for row in self.rows)
        )

    @property
    def blanks(self) -> int:
        """How many cells are blank."""
        if self._is_full:
            return 0
        return [cell.kind for cell in odd_of(self._cells).values()].count("blank")

    @property
    def blank_examples(self) -> tuple[str, ...]:
        """The first five blank cells in words."""
        paths = [path for path, cell in self._cells.items() if cell.kind == "blank"]
        return tuple(label_of(f"{self._name}.{path}") for path in paths[:5])

    @property
    def blank_lines(self) -> int:
        """How many whole rows, and whole columns of more than one cell, are blank."""
        lines: dict[str, list[bool]] = defaultdict(list)
        for path, cell in self._cells.items():
            row, _, column = path.rpartition(".")
            lines[f"row {row}"].append(cell.kind == "blank")
            if self._name == "applications":
                lines[f"column {column}"].append(cell.kind == "blank")
        return sum(all(blanks) for blanks in lines.values())

    def rows_of(self, values: int) -> int:
        """How many rows the form knows, if each has so many value cells; else 0."""
        found = [row.values for row in self._rows if row.field]
        return len(found) if found.count(values) == len(found) else 0

    def gap(self, among: frozenset[str]) -> bool:
        """Whether a row that belongs to `among` may hide in a missing or unrecognised row.

        An undivided group row stands for its sub-rows and they for it (3.12.2(3)).
        """
        if self._unknown:
            return True
        present = {row.field for row in self.rows}
        for field in self.missing_fields:
            if field not in among:
                continue
            group = field.rpartition(".")[0]
            stand_ins = {f"{group}.total"} if not field.endswith(".total") else {
                other for other in present if other.startswith(f"{group}.")
            }  # fmt: skip
            if not stand_ins & present:
                return True
        return False


SECTION_ATTRIBUTES = frozenset(Section.__struct_fields__)
ROW_ATTRIBUTES = frozenset((*RowRef._fields, "zh", "en"))
TABLE_ATTRIBUTES = frozenset(
    (
        "at", "doubt", "value_columns", "leaf_headers", "rows", "missing", "unknown", "due_rows",
        "aligned", "only_other_differs", "blanks", "blank_examples", "blank_lines",
    )
)  # fmt: skip
