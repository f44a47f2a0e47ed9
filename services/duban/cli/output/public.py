"""The public shape of `duban check`: reference/check_output, schema `schemas/check.v1.json`.

A field here keeps its name and meaning; anything may be added beside it.
"""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from duban.domain.document import Media
from duban.domain.doubt_english import english_of
from duban.domain.finding import Coverage, Finding, Judgement, Outcome
from duban.domain.place import Place
from duban.domain.report import Cell, CellKind, Fact, Fees, Reading, Reason, Regime, Report, Section

FORMAT = "duban.check/1"
Part = Annotated[int, msgspec.Meta(ge=1, le=6)]
Sha256 = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
Number = int | float | None


class PublicCell(msgspec.Struct, frozen=True, kw_only=True):
    """One data cell; `value` is what the document prints, for kind `number` only."""

    kind: CellKind
    value: Number
    raw: str
    at: Place | None
    note: str | msgspec.UnsetType = msgspec.UNSET
    note_en: str | msgspec.UnsetType = msgspec.UNSET
    unit: str | msgspec.UnsetType = msgspec.UNSET


class PublicSection(msgspec.Struct, frozen=True, kw_only=True):
    """A top-level heading; `part` is null where it is none of the six."""

    part: Part | None
    ordinal: int | None
    heading: str
    at: Place


class PublicFact(msgspec.Struct, frozen=True, kw_only=True):
    """One mention of a number in the prose."""

    name: str
    value: int | float
    approximate: bool
    scope: tuple[str, ...]
    part: Part | None
    quote: str
    at: Place


class PublicFees(msgspec.Struct, frozen=True, kw_only=True):
    """What the report says of information-processing fees, in yuan."""

    stated: bool
    notice_count: int | None
    notice_amount_yuan: Number
    collected_amount_yuan: Number
    quote: str | None


class PublicTables(msgspec.Struct, frozen=True, kw_only=True):
    """The three tables; null where the document lacks one."""

    disclosure: dict[str, PublicCell] | None
    applications: dict[str, PublicCell] | None
    disputes: dict[str, PublicCell] | None


class PublicReport(msgspec.Struct, frozen=True, kw_only=True):
    """A report as read. `doubts` says which tables could not be trusted, and why."""

    agency: str | None
    year: int | None
    regime: Regime | None
    title: str | None
    signatory: str | None
    signed_on: str | None
    published_on: str | None
    sections: tuple[PublicSection, ...]
    tables: PublicTables
    facts: tuple[PublicFact, ...]
    fees: PublicFees
    doubts: dict[str, str]
    doubts_en: dict[str, str]


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One document of the output; `sha256` and `bytes` are null where nothing could be opened."""

    source: str
    sha256: Sha256 | None
    bytes: Annotated[int, msgspec.Meta(ge=0)] | None
    media: Media
    status: Literal["report", "other_document", "unreadable"]
    reason: Reason | None
    report: PublicReport | None
    findings: tuple[Finding, ...]
    coverage: Coverage
    outcomes: tuple[Outcome, ...] | msgspec.UnsetType = msgspec.UNSET


class RulebookName(msgspec.Struct, frozen=True):
    """Which rules judged."""

    version: str
    sha256: Sha256


class CheckOutput(msgspec.Struct, frozen=True, kw_only=True):
    """The whole output of `--format json`."""

    format: Literal["duban.check/1"]
    rulebook: RulebookName
    documents: tuple[Entry, ...]


def entry(
    source: str,
    reading: Reading,
    judgement: Judgement | None,
    *,
    sha256: str | None,
    size: int | None,
    with_outcomes: bool,
) -> Entry:
    """One document's entry; nothing but a report ever carries numbers or findings."""
    is_report = reading.status == "report" and reading.report is not None
    shown = judgement if is_report else None
    return Entry(
        source=source,
        sha256=sha256,
        bytes=size,
        media=msgspec.convert(reading.media, Media),
        status=reading.status,
        reason=reading.reason,
        report=_report(reading.report) if is_report and reading.report else None,
        findings=shown.findings if shown else (),
        coverage=shown.coverage if shown else Coverage(),
        outcomes=_unfailed(shown) if with_outcomes else msgspec.UNSET,
    )


def _unfailed(judgement: Judgement | None) -> tuple[Outcome, ...]:
    if judgement is None:
        return ()
    return tuple(item for item in judgement.outcomes if item.outcome != "fail")


def _report(report: Report) -> PublicReport:
    return PublicReport(
        agency=report.agency,
        year=report.year,
        regime=report.regime,
        title=report.title,
        signatory=report.signatory,
        signed_on=report.signed_on,
        published_on=report.published_on,
        sections=tuple(map(_section, report.sections)),
        tables=PublicTables(
            disclosure=_cells(report, "disclosure"),
            applications=_cells(report, "applications"),
            disputes=_cells(report, "disputes"),
        ),
        facts=tuple(map(_fact, report.facts)),
        fees=_fees(report.fees),
        doubts={
            name: table.doubt for name, table in report.tables.items() if table and table.doubt
        },
        doubts_en={
            name: table.doubt_en for name, table in report.tables.items() if table and table.doubt
        },
    )


def _cells(report: Report, name: str) -> dict[str, PublicCell] | None:
    table = report.tables.get(name)
    if table is None:
        return None
    return {path: _cell(cell) for path, cell in table.cells.items()}


def _cell(cell: Cell) -> PublicCell:
    english = english_of(cell.note) if cell.kind == "unreadable" else ""
    return PublicCell(
        kind=cell.kind,
        value=cell.value if cell.kind == "number" else None,
        raw=cell.raw,
        at=cell.at,
        note=msgspec.UNSET if cell.note is None else cell.note,
        note_en=english or msgspec.UNSET,
        unit=msgspec.UNSET if cell.unit is None else cell.unit,
    )


def _section(section: Section) -> PublicSection:
    return PublicSection(
        part=section.part, ordinal=section.ordinal, heading=section.heading, at=section.at
    )


def _fact(fact: Fact) -> PublicFact:
    return PublicFact(
        name=fact.name,
        value=fact.value,
        approximate=fact.approximate,
        scope=fact.scope,
        part=fact.part,
        quote=fact.quote,
        at=fact.at,
    )


def _fees(fees: Fees) -> PublicFees:
    return PublicFees(
        stated=fees.stated,
        notice_count=fees.notice_count,
        notice_amount_yuan=fees.notice_amount_yuan,
        collected_amount_yuan=fees.collected_amount_yuan,
        quote=fees.quote,
    )
