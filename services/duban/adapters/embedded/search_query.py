"""Full-text search: every piece an exact phrase, every match shown where it stands."""

from __future__ import annotations

import re
import sqlite3
import time
from typing import Any

import msgspec

from duban.adapters.embedded import bigram
from duban.adapters.embedded.report_writer import Prose, searchable
from duban.adapters.embedded.scope_sql import live, parameters, visible
from duban.adapters.embedded.sqlite_event_log import event_data
from duban.adapters.embedded.standing import Standing
from duban.domain.event import CURRENT, ReportRead, decode
from duban.domain.report import Passage
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
    matching = (
        f"WITH RECURSIVE {visible(query.scope)}, "  # noqa: S608 - our own fragments
        "hits AS MATERIALIZED (SELECT r.rowid AS id, r.year, r.agency_id "
        "FROM words CROSS JOIN report r ON r.document = words.rowid "
        f"WHERE words MATCH :words AND {live('r', query.scope)} {year} "
        "AND r.agency_id IN (SELECT agency_id FROM visible)) "
    )
    rows = connection.execute(
        f"{matching} SELECT (SELECT count(*) FROM hits), hits.agency_id, visible.name, hits.year, "  # noqa: S608 - our own fragments
        "report.standing FROM (SELECT * FROM hits ORDER BY year DESC, agency_id "
        "LIMIT :limit OFFSET :offset) hits JOIN report ON report.rowid = hits.id "
        "JOIN visible ON visible.agency_id = hits.agency_id "
        "ORDER BY hits.year DESC, hits.agency_id",
        values,
    ).fetchall()
    if rows:
        total = rows[0][0]
    else:
        counting = f"{matching} SELECT count(*) FROM hits"  # noqa: S608 - our own fragments
        total = connection.execute(counting, values).fetchone()[0]
    finders = [finder for finder in map(bigram.finder, pieces) if finder is not None]
    hits = tuple(_hit(connection, row[1:], finders) for row in rows)
    return SearchPage(hits=hits, total=total, took_ms=(time.perf_counter() - began) * 1000)


def _hit(
    connection: sqlite3.Connection, row: tuple[Any, ...], finders: list[re.Pattern[str]]
) -> Hit:
    agency_id, name, year, standing = row
    read = msgspec.json.decode(standing, type=Standing).read
    text = searchable(_prose(connection, read.position)) if read else ""
    return Hit(
        agency_id=agency_id,
        agency=name,
        year=year,
        title=read.title if read else "",
        snippets=_snippets(text, finders),
    )


class _Prose(msgspec.Struct, frozen=True):
    """As much of a report as is searched; the tables are skipped while decoding."""

    passages: tuple[Passage, ...] = ()
    title: str | None = None


class _Body(msgspec.Struct, frozen=True):
    report: _Prose


class _Event(msgspec.Struct, frozen=True):
    version: int
    body: msgspec.Raw


def _prose(connection: sqlite3.Connection, position: int) -> Prose:
    data = event_data(connection, position)
    if data is None:
        return _Prose()
    event = msgspec.json.decode(data, type=_Event)
    if event.version == CURRENT[ReportRead][1]:
        return msgspec.json.decode(event.body, type=_Body).report
    body = decode(data).body
    return body.report if isinstance(body, ReportRead) else _Prose()


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
        for other_begin, other_end in spans:  # no piece is shown half
            if other_begin < first < other_end <= begin:
                first = other_end
            if end <= other_begin < shown_to < other_end:
                shown_to = other_begin
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
