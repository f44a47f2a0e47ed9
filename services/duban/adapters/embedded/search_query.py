"""Full-text search: every piece an exact phrase, every match shown where it stands."""

from __future__ import annotations

import re
import sqlite3
import time
from typing import Any

import msgspec

from duban.adapters.embedded import bigram
from duban.adapters.embedded.index_writer import searchable
from duban.adapters.embedded.scope_sql import live, parameters, visible
from duban.adapters.embedded.sqlite_event_log import event_at
from duban.adapters.embedded.standing import Standing
from duban.domain.event import ReportRead
from duban.domain.view import Hit, SearchPage, SearchQuery

_SNIPPETS = 3
_AROUND = 32  # characters shown on each side of a match


def search(connection: sqlite3.Connection, query: SearchQuery) -> SearchPage:
    """The reports that hold every piece of the query, newest year first."""
    began = time.perf_counter()
    pieces = query.text.split()
    phrases = [found for found in map(bigram.phrase, pieces) if found is not None]
    if not phrases:
        return SearchPage(hits=(), total=0, took_ms=0.0)
    values = parameters(query.scope) | {
        "words": " AND ".join(phrases),
        "limit": query.limit,
        "offset": query.offset,
    }
    year = "AND r.year = :year" if query.scope.year is not None else ""
    source = (
        "FROM words CROSS JOIN report r ON r.document = words.rowid "
        "JOIN visible ON visible.agency_id = r.agency_id "
        f"WHERE words MATCH :words AND {live('r', query.scope)} {year}"
    )
    start = f"WITH RECURSIVE {visible(query.scope)} SELECT"
    total = connection.execute(f"{start} count(*) {source}", values).fetchone()[0]
    rows = connection.execute(
        f"{start} r.agency_id, visible.name, r.year, r.standing {source} "
        "ORDER BY r.year DESC, r.agency_id LIMIT :limit OFFSET :offset",
        values,
    ).fetchall()
    finders = [finder for finder in map(bigram.finder, pieces) if finder is not None]
    hits = tuple(_hit(connection, row, finders) for row in rows)
    return SearchPage(hits=hits, total=total, took_ms=(time.perf_counter() - began) * 1000)


def _hit(
    connection: sqlite3.Connection, row: tuple[Any, ...], finders: list[re.Pattern[str]]
) -> Hit:
    agency_id, name, year, standing = row
    read = msgspec.json.decode(standing, type=Standing).read
    text = ""
    if read is not None:
        event = event_at(connection, read.position)
        if event is not None and isinstance(event.body, ReportRead):
            text = searchable(event.body.report)
    return Hit(
        agency_id=agency_id,
        agency=name,
        year=year,
        title=read.title if read else "",
        snippets=_snippets(text, finders),
    )


def _snippets(
    text: str, finders: list[re.Pattern[str]]
) -> tuple[tuple[tuple[str, bool], ...], ...]:
    folded = bigram.fold(text)
    spans = sorted(match.span() for finder in finders for match in finder.finditer(folded))
    snippets: list[tuple[tuple[str, bool], ...]] = []
    shown_to = 0
    for begin, end in spans:
        if begin < shown_to:
            continue
        first = max(shown_to, begin - _AROUND, text.rfind("\n", 0, begin) + 1)
        line_end = text.find("\n", end)
        shown_to = min(end + _AROUND, len(text) if line_end < 0 else line_end)
        snippets.append(_runs(text, first, shown_to, spans))
        if len(snippets) == _SNIPPETS:
            break
    return tuple(snippets)


def _runs(
    text: str, first: int, last: int, spans: list[tuple[int, int]]
) -> tuple[tuple[str, bool], ...]:
    runs: list[tuple[str, bool]] = []
    at = first
    for begin, end in spans:
        begin, end = max(begin, at), min(end, last)
        if begin >= end:
            continue
        if begin > at:
            runs.append((text[at:begin], False))
        runs.append((text[begin:end], True))
        at = end
    if at < last:
        runs.append((text[at:last], False))
    return tuple(runs)
