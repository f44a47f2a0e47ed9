"""Reports by agency and year: the matrix, one agency, one report, what was rejected."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from duban.adapters import report_showing
from duban.adapters.embedded import finding_query
from duban.adapters.embedded.scope_sql import is_everywhere, live, parameters, visible
from duban.adapters.embedded.sqlite_event_log import event_at
from duban.adapters.embedded.standing import Standing
from duban.adapters.report_showing import Told
from duban.domain.event import ReportRead, ReportRejected
from duban.domain.report import Report
from duban.domain.view import (
    FindingQuery,
    Rejected,
    ReportRow,
    ReportState,
    ReportView,
    Scope,
)

_STANDING = msgspec.json.Decoder(Standing)
_FINDINGS_AT_MOST = 10_000  # of one report; far above what any rulebook can say of it


def report(
    connection: sqlite3.Connection, agency_id: str, year: int, scope: Scope
) -> ReportView | None:
    """One report with its open findings, or None where nothing is owed or may be seen."""
    scope = msgspec.structs.replace(scope, year=year)
    found = rows(connection, scope, agency_id=agency_id)
    if not found:
        return None
    standing = _standing(connection, agency_id, year, scope)
    findings = finding_query.find(
        connection,
        FindingQuery(scope=scope, agency_id=agency_id, order="severity", limit=_FINDINGS_AT_MOST),
    )
    return report_showing.view(
        found[0], standing, findings.rows, lambda: _report(connection, standing)
    )


def rejected(
    connection: sqlite3.Connection, scope: Scope, limit: int, agency_id: str | None = None
) -> Sequence[Rejected]:
    """What was posted and is no report, newest first; of one agency where it is given."""
    source, values = rejected_source(scope)
    one = "" if agency_id is None else "AND j.agency_id = :agency_id"
    rows = connection.execute(
        f"WITH RECURSIVE {visible(scope)} SELECT j.body, j.from_us {source} {one} "
        "ORDER BY j.from_us DESC, j.known_from DESC LIMIT :limit",
        values | {"limit": limit, "agency_id": agency_id},
    ).fetchall()
    return [
        report_showing.rejected(msgspec.json.decode(body, type=ReportRejected), from_us)
        for body, from_us in rows
    ]


def rejected_source(scope: Scope) -> tuple[str, dict[str, Any]]:
    """Rejected documents of a scope; what has no agency is seen from everywhere only."""
    known = f"FROM rejected j WHERE {live('j', scope)} AND j.settled = 0"
    if not is_everywhere(scope):
        known += " AND j.agency_id IN (SELECT agency_id FROM visible)"
    return known, parameters(scope)


def rows(
    connection: sqlite3.Connection,
    scope: Scope,
    agency_id: str | None = None,
    states: Sequence[ReportState] = (),
) -> Sequence[ReportRow]:
    """One row for each agency and year owed or seen, by agency id and year; only these states."""
    year = "AND r.year = :year" if scope.year is not None else ""
    mine = "AND r.agency_id = :agency_id" if agency_id is not None else ""
    asked = "AND r.state IN (SELECT value FROM json_each(:states))" if states else ""
    found = connection.execute(
        f"WITH RECURSIVE {visible(scope)} "  # noqa: S608 - our own fragments
        "SELECT r.agency_id, visible.name, visible.kind, visible.parent, r.year, r.state, "
        "r.standing "
        "FROM report r "
        "JOIN visible ON visible.agency_id = r.agency_id "
        f"WHERE {live('r', scope)} AND r.state <> '' {year} {mine} {asked} "
        "ORDER BY r.agency_id, r.year",
        parameters(scope)
        | {"agency_id": agency_id, "states": msgspec.json.encode(states).decode()},
    )
    return [
        report_showing.row(Told(*told), year, state, _STANDING.decode(packed))
        for *told, year, state, packed in found
    ]


def _standing(connection: sqlite3.Connection, agency_id: str, year: int, scope: Scope) -> Standing:
    row = connection.execute(
        f"SELECT r.standing FROM report r "  # noqa: S608 - our own fragments
        f"WHERE r.agency_id = :agency_id AND r.year = :year AND {live('r', scope)}",
        parameters(scope) | {"agency_id": agency_id, "year": year},
    ).fetchone()
    return _STANDING.decode(row[0]) if row else Standing()


def _report(connection: sqlite3.Connection, standing: Standing) -> Report | None:
    event = event_at(connection, standing.read.position) if standing.read is not None else None
    if event is None or not isinstance(event.body, ReportRead):
        return None
    return event.body.report
