"""One agency: who stands above and below it, its reports, and what stands in their way."""

from __future__ import annotations

import sqlite3

import msgspec

from duban.adapters.embedded import aside_query, report_query
from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.scope_sql import live, parameters, visible
from duban.domain.agency import Agency
from duban.domain.body import PageChecked
from duban.domain.view import AgencyView, Look, Scope

_LISTED = 100


def agency(connection: sqlite3.Connection, agency_id: str, scope: Scope) -> AgencyView | None:
    """An agency and its reports, or None where it may not be seen."""
    found = _agency(connection, agency_id, scope)
    if found is None:
        return None
    rows = report_query.rows(connection, scope, agency_id=agency_id)
    return AgencyView(
        agency=found,
        reports=tuple(reversed(rows)),
        above=_above(connection, scope, found),
        below=_below(connection, scope, agency_id),
        looks=_looks(connection, scope, agency_id),
        rejected=tuple(report_query.rejected(connection, scope, _LISTED, agency_id)),
        aside=tuple(aside_query.aside(connection, scope, _LISTED, agency_id)),
    )


def _agency(connection: sqlite3.Connection, agency_id: str, scope: Scope) -> Agency | None:
    row = connection.execute(
        f"WITH RECURSIVE {visible(scope)} SELECT agency.body FROM agency "  # noqa: S608 - our own fragments
        "JOIN visible ON visible.agency_id = agency.agency_id "
        f"WHERE agency.agency_id = :agency_id AND {live('agency', scope)}",
        parameters(scope) | {"agency_id": agency_id},
    ).fetchone()
    return msgspec.json.decode(row[0], type=Agency) if row else None


def _above(
    connection: sqlite3.Connection, scope: Scope, found: Agency
) -> tuple[tuple[str, str], ...]:
    """The supervising agencies that may be seen; a circle of parents ends where it began."""
    above: dict[str, str] = {}
    at = found.parent
    while at is not None and at != found.id and at not in above:
        row = connection.execute(
            f"WITH RECURSIVE {visible(scope, of_kind=False)} "  # noqa: S608 - our own fragments
            "SELECT name, parent FROM visible WHERE agency_id = :agency_id",
            parameters(scope) | {"agency_id": at},
        ).fetchone()
        if row is None:
            break
        above[at], at = row
    return tuple(above.items())


def _below(connection: sqlite3.Connection, scope: Scope, agency_id: str) -> int:
    row = connection.execute(
        f"WITH RECURSIVE {visible(scope, of_kind=False)} "  # noqa: S608 - our own fragments
        "SELECT count(*) FROM visible WHERE parent = :agency_id",
        parameters(scope) | {"agency_id": agency_id},
    ).fetchone()
    return int(row[0])


def _looks(connection: sqlite3.Connection, scope: Scope, agency_id: str) -> tuple[Look, ...]:
    rows = connection.execute(
        f"SELECT page.body, page.from_us FROM page WHERE page.agency_id = :agency_id "  # noqa: S608 - our own fragments
        f"AND {live('page', scope)} ORDER BY page.url",
        parameters(scope) | {"agency_id": agency_id},
    )
    return tuple(
        Look(check=msgspec.json.decode(body, type=PageChecked), at=moment(from_us))
        for body, from_us in rows
    )
