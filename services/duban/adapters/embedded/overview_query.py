"""The figures of the front page, from one unchanging state of the file, so that they add up."""

from __future__ import annotations

import sqlite3
from collections import defaultdict

import msgspec

from duban.adapters.embedded import aside_query, finding_query, ledger_query, report_query
from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.scope_sql import live, mine, parameters, visible
from duban.domain.view import Choices, Crawl, FindingQuery, Overview, Scope

_RECENT = 8


def overview(connection: sqlite3.Connection, scope: Scope) -> Overview:
    """Everything the front page shows of a scope."""
    every_year = msgspec.structs.replace(scope, year=None)
    of_all_years = ledger_query.ledger(connection, every_year, "year")
    by_year = tuple(row for row in of_all_years if scope.year is None or row.key == str(scope.year))
    by_rule = finding_query.count_by_rule(connection, scope)
    open_findings: dict[str, int] = defaultdict(int)
    for one in by_rule:
        open_findings[one.severity] += one.findings
    position, at_us = connection.execute("SELECT position, at_us FROM progress").fetchone()
    return Overview(
        agencies=_count(connection, scope, "FROM visible"),
        years=tuple(int(row.key) for row in of_all_years),
        ledger=ledger_query.total(by_year),
        open_errors=open_findings["error"],
        open_warnings=open_findings["warning"],
        open_infos=open_findings["info"],
        rejected=_count(connection, scope, report_query.rejected_source(scope)[0]),
        set_aside=aside_query.count(connection, scope),
        by_rule=by_rule,
        by_year=by_year,
        recent=finding_query.rows(connection, FindingQuery(scope=scope, limit=_RECENT)),
        crawl=_crawl(connection, scope),
        position=position,
        as_of=scope.known_at or moment(at_us),
    )


def choices(connection: sqlite3.Connection, scope: Scope) -> Choices:
    """What a list of findings offers to choose from."""
    return Choices(
        years=ledger_query.years(connection, scope),
        by_rule=finding_query.count_by_rule(connection, scope),
        position=connection.execute("SELECT position FROM progress").fetchone()[0],
    )


def _count(connection: sqlite3.Connection, scope: Scope, source: str) -> int:
    return int(
        connection.execute(
            f"WITH RECURSIVE {visible(scope)} SELECT count(*) {source}",
            parameters(scope),
        ).fetchone()[0]
    )


def _crawl(connection: sqlite3.Connection, scope: Scope) -> Crawl:
    index = "page_seen" if scope.known_at is None else "page_rows"
    pages, failed, last_us = connection.execute(
        f"WITH RECURSIVE {visible(scope)} SELECT count(*), "  # noqa: S608 - our own fragments
        "count(*) FILTER (WHERE page.outcome IN ('failed', 'blocked')), max(page.from_us) "
        f"FROM page INDEXED BY {index} "
        f"WHERE {live('page', scope)} AND {mine('page.agency_id', scope)}",
        parameters(scope),
    ).fetchone()
    last_checked = moment(last_us) if last_us is not None else None
    return Crawl(pages=pages, failed=failed, last_checked=last_checked)
