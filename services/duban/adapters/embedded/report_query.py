"""Reports by agency and year: the matrix, one agency, one report, what was rejected."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from typing import Any

import msgspec

from duban.adapters.embedded import finding_query
from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.scope_sql import live, parameters, visible
from duban.adapters.embedded.sqlite_event_log import event_at
from duban.adapters.embedded.standing import Standing
from duban.domain.agency import Agency
from duban.domain.event import ReportRead, ReportRejected
from duban.domain.report import Report
from duban.domain.view import (
    AgencyView,
    FindingQuery,
    Rejected,
    ReportRow,
    ReportView,
    Scope,
)

_FINDINGS_AT_MOST = 10_000  # of one report; far above what any rulebook can say of it


def years(connection: sqlite3.Connection, scope: Scope) -> tuple[int, ...]:
    """The years for which a report of any agency of the scope has been seen, newest first."""
    # Every year ever seen has a current row, so that the few candidates are found by leaping.
    rows = connection.execute(
        f"WITH RECURSIVE {visible(scope)}, candidate (year) AS ("  # noqa: S608 - our own fragments
        "SELECT max(year) FROM report WHERE known_to IS NULL UNION ALL "
        "SELECT (SELECT max(r.year) FROM report r WHERE r.known_to IS NULL "
        "AND r.year < candidate.year) FROM candidate WHERE candidate.year IS NOT NULL) "
        "SELECT year FROM candidate WHERE EXISTS (SELECT 1 FROM visible CROSS JOIN report r "
        "ON r.agency_id = visible.agency_id AND r.year = candidate.year "
        f"WHERE {live('r', scope)} AND r.state <> 'absent') ORDER BY year DESC",
        parameters(scope),
    ).fetchall()
    return tuple(row[0] for row in rows)


def owed_years(seen: tuple[int, ...], scope: Scope) -> tuple[int, ...]:
    """Of the years seen, those of the scope: for them reports count as owed."""
    return tuple(year for year in seen if scope.year in (None, year))


def matrix(connection: sqlite3.Connection, scope: Scope) -> Sequence[ReportRow]:
    """One row for each agency and year owed, by agency id and year."""
    return _rows(connection, scope, agency_id=None)


def agency(connection: sqlite3.Connection, agency_id: str, scope: Scope) -> AgencyView | None:
    """An agency and its reports, or None where it may not be seen."""
    found = _agency(connection, agency_id, scope)
    if found is None:
        return None
    rows = _rows(connection, scope, agency_id=agency_id)
    return AgencyView(agency=found, reports=tuple(reversed(rows)))


def report(
    connection: sqlite3.Connection, agency_id: str, year: int, scope: Scope
) -> ReportView | None:
    """One report with its open findings, or None where nothing is owed or may be seen."""
    scope = msgspec.structs.replace(scope, year=year)
    rows = _rows(connection, scope, agency_id=agency_id)
    if not rows:
        return None
    standing = _standing(connection, agency_id, year, scope)
    findings = finding_query.find(
        connection,
        FindingQuery(scope=scope, agency_id=agency_id, order="severity", limit=_FINDINGS_AT_MOST),
    )
    view = ReportView(row=rows[0], findings=findings.rows)
    if standing.replaced is not None:
        refused = standing.replaced
        return msgspec.structs.replace(view, media=refused.media, url=refused.url)
    if standing.read is None:
        return view
    judged = standing.judged
    if judged is None:  # what is open was found in other bytes than those shown here
        view = msgspec.structs.replace(view, findings=())
    return msgspec.structs.replace(
        view,
        media=standing.read.media,
        url=standing.read.url,
        report=_report(connection, standing.read.position),
        document_sha256=standing.read.document_sha256,
        coverage=judged.coverage if judged else None,
        rulebook=judged.rulebook if judged else None,
    )


def rejected(connection: sqlite3.Connection, scope: Scope, limit: int) -> Sequence[Rejected]:
    """What was posted and is no report, newest first."""
    source, values = rejected_source(scope)
    rows = connection.execute(
        f"WITH RECURSIVE {visible(scope)} SELECT r.body, r.from_us {source} "
        "ORDER BY r.from_us DESC, r.known_from DESC LIMIT :limit",
        values | {"limit": limit},
    ).fetchall()
    return [_rejected(*row) for row in rows]


def rejected_source(scope: Scope) -> tuple[str, dict[str, Any]]:
    """Rejected documents of a scope; what has no agency is seen from everywhere only."""
    is_everywhere = scope.jurisdictions is None and scope.kind is None
    mine = "" if is_everywhere else "AND r.agency_id IN (SELECT agency_id FROM visible)"
    return f"FROM rejected r WHERE {live('r', scope)} AND r.settled = 0 {mine}", parameters(scope)


def _rejected(body: bytes, from_us: int) -> Rejected:
    event = msgspec.json.decode(body, type=ReportRejected)
    return Rejected(
        sha256=event.sha256,
        status=event.status,
        reason=event.reason,
        at=moment(from_us),
        media=event.media,
        agency_id=event.agency_id,
        url=event.url,
        title=event.title,
    )


def _rows(
    connection: sqlite3.Connection, scope: Scope, agency_id: str | None
) -> Sequence[ReportRow]:
    values = parameters(scope) | {"agency_id": agency_id}
    one = "AND agency_id = :agency_id" if agency_id is not None else ""
    start = f"WITH RECURSIVE {visible(scope)}"
    agencies = connection.execute(
        f"{start} SELECT agency_id, name, kind FROM visible WHERE 1 {one} ORDER BY agency_id",  # noqa: S608 - our own fragments
        values,
    ).fetchall()
    if not agencies:
        return []
    owed = sorted(owed_years(years(connection, scope), scope))
    year = "AND r.year = :year" if scope.year is not None else ""
    mine = "AND r.agency_id = :agency_id" if agency_id is not None else ""
    known = {
        (row[0], row[1]): msgspec.json.decode(row[2], type=Standing)
        for row in connection.execute(
            f"{start} SELECT r.agency_id, r.year, r.standing FROM visible "  # noqa: S608 - our own fragments
            "CROSS JOIN report r ON r.agency_id = visible.agency_id "
            f"WHERE {live('r', scope)} {year} {mine}",
            values,
        )
    }
    return [
        _row(identity, year_owed, known.get((identity[0], year_owed), Standing()))
        for identity in agencies
        for year_owed in owed
    ]


def _row(identity: tuple[str, str, str], year: int, standing: Standing) -> ReportRow:
    agency_id, name, kind = identity
    row = ReportRow(
        agency_id=agency_id,
        agency=name,
        kind=kind,
        year=year,
        state=standing.state,
        reason=standing.reason,
    )
    if standing.replaced is not None:
        refused = standing.replaced
        return msgspec.structs.replace(
            row, sha256=refused.sha256, posted_at=moment(refused.posted_us)
        )
    if standing.read is None:
        return row
    judged = standing.judged
    return msgspec.structs.replace(
        row,
        sha256=standing.read.sha256,
        published_on=standing.read.published_on,
        posted_at=moment(standing.read.posted_us),
        errors=judged.errors if judged else 0,
        warnings=judged.warnings if judged else 0,
        infos=judged.infos if judged else 0,
    )


def _agency(connection: sqlite3.Connection, agency_id: str, scope: Scope) -> Agency | None:
    row = connection.execute(
        f"WITH RECURSIVE {visible(scope)} SELECT agency.body FROM agency "  # noqa: S608 - our own fragments
        "JOIN visible ON visible.agency_id = agency.agency_id "
        f"WHERE agency.agency_id = :agency_id AND {live('agency', scope)}",
        parameters(scope) | {"agency_id": agency_id},
    ).fetchone()
    return msgspec.json.decode(row[0], type=Agency) if row else None


def _standing(connection: sqlite3.Connection, agency_id: str, year: int, scope: Scope) -> Standing:
    row = connection.execute(
        f"SELECT r.standing FROM report r "  # noqa: S608 - our own fragments
        f"WHERE r.agency_id = :agency_id AND r.year = :year AND {live('r', scope)}",
        parameters(scope) | {"agency_id": agency_id, "year": year},
    ).fetchone()
    return msgspec.json.decode(row[0], type=Standing) if row else Standing()


def _report(connection: sqlite3.Connection, position: int) -> Report | None:
    event = event_at(connection, position)
    if event is None or not isinstance(event.body, ReportRead):
        return None
    return event.body.report
