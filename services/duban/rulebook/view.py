"""A report as the rules see it: cells by path, facts by name, one look-up each."""

from __future__ import annotations

from collections import defaultdict
from functools import cached_property
from typing import NamedTuple

from duban.domain.finding import Context
from duban.domain.form import APPLICANTS, DISPUTE_COLUMNS, application_rows, label_of, regime_of
from duban.domain.place import Place
from duban.domain.report import Cell, Fact, Report, Row, Section, Table
from duban.rulebook.quantity import Quantity, Span, add

TABLES = ("disclosure", "applications", "disputes")

_PARTS_OF_TOTAL: dict[str, tuple[str, ...]] = {
    "applications": tuple(item.field for item in APPLICANTS),
    "disputes": tuple(item.field for item in DISPUTE_COLUMNS[:-1]),
}
_UNKNOWN: dict[str, Span] = {
    "blank": Span(0, None, 0, "有空白单元格，其数值未知"),
    "mark": Span(0, None, 0, "有单元格未填数字（如“/”），其数值未知"),
    "text": Span(0, None, None, "有单元格含文字，其数值未知"),
    "unreadable": Span(0, None, None, "有单元格无法辨认"),
}
ABSENT = Span(0, None, None, "表中缺少参与计算的单元格")
MISSING_ROW = Span(0, None, 0, "表格缺行或有无法识别的行，其数值未知")


class CellRef(NamedTuple):
    """A cell with its path in parts; `remark` is what it prints beside or instead of a number."""

    path: str
    table: str
    row: str
    column: str
    kind: str
    value: int | float | None
    raw: str
    remark: str | None
    at: Place | None

    @property
    def zh(self) -> str:
        """The cell in words."""
        return label_of(self.path)

    @property
    def en(self) -> str:
        """The cell's path as English words."""
        return english(self.path)


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
    """A table's shape, beside the cells themselves."""

    def __init__(self, table: Table, regime: str | None, cells: list[CellRef]) -> None:
        self.at = table.at
        self.doubt = table.doubt
        self.value_columns = table.value_columns
        self.leaf_headers = tuple(text for text in table.leaf_headers if text)
        self.missing_fields = table.missing
        self.rows = tuple(
            RowRef(table.name, row.field, row.values, row.at) for row in table.rows if row.field
        )
        self._unknown: tuple[Row, ...] = tuple(row for row in table.rows if row.field is None)
        self._name = table.name
        self._regime = regime
        self._cells = cells

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
        return len(application_rows(self._regime)) if self._regime else 0  # type: ignore[arg-type]

    @property
    def unread_columns(self) -> int:
        """How many cells of the form carry neither a number nor a blank, mark or text."""
        return sum(cell.kind == "unreadable" for cell in self._cells)

    @property
    def blank_lines(self) -> int:
        """How many whole rows, and whole columns of more than one cell, are blank."""
        lines: dict[str, list[bool]] = defaultdict(list)
        for cell in self._cells:
            blank = cell.kind == "blank"
            lines[f"row {cell.row}"].append(blank)
            if self._name == "applications":
                lines[f"column {cell.column}"].append(blank)
        return sum(all(blanks) for blanks in lines.values())

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


class ReportFacts(NamedTuple):
    """What a report and its context say outside tables and prose."""

    agency: str | None
    agency_source: str | None
    year: int | None
    title_year: int | None
    due_year: int | None
    regime: str | None
    regime_due: str | None
    regimes_due: tuple[str, ...]
    names: tuple[str, ...]
    kind: str | None
    converted: bool
    damaged: str | None
    pictures: tuple[int, ...]
    parts: tuple[int, ...]
    headings: tuple[str, ...]


class View:
    """One report prepared for judging; nothing in it outlives the judging."""

    def __init__(self, report: Report, context: Context) -> None:
        self.report = report
        self.context = context
        self.numbers: dict[str, int | float] = {}
        self.addends: dict[str, int | float] = {}
        self.cells: dict[str, CellRef] = {}
        self.of_table: dict[str, list[CellRef]] = {name: [] for name in TABLES}
        self._rows: dict[str, frozenset[str]] = {}
        for name, table in report.tables.items():
            if table is not None:
                self._take(name, table)

    def _take(self, name: str, table: Table) -> None:
        refs = self.of_table[name]
        for path, cell in table.cells.items():
            full = f"{name}.{path}"
            row, _, column = path.rpartition(".")
            ref = CellRef(
                full, name, row, column, cell.kind, cell.value, cell.raw, _remark(cell), cell.at
            )
            refs.append(ref)
            self.cells[full] = ref
            if cell.value is not None:
                self.numbers[full] = cell.value
                self.addends[full] = cell.value
            elif cell.kind == "mark":
                self.addends[full] = 0

    def number(self, path: str) -> Quantity:
        """The number in a cell; a total that is not printed follows from its row (3.12.2(5))."""
        value = self.numbers.get(path)
        if value is not None:
            return value
        ref = self.cells.get(path)
        if ref is None:
            return ABSENT
        if ref.column == "total" and ref.kind in ("blank", "mark"):
            return add(self.addend(part) for part in self.parts_of_total(ref))
        return _UNKNOWN[ref.kind]

    def addend(self, path: str) -> Quantity:
        """The number in a cell that is added up: a mark such as `/` states that there is none."""
        value = self.addends.get(path)
        return value if value is not None else self.number(path)

    def parts_of_total(self, ref: CellRef) -> list[str]:
        """The cells whose sum the total cell `ref` should print."""
        stem = ref.path.rpartition(".")[0]
        return [f"{stem}.{part}" for part in _PARTS_OF_TOTAL.get(ref.table, ())]

    @cached_property
    def gapped(self) -> frozenset[str]:
        """The tables with a missing row or one that no form knows."""
        return frozenset(
            name
            for name, table in self.report.tables.items()
            if table and (table.missing or any(row.field is None for row in table.rows))
        )

    def gap(self, table: str, rows: frozenset[str]) -> bool:
        """Whether one of the rows may hide in a missing or unrecognised row of the table."""
        return self.tables[table].gap(rows)

    def rows_of(self, table: str) -> frozenset[str]:
        """The row fields that the table has."""
        found = self._rows.get(table)
        if found is None:
            found = frozenset(cell.row for cell in self.of_table[table])
            self._rows[table] = found
        return found

    @cached_property
    def tables(self) -> dict[str, TableView]:
        """The tables that the document has, by name."""
        return {
            name: TableView(table, self.report.regime, self.of_table[name])
            for name, table in self.report.tables.items()
            if table is not None
        }

    @cached_property
    def sections(self) -> dict[int, Section]:
        """The first heading of each part."""
        found: dict[int, Section] = {}
        for section in self.report.sections:
            if section.part is not None:
                found.setdefault(section.part, section)
        return found

    @cached_property
    def facts(self) -> dict[str, list[Fact]]:
        """The numbers in the prose by name."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.report.facts:
            found[fact.name].append(fact)
        return dict(found)

    @cached_property
    def prose(self) -> dict[int, str]:
        """The prose of each part without its headings, one paragraph a line; 0 is the preface."""
        found: dict[int, list[str]] = defaultdict(list)
        for passage in self.report.passages:
            if not passage.heading:
                found[passage.part or 0].append(passage.text)
        return {part: "\n".join(texts) for part, texts in found.items()}

    @cached_property
    def about(self) -> ReportFacts:
        """The fields that rule files name as `report.…`."""
        report, context = self.report, self.context
        year = report.year if report.year is not None else context.year
        parts = tuple(s.part for s in report.sections if s.part is not None)
        return ReportFacts(
            agency=report.agency,
            agency_source=report.agency_source,
            year=year,
            title_year=report.title_year,
            due_year=context.year,
            regime=report.regime,
            regime_due=regime_of(year) if year is not None else None,
            regimes_due=tuple({regime_of(y): 0 for y in (year, context.year) if y is not None}),
            names=context.names,
            kind=context.kind,
            converted=report.converted,
            damaged=report.damaged,
            pictures=report.pictures,
            parts=parts,
            headings=tuple(section.heading for section in report.sections),
        )


def _remark(cell: Cell) -> str | None:
    if cell.kind == "text":
        return cell.raw
    return (cell.note or cell.unit) if cell.kind == "number" else None
