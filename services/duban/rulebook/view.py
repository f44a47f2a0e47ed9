"""A report as the rules see it: cells by path, facts by name, one look-up each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import cached_property
from typing import NamedTuple

import msgspec

from duban.domain.agency import infer_kind
from duban.domain.finding import Context
from duban.domain.form import APPLICANTS, DISPUTE_COLUMNS, regime_of
from duban.domain.report import Fact, Report, Section
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


class ReportFacts(NamedTuple):
    """What a report and its context say outside tables and prose.

    `kind` is the roster's, or follows from an unambiguous name; `called` are the agency's names,
    or the printed one where none is known, `present_names` those without former ones.
    `is_first_year`: the agency did not exist the year before; `reorganised`: the roster has it
    begin or end about this time, so that figures may have come from, or gone to, another body.
    `paged` says that the text was taken from pages (a pdf), where headings may be lost.
    """

    agency: str | None
    agency_source: str | None
    year: int | None
    title_year: int | None
    due_year: int | None
    regime: str | None
    regime_due: str | None
    regimes_due: tuple[str, ...]
    names: tuple[str, ...]
    full_name: str | None
    kind: str | None
    called: tuple[str, ...]
    present_names: tuple[str, ...]
    is_first_year: bool
    reorganised: bool
    published_on: str | None
    signed_on: str | None
    converted: bool
    paged: bool
    damaged: str | None
    pictures: tuple[int, ...]
    parts: tuple[int, ...]
    headings: tuple[str, ...]


class View:
    """One report prepared for judging; nothing in it outlives the judging."""

    def __init__(
        self, report: Report, context: Context, before: Callable[[], Report] | None = None
    ) -> None:
        self.report = report
        self.context = context
        self._before = before
        self._rows: dict[str, frozenset[str]] = {}
        self.expanded: dict[str, tuple[str, ...]] = {}
        numbers: dict[str, int | float] = {}
        marks: dict[str, int | float] = {}
        for name, table in report.tables.items():
            if table is None:
                continue
            for path, cell in table.cells.items():
                value = cell.value
                if value is not None:
                    numbers[f"{name}.{path}"] = value
                elif cell.kind == "mark":
                    marks[f"{name}.{path}"] = 0
        self.numbers = numbers
        self.addends = {**numbers, **marks} if marks else numbers

    @cached_property
    def of_table(self) -> dict[str, list[CellRef]]:
        """The cells of each table in the order they were read."""
        found: dict[str, list[CellRef]] = {name: [] for name in TABLES}
        for name, table in self.report.tables.items():
            if table is not None:
                found[name] = [CellRef(f"{name}.{p}", cell) for p, cell in table.cells.items()]
        return found

    @cached_property
    def cells(self) -> dict[str, CellRef]:
        """Every cell by its full path."""
        return {ref.path: ref for refs in self.of_table.values() for ref in refs}

    @cached_property
    def cell_count(self) -> int:
        """How many cells the tables have."""
        return sum(len(table.cells) for table in self.report.tables.values() if table)

    @cached_property
    def lowest(self) -> int | float:
        """The smallest number in any table; 0 if there is none."""
        return min(self.numbers.values(), default=0)

    @cached_property
    def decimals(self) -> bool:
        """Whether any number of a table was printed with decimals."""
        return float in set(map(type, self.numbers.values()))

    @cached_property
    def remarks(self) -> bool:
        """Whether any cell prints words, beside a number or instead of one."""
        for table in self.report.tables.values():
            for cell in table.cells.values() if table else ():
                if cell.note or cell.unit or cell.kind == "text":
                    return True
        return False

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
            read = self.report.tables.get(table)
            paths = read.cells if read else ()
            found = frozenset([path[: path.rfind(".")] for path in paths])
            self._rows[table] = found
        return found

    @cached_property
    def tables(self) -> dict[str, TableView]:
        """The tables that the document has, by name."""
        return {
            name: TableView(table, self.report.regime)
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
    def clauses(self) -> dict[int, Together]:
        """The facts of each clause."""
        found: dict[int, list[Fact]] = defaultdict(list)
        for fact in self.report.facts:
            found[fact.clause].append(fact)
        return {number: Together(facts) for number, facts in found.items()}

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
        report, context = self.report, self.context
        agency = report.agency or ""
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
            full_name=context.names[0] if context.names else None,
            kind=context.kind or infer_kind(context.names[0] if context.names else agency),
            called=context.names or ((agency,) if agency else ()),
            present_names=tuple(n for n in context.names if n not in context.former_names),
            is_first_year=_began_after_year_before(context, year),
            reorganised=_reorganised(context, year),
            published_on=report.published_on,
            signed_on=report.signed_on,
            converted=report.converted,
            paged=any(section.at.page is not None for section in report.sections),
            damaged=report.damaged,
            pictures=report.pictures,
            parts=parts,
            headings=tuple(section.heading for section in report.sections),
        )


class PriorView(View):
    """The report of the year before the report that is judged."""

    def __init__(self, report: Report, judged: View) -> None:
        own = judged.context.year if judged.context.year is not None else judged.report.year
        year = None if own is None else own - 1
        super().__init__(report, msgspec.structs.replace(judged.context, year=year, prior=()))
        self._judged = judged.report
        self._years = (own, year)

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


def _began_after_year_before(context: Context, year: int | None) -> bool:
    began = context.valid_from
    return began is not None and year is not None and began[:4] >= f"{year:04}"


def _reorganised(context: Context, year: int | None) -> bool:
    """Began after the first day of the year before, or was merged within the year or the next."""
    if year is None:
        return False
    if context.valid_from is not None and context.valid_from > f"{year - 1:04}-01-01":
        return True
    if not context.merged:
        return False
    return context.valid_to is None or f"{year:04}" <= context.valid_to[:4] <= f"{year + 1:04}"
