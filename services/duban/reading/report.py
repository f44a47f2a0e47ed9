"""A document read as a report: tables, parts, names, dates and figures, each by its label."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import NamedTuple

from duban.domain.document import Document
from duban.domain.report import Regime, Report
from duban.domain.text import normal
from duban.reading import identity
from duban.reading.damage import damage
from duban.reading.flow import GridMark, Item, Line, items_of
from duban.reading.narrative import find_facts, find_fees
from duban.reading.passages import passages_of, pictures_of, sections_of
from duban.reading.sections.parts import Heading, find_headings
from duban.reading.tables.find import Tables, find_tables
from duban.reading.tables.labels import Normal
from duban.reading.tables.regime import is_old_style
from duban.reading.tables.torn import torn_tables


class Findings(NamedTuple):
    """What was found in a document before it is decided what the document is.

    `text` is all prose outside tables, `titles` every line that is a report's title.
    """

    document: Document
    items: list[Item]
    headings: list[Heading]
    tables: Tables
    title: identity.Title | None
    titles: tuple[identity.Title, ...]
    text: str
    normal: Normal

    @property
    def first_part(self) -> int | None:
        """Where in the flow the first part begins."""
        return next((h.candidate.place for h in self.headings if h.part), None)


def survey(document: Document) -> Findings:
    """Tables, headings and titles of a document, whatever it is."""
    remembered = functools.cache(normal)
    items = items_of(document)
    grids = [item.grid for item in items if isinstance(item, GridMark)]
    tables = find_tables(grids, remembered)
    if document.media == "pdf" and None in tables.tables.values():
        lines = [(remembered(item.text), item.at) for item in items if isinstance(item, Line)]
        tables = tables._replace(tables=torn_tables(tables.tables, lines))
    items, headings = find_headings(items, _by_grid(tables), remembered)
    first = next((h.candidate.place for h in headings if h.part), None)
    titles = tuple(identity.titles(items))
    title = identity.title_of(document, titles, first)
    text = "\n".join(item.text for item in items if isinstance(item, Line))
    return Findings(document, items, headings, tables, title, titles, text, remembered)


def _by_grid(tables: Tables) -> Mapping[int, frozenset[str]]:
    return {
        grid: frozenset(name for name, grids in tables.grids.items() if grid in grids)
        for grid in {grid for grids in tables.grids.values() for grid in grids}
    }


def read_report(found: Findings) -> Report:
    """The report in a document that was found to be one."""
    items, headings, document = found.items, found.headings, found.document
    last = next((h.candidate.place for h in reversed(headings) if h.part), None)
    signature = identity.signature_of(items, last)
    agency, source = identity.agency_of(found.title, signature, document, items)
    title_year = found.title.year if found.title else None
    until = found.title.line + 1 if found.title and found.first_part is not None else 0
    passages = passages_of(items, headings, range(until), found.normal)
    year = title_year or identity.period_year([passage.text for passage in passages])
    return Report(
        agency=agency,
        year=year,
        regime=_regime(found),
        title=found.title.text if found.title else None,
        agency_source=source,
        title_year=title_year,
        signatory=signature.who,
        signed_on=signature.on,
        published_on=identity.published_on(document, items),
        sections=sections_of(items, headings),
        tables=found.tables.tables,
        facts=find_facts(passages, year=year),
        fees=find_fees(passages),
        passages=passages,
        pictures=pictures_of(items, headings),
        converted=document.converted,
        damaged=damage(document, found.text),
    )


def _regime(found: Findings) -> Regime | None:
    if any(found.tables.tables.values()):
        return found.tables.regime
    lines = (item.text for item in found.items if isinstance(item, Line))
    return "R2008" if is_old_style(line for line in lines if len(line) <= 40) else None
