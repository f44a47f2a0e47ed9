"""Findings as lists and counts; what is open now is found and counted from indexes alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator, Sequence
from typing import Any

import msgspec

from duban.adapters.embedded.finding_writer import SEVERITIES
from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.scope_sql import live, mine, parameters, visible
from duban.domain.finding import Finding
from duban.domain.view import FindingPage, FindingQuery, FindingRow, RuleCount, Scope

_ORDERS = {
    "newest": "f.since_us DESC, f.id DESC",
    "severity": "f.severity, f.since_us DESC, f.id DESC",
    "agency": "f.agency_id, f.year DESC, f.severity, f.id",
    "rule": "f.rule, f.severity, f.agency_id, f.year DESC, f.id",
}
#: The indexes that hold the open findings in each order.
_IN_ORDER = {
    "newest": "finding_newest",
    "severity": "finding_gravest",
    "agency": "finding_agencies",
    "rule": "finding_rules",
}
_COLUMNS = (
    "f.agency_id, a.name, f.year, f.body, f.revision, f.is_open, f.since_us, f.sha256, f.rulebook"
)
_TEXT = (
    "AND (f.told IN (SELECT id FROM told WHERE instr(text, :text)) "
    "OR f.agency_id IN (SELECT agency_id FROM visible WHERE instr(name, :text)))"
)
_ROWS_AT_ONCE = 500
_FINDING = msgspec.json.Decoder(Finding)


def find(connection: sqlite3.Connection, query: FindingQuery) -> FindingPage:
    """One page of the findings that match, and the number of all."""
    if query.text is not None:
        return _find_text(connection, query)
    page = rows(connection, query)
    if 0 < len(page) < query.limit:
        return FindingPage(rows=page, total=query.offset + len(page))
    counting = (
        f"WITH RECURSIVE {visible(query.scope)} SELECT count(*) {_source(query, counts=True)}"
    )
    total = connection.execute(counting, _values(query)).fetchone()[0]
    return FindingPage(rows=page, total=total)


def rows(connection: sqlite3.Connection, query: FindingQuery) -> tuple[FindingRow, ...]:
    """One page of the findings that match."""
    listing = (
        f"WITH RECURSIVE {visible(query.scope)} SELECT f.id {_source(query)} "
        f"ORDER BY {_ORDERS[query.order]} LIMIT :limit OFFSET :offset"
    )
    found = connection.execute(listing, _values(query)).fetchall()
    return _shown(connection, query, [row[0] for row in found])


def count_by_rule(connection: sqlite3.Connection, scope: Scope) -> tuple[RuleCount, ...]:
    """Open findings and the reports they stand in, by rule and severity, the gravest first."""
    source = _source(FindingQuery(scope=scope, order="rule"))
    rows = connection.execute(
        f"WITH RECURSIVE {visible(scope)}, each_report AS ("  # noqa: S608 - our own fragments
        f"SELECT f.rule, f.severity, count(*) AS findings {source} "
        "GROUP BY f.rule, f.severity, f.agency_id, f.year) "
        "SELECT rule, severity, sum(findings), count(*) FROM each_report "
        "GROUP BY rule, severity ORDER BY severity, sum(findings) DESC, rule",
        parameters(scope),
    ).fetchall()
    return tuple(
        RuleCount(rule=row[0], severity=SEVERITIES[row[1]], findings=row[2], reports=row[3])
        for row in rows
    )


def ids(connection: sqlite3.Connection, query: FindingQuery) -> list[int]:
    """Which findings match, in order, whatever limit and offset of the query."""
    listing = (
        f"WITH RECURSIVE {visible(query.scope)} SELECT f.id {_source(query)} "
        f"ORDER BY {_ORDERS[query.order]}"
    )
    return [row[0] for row in connection.execute(listing, _values(query))]


def each(
    connection: sqlite3.Connection, query: FindingQuery, ids: Sequence[int]
) -> Generator[FindingRow, None, None]:
    """The findings of these ids; only some are held at once."""
    for start in range(0, len(ids), _ROWS_AT_ONCE):
        yield from _shown(connection, query, ids[start : start + _ROWS_AT_ONCE])


def _find_text(connection: sqlite3.Connection, query: FindingQuery) -> FindingPage:
    """The texts are looked through once, for the page and the number of all."""
    found = ids(connection, query)
    page = found[query.offset : query.offset + query.limit]
    return FindingPage(rows=_shown(connection, query, page), total=len(found))


def _shown(
    connection: sqlite3.Connection, query: FindingQuery, ids: Sequence[int]
) -> tuple[FindingRow, ...]:
    values = parameters(query.scope) | {"ids": msgspec.json.encode(ids).decode()}
    found = connection.execute(
        f"SELECT {_COLUMNS} FROM json_each(:ids) shown CROSS JOIN finding f ON f.id = shown.value "  # noqa: S608 - as above
        f"JOIN agency a ON a.agency_id = f.agency_id AND {live('a', query.scope)} "
        f"ORDER BY shown.key",
        values,
    )
    return tuple(map(_row, found))


def _values(query: FindingQuery) -> dict[str, Any]:
    return parameters(query.scope) | {
        "rule": query.rule,
        "agency_id": query.agency_id,
        "text": query.text,
        "limit": query.limit,
        "offset": query.offset,
    }


def _source(query: FindingQuery, *, counts: bool = False) -> str:
    return (
        f"FROM finding f INDEXED BY {_index(query, counts=counts)} "
        f"WHERE {live('f', query.scope)} {_filters(query)} AND {mine('f.agency_id', query.scope)}"
    )


def _index(query: FindingQuery, *, counts: bool) -> str:
    """The index that leads to the fewest findings, or else holds them in the order asked for."""
    if query.scope.known_at is not None or not query.open_only:
        return "finding_rows"
    if query.agency_id is not None:
        return "finding_agencies"
    if query.rule is not None and counts:
        return "finding_rules"
    return _IN_ORDER[query.order]


def _filters(query: FindingQuery) -> str:
    ranks = ", ".join(str(SEVERITIES.index(severity)) for severity in query.severities)
    conditions: dict[str, Any] = {
        "AND f.is_open = 1": query.open_only,
        "AND f.year = :year": query.scope.year is not None,
        f"AND f.severity IN ({ranks})": query.severities,
        "AND f.rule = :rule": query.rule,
        "AND f.agency_id = :agency_id": query.agency_id,
        _TEXT: query.text is not None,
    }
    return " ".join(sql for sql, is_asked in conditions.items() if is_asked)


def _row(row: tuple[Any, ...]) -> FindingRow:
    return FindingRow(
        agency_id=row[0],
        agency=row[1],
        year=row[2],
        finding=_FINDING.decode(row[3]),
        revision=row[4],
        is_open=bool(row[5]),
        since=moment(row[6]),
        sha256=row[7],
        rulebook=row[8],
    )
