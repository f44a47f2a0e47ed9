"""The figures of the front page, from one unchanging state of the file, so that they add up."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from collections.abc import Sequence

from duban.adapters.embedded import finding_query, report_query
from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.scope_sql import live, parameters, visible
from duban.domain.view import Crawl, FindingQuery, Ledger, LedgerRow, Overview, Scope

_RECENT = 8


def overview(connection: sqlite3.Connection, scope: Scope) -> Overview:
    """Everything the front page shows of a scope."""
    agencies = _count(connection, scope, "FROM visible")
    years = report_query.years(connection, scope)
    by_year = _by_year(connection, scope, agencies, report_query.owed_years(years, scope))
    by_rule = finding_query.count_by_rule(connection, scope)
    open_findings: dict[str, int] = defaultdict(int)
    for one in by_rule:
        open_findings[one.severity] += one.findings
    mine = "" if scope.jurisdictions is None else "WHERE key IN (SELECT agency_id FROM visible)"
    position, at_us = connection.execute("SELECT position, at_us FROM progress").fetchone()
    return Overview(
        agencies=agencies,
        years=years,
        ledger=_sum([row.ledger for row in by_year]),
        open_errors=open_findings["error"],
        open_warnings=open_findings["warning"],
        open_infos=open_findings["info"],
        rejected=_count(connection, scope, report_query.rejected_source(scope)[0]),
        set_aside=_count(connection, scope, f"FROM set_aside {mine}"),
        by_rule=by_rule,
        by_year=by_year,
        recent=finding_query.rows(connection, FindingQuery(scope=scope, limit=_RECENT)),
        crawl=_crawl(connection, scope),
        position=position,
        as_of=scope.known_at or moment(at_us),
    )


def _count(connection: sqlite3.Connection, scope: Scope, source: str) -> int:
    return int(
        connection.execute(
            f"WITH RECURSIVE {visible(scope)} SELECT count(*) {source}",
            parameters(scope),
        ).fetchone()[0]
    )


def _by_year(
    connection: sqlite3.Connection, scope: Scope, agencies: int, owed: tuple[int, ...]
) -> tuple[LedgerRow, ...]:
    counts: dict[tuple[int, str], int] = {
        (row[0], row[1]): row[2]
        for row in connection.execute(
            f"WITH RECURSIVE {visible(scope)} SELECT r.year, r.state, count(*) FROM report r "  # noqa: S608 - our own fragments
            "JOIN visible ON visible.agency_id = r.agency_id "
            f"WHERE {live('r', scope)} GROUP BY r.year, r.state",
            parameters(scope),
        )
    }
    rows = []
    for year in owed:
        compliant, failing, unreadable = (
            counts.get((year, state), 0) for state in ("compliant", "failing", "unreadable")
        )
        ledger = Ledger(
            owed=agencies,
            compliant=compliant,
            failing=failing,
            unreadable=unreadable,
            absent=agencies - compliant - failing - unreadable,
        )
        rows.append(LedgerRow(key=str(year), name=str(year), ledger=ledger))
    return tuple(rows)


def _sum(ledgers: Sequence[Ledger]) -> Ledger:
    names = Ledger.__struct_fields__
    return Ledger(**{name: sum(getattr(one, name) for one in ledgers) for name in names})


def _crawl(connection: sqlite3.Connection, scope: Scope) -> Crawl:
    pages, failed, last_us = connection.execute(
        f"WITH RECURSIVE {visible(scope)} SELECT count(*), "  # noqa: S608 - our own fragments
        "count(*) FILTER (WHERE page.outcome IN ('failed', 'blocked')), max(page.from_us) "
        "FROM page JOIN visible ON visible.agency_id = page.agency_id "
        f"WHERE {live('page', scope)}",
        parameters(scope),
    ).fetchone()
    last_checked = moment(last_us) if last_us is not None else None
    return Crawl(pages=pages, failed=failed, last_checked=last_checked)
