"""Findings as lists and counts."""

from __future__ import annotations

import sqlite3
from typing import Any

import msgspec

from duban.adapters.embedded.finding_writer import SEVERITIES
from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.scope_sql import live, parameters, visible
from duban.domain.finding import Finding
from duban.domain.view import FindingPage, FindingQuery, FindingRow, RuleCount, Scope

_ORDERS = {
    "newest": "f.since_us DESC, f.known_from DESC, f.rowid DESC",
    "severity": "f.severity, f.since_us DESC, f.known_from DESC, f.rowid DESC",
    "agency": "f.agency_id, f.year DESC, f.severity, f.rowid",
    "rule": "f.rule, f.severity, f.agency_id, f.year DESC, f.rowid",
}
_COLUMNS = (
    "f.agency_id, visible.name, f.year, f.body, f.revision, f.is_open, f.since_us, f.sha256, "
    "f.rulebook"
)
_TEXT = "AND (instr(visible.name, :text) OR instr(f.told, :text))"


def find(connection: sqlite3.Connection, query: FindingQuery) -> FindingPage:
    """One page of the findings that match, and the number of all."""
    counting = f"WITH RECURSIVE {visible(query.scope)} SELECT count(*) {_source(query)}"
    total = connection.execute(counting, _values(query)).fetchone()[0]
    return FindingPage(rows=rows(connection, query), total=total)


def rows(connection: sqlite3.Connection, query: FindingQuery) -> tuple[FindingRow, ...]:
    """One page of the findings that match."""
    listing = (
        f"WITH RECURSIVE {visible(query.scope)} SELECT {_COLUMNS} {_source(query)} "
        f"ORDER BY {_ORDERS[query.order]} LIMIT :limit OFFSET :offset"
    )
    return tuple(map(_row, connection.execute(listing, _values(query))))


def count_by_rule(connection: sqlite3.Connection, scope: Scope) -> tuple[RuleCount, ...]:
    """Open findings and the reports they stand in, by rule and severity, the gravest first."""
    year = "AND f.year = :year" if scope.year is not None else ""
    rows = connection.execute(
        f"WITH RECURSIVE {visible(scope)}, each_report AS ("  # noqa: S608 - our own fragments
        "SELECT f.rule, f.severity, count(*) AS findings FROM finding f "
        "JOIN visible ON visible.agency_id = f.agency_id "
        f"WHERE {live('f', scope)} AND f.is_open = 1 {year} "
        "GROUP BY f.rule, f.severity, f.agency_id, f.year) "
        "SELECT rule, severity, sum(findings), count(*) FROM each_report "
        "GROUP BY rule, severity ORDER BY severity, sum(findings) DESC, rule",
        parameters(scope),
    ).fetchall()
    return tuple(
        RuleCount(rule=row[0], severity=SEVERITIES[row[1]], findings=row[2], reports=row[3])
        for row in rows
    )


def _values(query: FindingQuery) -> dict[str, Any]:
    return parameters(query.scope) | {
        "rule": query.rule,
        "agency_id": query.agency_id,
        "text": query.text,
        "limit": query.limit,
        "offset": query.offset,
    }


def _source(query: FindingQuery) -> str:
    return (
        "FROM finding f JOIN visible ON visible.agency_id = f.agency_id "
        f"WHERE {live('f', query.scope)} {_filters(query)}"
    )


def _filters(query: FindingQuery) -> str:
    ranks = ", ".join(str(SEVERITIES.index(severity)) for severity in query.severities)
    conditions: dict[str, Any] = {
        "AND f.is_open = 1": query.open_only,
        "AND f.year = :year": query.scope.year is not None,
        f"AND f.severity IN ({ranks})": query.severities,
        "AND f.rule = :rule": query.rule,
        "AND f.agency_id = :agency_id": query.agency_id,
        _TEXT: query.text,
    }
    return " ".join(sql for sql, is_asked in conditions.items() if is_asked)


def _row(row: tuple[Any, ...]) -> FindingRow:
    return FindingRow(
        agency_id=row[0],
        agency=row[1],
        year=row[2],
        finding=msgspec.json.decode(row[3], type=Finding),
        revision=row[4],
        is_open=bool(row[5]),
        since=moment(row[6]),
        sha256=row[7],
        rulebook=row[8],
    )
