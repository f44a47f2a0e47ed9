"""What a report and its context say outside tables and prose."""

from __future__ import annotations

from typing import NamedTuple

from duban.domain.agency import infer_kind
from duban.domain.finding import Context
from duban.domain.form import regime_of
from duban.domain.report import Report


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


def facts_about(report: Report, context: Context) -> ReportFacts:
    """The fields, from what the report prints and the roster tells."""
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
