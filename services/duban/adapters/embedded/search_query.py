"""Full-text search: every piece an exact phrase, every match shown where it stands."""

from __future__ import annotations

import re
import sqlite3
import time

import msgspec

from duban.adapters.embedded import bigram, document, prose
from duban.adapters.embedded.scope_sql import is_everywhere, live, mine, parameters, visible
from duban.adapters.embedded.sqlite_event_log import event_data
from duban.adapters.embedded.standing import Read
from duban.domain.view import Hit, Scope, SearchPage, SearchQuery


class _Reading(msgspec.Struct, frozen=True):
    """Of all that is known of a report, only what was read of it."""

    read: Read | None = None


_READING = msgspec.json.Decoder(_Reading)
_SNIPPETS = 3
_AROUND = 32  # characters shown on each side of a match


def search(connection: sqlite3.Connection, query: SearchQuery) -> SearchPage:
    """The reports that hold every piece of the query, newest year first."""
    began = time.perf_counter()
    pieces = query.text.split()
    phrases = [found for found in map(bigram.phrase, pieces) if found is not None]
    if not phrases:
        return SearchPage(hits=(), total=0, took_ms=0.0)
    page, total = _found(connection, query, " AND ".join(phrases))
    finders = [finder for finder in map(bigram.finder, pieces) if finder is not None]
    hits = tuple(_hit(connection, query.scope, number, finders) for number in page)
    took_ms = (time.perf_counter() - began) * 1000
    return SearchPage(hits=hits, total=total, took_ms=took_ms)


def _found(connection: sqlite3.Connection, query: SearchQuery, words: str) -> tuple[list[int], int]:
    """The documents of one page, and the number of all that match."""
    scope = query.scope
    first, last = document.bounds(scope.year) if scope.year is not None else (None, None)
    values = parameters(scope) | {
        "words": words,
        "first": first,
        "last": last,
        "limit": query.limit,
        "offset": query.offset,
    }
    matching = f"WITH RECURSIVE {visible(scope)} SELECT words.rowid {_source(scope)} "
    matching += "ORDER BY words.rowid"
    if not is_everywhere(scope):  # few of the matches: looking through them once is enough
        numbers = [row[0] for row in connection.execute(matching, values)]
        return numbers[query.offset : query.offset + query.limit], len(numbers)
    paged = connection.execute(f"{matching} LIMIT :limit OFFSET :offset", values)
    page = [row[0] for row in paged]
    if 0 < len(page) < query.limit:
        return page, query.offset + len(page)
    counting = f"WITH RECURSIVE {visible(scope)} SELECT count(*) {_source(scope)}"
    return page, connection.execute(counting, values).fetchone()[0]


def _source(scope: Scope) -> str:
    """The documents that match; their numbers tell year and agency."""
    year = "AND words.rowid BETWEEN :first AND :last" if scope.year is not None else ""
    number = document.AGENCY_SQL.format("words.rowid")
    if scope.known_at is not None:
        return (
            f"FROM words CROSS JOIN agency_number n ON n.number = {number} "
            "CROSS JOIN report r ON r.agency_id = n.agency_id "
            f"AND r.year = {document.YEAR_SQL.format('words.rowid')} AND {live('r', scope)} "
            f"WHERE words MATCH :words {year} AND r.document = words.rowid "
            f"AND {mine('r.agency_id', scope)}"
        )
    agencies = (
        "SELECT n.number FROM visible CROSS JOIN agency_number n ON n.agency_id = visible.agency_id"
    )
    known = "" if is_everywhere(scope) else f"AND {number} IN ({agencies})"
    return (
        f"FROM words WHERE words MATCH :words {year} "  # noqa: S608 - as above
        f"AND words.rowid NOT IN (SELECT document FROM stale) {known}"
    )


def _hit(
    connection: sqlite3.Connection, scope: Scope, number: int, finders: list[re.Pattern[str]]
) -> Hit:
    agency_id, name, year, standing = connection.execute(
        "SELECT r.agency_id, a.name, r.year, r.standing FROM agency_number n "  # noqa: S608 - as above
        f"JOIN report r ON r.agency_id = n.agency_id AND r.year = :year AND {live('r', scope)} "
        f"JOIN agency a ON a.agency_id = n.agency_id AND {live('a', scope)} "
        "WHERE n.number = :number",
        parameters(scope)
        | {"number": document.agency_of(number), "year": document.year_of(number)},
    ).fetchone()
    read = _READING.decode(standing).read
    text = _text(connection, read.position) if read else ""
    return Hit(
        agency_id=agency_id,
        agency=name,
        year=year,
        title=read.title if read else "",
        snippets=snippets(text, finders),
    )


def _text(connection: sqlite3.Connection, position: int) -> str:
    data = event_data(connection, position)
    return prose.told(data) if data is not None else ""


def snippets(text: str, finders: list[re.Pattern[str]]) -> tuple[tuple[tuple[str, bool], ...], ...]:
    """The first passages in which something is found, as (text, is_match) runs."""
    folded = bigram.fold(text)
    spans = sorted(match.span() for finder in finders for match in finder.finditer(folded))
    found: list[tuple[tuple[str, bool], ...]] = []
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
        found.append(_runs(text, first, shown_to, spans))
        if len(found) == _SNIPPETS:
            break
    return tuple(found)


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
