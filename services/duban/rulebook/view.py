"""A report as the rules see it: cells by path, facts by name, one look-up each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import cached_property
from typing import cast

import msgspec

from duban.domain.columns import number_at, numbers_of, odd_of
from duban.domain.finding import Context
from duban.domain.form import APPLICANTS, DISPUTE_COLUMNS
from duban.domain.report import Cell, Fact, Number, Report, Section
from duban.rulebook.about import ReportFacts, facts_about
from duban.rulebook.layout import Layout, Layouts
from duban.rulebook.quantity import Quantity, Span, add
from duban.rulebook.table import CellRef, TableView
from duban.rulebook.together import Together

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


class View:
    """One report prepared for judging; nothing in it outlives the judging."""

    def __init__(
        self,
        report: Report,
        context: Context,
        before: Callable[[], Report] | None = None,
        layouts: Layouts | None = None,
    ) -> None:
        self.report = report
        self.context = context
        self.layouts = layouts or Layouts()
        self._before = before
        self._plain: dict[str, Layout | None] = {}
        self.lacking: dict[tuple[str, ...], str | None] = {}  # needs, and which is not met

    @cached_property
    def laid_out(self) -> dict[str, Layout]:
        """The layout of each table that the document has, in the order of the form."""
        tables = self.report.tables
        return {
            name: self.layouts.of(name, table) for name in TABLES if (table := tables.get(name))
        }

    @cached_property
    def values(self) -> dict[str, list[Number | None]]:
        """The number of each cell of each table, in the order they were read; None for none."""
        tables = self.report.tables
        return {name: numbers_of(table.cells) for name, table in tables.items() if table}

    @cached_property
    def odd(self) -> dict[str, Mapping[int, Cell]]:
        """The cells of each table that print more than the digits of a number, by their place."""
        tables = self.report.tables
        return {name: odd_of(table.cells) for name, table in tables.items() if table}

    @cached_property
    def numbers(self) -> dict[str, Number]:
        """The cells that print a number, by their full path."""
        found: dict[str, Number | None] = {}
        for name, layout in self.laid_out.items():
            found.update(zip(layout.paths, self.values[name], strict=True))
        if None not in found.values():
            return cast("dict[str, Number]", found)
        return {path: value for path, value in found.items() if value is not None}

    @cached_property
    def peculiar(self) -> list[CellRef]:
        """The cells that print words, decimals or less than 0, in the order they were read."""
        return [
            CellRef(layout.paths[place], cell)
            for name, layout in self.laid_out.items()
            for place, cell in self.odd[name].items()
            if _is_peculiar(cell)
        ]

    @cached_property
    def addends(self) -> dict[str, Number]:
        """The numbers, and 0 for each mark such as `/`, which states that there is none."""
        if len(self.numbers) == self.cell_count:
            return self.numbers
        marks = [
            layout.paths[place]
            for name, layout in self.laid_out.items()
            for place, cell in self.odd[name].items()
            if cell.kind == "mark"
        ]
        return {**dict.fromkeys(marks, 0), **self.numbers}

    def cells(self, name: str) -> list[CellRef]:
        """The cells of a table in the order they were read."""
        table = self.report.tables.get(name)
        layout = self.laid_out.get(name)
        return list(map(CellRef, layout.paths, table.cells.values())) if table and layout else []

    def cell(self, path: str) -> CellRef | None:
        """The cell at a full path."""
        found = self.report.cell(path)
        return CellRef(path, found) if found is not None else None

    @cached_property
    def cell_count(self) -> int:
        """How many cells the tables have."""
        return sum(len(table.cells) for table in self.report.tables.values() if table)

    def layout(self, name: str) -> Layout | None:
        """How a table is laid out, if a whole number or decimal stands in every cell of the form.

        None where a row is missing or unknown to the form, or a cell prints no number.
        """
        if name not in self._plain:
            self._plain[name] = self.laid_out[name] if self._is_plain(name) else None
        return self._plain[name]

    def _is_plain(self, name: str) -> bool:
        table = self.report.tables.get(name)
        if table is None or name in self.gapped or table.doubt is not None:
            return False
        return None not in self.values[name]

    def number(self, path: str) -> Quantity:
        """The number in a cell; a total that is not printed follows from its row (3.12.2(5))."""
        value = self.numbers.get(path)
        if value is not None:
            return value
        ref = self.cell(path)
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

    @cached_property
    def tables(self) -> dict[str, TableView]:
        """The tables that the document has, by name."""
        return {
            name: TableView(table, self.report.regime, is_full=None not in self.values[name])
            for name, table in self.report.tables.items()
            if table is not None
        }

    @cached_property
    def sections(self) -> dict[str, Section]:
        """The first heading of each part, by the part's number."""
        found: dict[str, Section] = {}
        for section in self.report.sections:
            if section.part is not None:
                found.setdefault(str(section.part), section)
        return found

    @cached_property
    def facts(self) -> dict[str, list[Fact]]:
        """The numbers in the prose by name."""
        found: dict[str, list[Fact]] = defaultdict(list)
        for fact in self.report.facts:
            found[fact.name].append(fact)
        return dict(found)

    @cached_property
    def _clauses(self) -> dict[int, list[Fact]]:
        found: dict[int, list[Fact]] = defaultdict(list)
        for fact in self.report.facts:
            found[fact.clause].append(fact)
        return found

    def clause(self, number: int) -> Together:
        """The facts of the clause of that number."""
        return Together(self._clauses[number])

    @cached_property
    def prose(self) -> dict[str, str]:
        """The prose of each part without its headings, one paragraph a line; "0" is the preface."""
        found: dict[str, list[str]] = defaultdict(list)
        for passage in self.report.passages:
            if not passage.heading:
                found[str(passage.part or 0)].append(passage.text)
        return {part: "\n".join(texts) for part, texts in found.items()}

    @property
    def has_prior(self) -> bool:
        """Whether a report of the year before is known, read or not yet read."""
        return self._before is not None or bool(self.context.prior and self.prior)

    @cached_property
    def prior(self) -> PriorView | None:
        """The report of the year before, decoded only when a rule asks for it."""
        year = self.context.year if self.context.year is not None else self.report.year
        report = self._before() if self._before else _of_year(self.context.prior, year)
        return None if report is None else PriorView(report, self)

    @cached_property
    def about(self) -> ReportFacts:
        """The fields that rule files name as `report.…`."""
        return facts_about(self.report, self.context)


def _is_peculiar(cell: Cell) -> bool:
    """Whether it prints words, a decimal or less than 0, or words beside its number."""
    value = cell.value
    is_plain = cell.kind != "text" if value is None else type(value) is int and value >= 0
    return not is_plain or bool(cell.note or cell.unit)


class PriorView(View):
    """The report of the year before the report that is judged."""

    def __init__(self, report: Report, judged: View) -> None:
        own = judged.context.year if judged.context.year is not None else judged.report.year
        year = None if own is None else own - 1
        super().__init__(
            report,
            msgspec.structs.replace(judged.context, year=year, prior=()),
            layouts=judged.layouts,
        )
        self._judged = judged.report
        self._years = (own, year)

    def number(self, path: str) -> Quantity:
        """As of any report; few of its cells are ever asked for."""
        name, _, rest = path.partition(".")
        table = self.report.tables.get(name)
        value = number_at(table.cells, rest) if table else None
        return value if value is not None else super().number(path)

    @cached_property
    def doubt(self) -> str | None:
        """Why it may not be set against the report of the next year."""
        own, before = self._years
        if own is None:
            return "报告年度不明，不能对照上一年度"
        if self._judged.year not in (None, own):
            return "报告标题的年度与应报年度不一致，不能确定对照哪一年度"
        if self.report.year not in (None, before):
            return "所存上一年度报告的标题写有另一年度，不能作为对照"
        if self.report.damaged:
            return f"上一年度报告的正文损坏（{self.report.damaged}），不能作为对照"
        return None


def _of_year(reports: tuple[Report, ...], year: int | None) -> Report | None:
    """The last given report whose title bears the year before `year`."""
    if year is None:
        return None
    return next((one for one in reversed(reports) if one.year == year - 1), None)
