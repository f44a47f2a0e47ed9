"""What the evaluator remembers: a record for the agency, and two for each of its years."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from duban.domain.agency import Agency
from duban.domain.columns import ColumnCells, Columns, columns_of
from duban.domain.event import RulebookReleased
from duban.domain.finding import Context
from duban.domain.obligation import Obligation
from duban.domain.report import Cell, Report
from duban.processors.processor import State

AGENCY = "evaluator/agency"


class Known(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of an agency: roster entry, its years, and the rulebook in force.

    `years` are those of which a report was read or told missing, and those owed; `places` tells
    of which years reports were ever read at an address.
    """

    agency: Agency | None = None
    years: tuple[int, ...] = ()
    places: dict[str, tuple[int, ...]] = msgspec.field(default_factory=dict)
    rulebook: RulebookReleased | None = None


class Standing(msgspec.Struct, frozen=True):
    """A finding as it was last told: its grounds, its wording (as hashes) and its revision."""

    evidence: str
    told: str
    revision: int
    is_open: bool


class Year(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What is remembered of one year; `sha256` is "" where no report stands.

    `assessed` is the hash of the assessment last emitted, `duty` the revision of the obligation
    it was last judged with, `taken_by` the event that last took a report away.
    """

    sha256: str = ""
    url: str | None = None
    readable: bool = True
    revision: int = 0
    assessed: str = ""
    duty: int = 0
    taken_by: str = ""
    findings: dict[str, Standing] = msgspec.field(default_factory=dict)

    @property
    def has_report(self) -> bool:
        """Whether a report stands that could be read."""
        return bool(self.sha256) and self.readable


class Text(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The report of a year, apart from what changes with each judging: decoded when asked for.

    `bare` is the report without its cells, which are in `cells` by table. `report` is the whole:
    where its cells fit in no columns, and as earlier versions kept every report.
    """

    bare: Report | None = None
    cells: dict[str, Columns] = msgspec.field(default_factory=dict)
    report: Report | None = None

    @classmethod
    def of(cls, report: Report) -> Text:
        """A report as it is kept."""
        tables = {name: table for name, table in report.tables.items() if table is not None}
        cells = {name: columns_of(table.cells) for name, table in tables.items()}
        kept = {name: columns for name, columns in cells.items() if columns is not None}
        if len(kept) < len(cells):
            return cls(report=report)
        return cls(bare=_with(report, {name: {} for name in kept}), cells=kept)

    def whole(self) -> Report:
        """The report with its cells; KeyError where there is none."""
        if self.report is not None:
            return self.report
        if self.bare is None:
            raise KeyError("report")
        return _with(self.bare, {name: ColumnCells(one) for name, one in self.cells.items()})


def _with(report: Report, cells: Mapping[str, Mapping[str, Cell]]) -> Report:
    """The report with the tables named having these cells."""
    tables = {
        name: msgspec.structs.replace(table, cells=cells[name])
        if table and name in cells
        else table
        for name, table in report.tables.items()
    }
    return msgspec.structs.replace(report, tables=tables)


def year_part(year: int) -> str:
    """The part that holds a `Year`."""
    return f"evaluator/{year}"


def text_part(year: int) -> str:
    """The part that holds a `Text`."""
    return f"evaluator/{year}/report"


def known_of(state: State) -> Known:
    """What is known of the agency whose state this is."""
    return state.get(AGENCY, Known) or Known()


def learn(state: State, **news: Agency | RulebookReleased) -> State:
    """The state with news of the agency, unless it holds them, or later ones, already."""
    if state.has_absorbed(AGENCY):
        return state
    return state.put(AGENCY, msgspec.structs.replace(known_of(state), **news))


def learn_year(state: State, year: int) -> State:
    """The state with a year among those of the agency."""
    known = known_of(state)
    if year in known.years:
        return state
    years = tuple(sorted({*known.years, year}))
    return state.put(AGENCY, msgspec.structs.replace(known, years=years))


def learn_place(state: State, url: str, year: int) -> State:
    """The state with a year among those read at an address."""
    known = known_of(state)
    years = known.places.get(url, ())
    if year in years:
        return state
    places = {**known.places, url: tuple(sorted({*years, year}))}
    return state.put(AGENCY, msgspec.structs.replace(known, places=places))


def keep_report(state: State, year: int, report: Report) -> State:
    """The state with the report of a year, unless it holds it, or a later one, already."""
    if state.has_absorbed(text_part(year)):
        return state
    return state.put(text_part(year), Text.of(report))


def report_of(state: State, year: int) -> Report:
    """The report that was kept of a year; KeyError where none was."""
    text = state.get(text_part(year), Text)
    if text is None:
        raise KeyError(year)
    return text.whole()


def report_before(state: State, year: int) -> Callable[[], Report] | None:
    """What gives the report of the year before; None where no readable one stands."""
    before = state.get(year_part(year - 1), Year)
    if before is None or not before.has_report:
        return None
    return lambda: report_of(state, year - 1)


def context_of(known: Known, year: int, obligation: Obligation | None) -> Context:
    """What roster and calendar tell of a year's report."""
    agency = known.agency
    if agency is None:
        return Context(year=year, obligation=obligation)
    return Context(
        names=(agency.name, *agency.short_names, *agency.former_names),
        year=year,
        kind=agency.kind,
        obligation=obligation,
        former_names=agency.former_names,
        valid_from=agency.valid_from,
        valid_to=agency.valid_to,
        merged=agency.merged_into is not None,
    )
