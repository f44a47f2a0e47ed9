"""The figures of the front page, asked for together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

import msgspec

from duban.adapters.elastic import aside_query, finding_query, ledger_query, report_query
from duban.adapters.elastic.asking import Asking, Search, live
from duban.adapters.elastic.roster import Roster
from duban.adapters.embedded.moment import moment
from duban.domain.view import Choices, Crawl, FindingQuery, Overview, Scope

_RECENT = 8
PROGRESS = Search(
    model="progress",
    aggs={"position": {"sum": {"field": "position"}}, "at_us": {"max": {"field": "at_us"}}},
)


def overview(asking: Asking, roster: Roster, scope: Scope) -> Overview:
    """Everything the front page shows of a scope."""
    every_year = msgspec.structs.replace(scope, year=None)
    recent = FindingQuery(scope=scope, limit=_RECENT)
    years, findings, reports, newest, rejected, aside, pages, progress = asking.several(
        ledger_query.yearly(roster, every_year),
        *finding_query.counting(roster, scope),
        finding_query.listing(roster, recent),
        Search(
            model="rejected",
            filters=report_query.rejected_filters(scope, roster),
            counts=True,
        ),
        Search(model="aside", filters=aside_query.filters(roster, scope), counts=True),
        _pages(roster, scope),
        PROGRESS,
    )
    of_all_years = ledger_query.by_year(years.aggs)
    by_year = tuple(row for row in of_all_years if scope.year is None or row.key == str(scope.year))
    by_rule = finding_query.counted(findings.aggs, reports.aggs)
    open_findings: dict[str, int] = defaultdict(int)
    for one in by_rule:
        open_findings[one.severity] += one.findings
    return Overview(
        agencies=len(roster.visible(scope)),
        years=tuple(int(row.key) for row in of_all_years),
        ledger=ledger_query.total(by_year),
        open_errors=open_findings["error"],
        open_warnings=open_findings["warning"],
        open_infos=open_findings["info"],
        rejected=rejected.total,
        set_aside=aside.total,
        by_rule=by_rule,
        by_year=by_year,
        recent=finding_query.shown(roster, newest.sources),
        crawl=_crawl(pages.total, pages.aggs),
        position=position(progress.aggs),
        as_of=scope.known_at or moment(int(progress.aggs["at_us"]["value"] or 0)),
    )


def choices(asking: Asking, roster: Roster, scope: Scope) -> Choices:
    """What a list of findings offers to choose from."""
    every_year = msgspec.structs.replace(scope, year=None)
    years, findings, reports, progress = asking.several(
        ledger_query.yearly(roster, every_year),
        *finding_query.counting(roster, scope),
        PROGRESS,
    )
    return Choices(
        years=tuple(int(row.key) for row in ledger_query.by_year(years.aggs)),
        by_rule=finding_query.counted(findings.aggs, reports.aggs),
        position=position(progress.aggs),
    )


def position(aggs: Mapping[str, Any]) -> int:
    """How far the indexer has come: it grows whenever any part of it goes on."""
    return int(aggs["position"]["value"])


def _pages(roster: Roster, scope: Scope) -> Search:
    failed = {"filter": {"terms": {"outcome": ["failed", "blocked"]}}}
    return Search(
        model="pages",
        filters=[*live(scope), *roster.mine(scope)],
        counts=True,
        aggs={"failed": failed, "last_us": {"max": {"field": "from_us"}}},
    )


def _crawl(pages: int, aggs: Mapping[str, Any]) -> Crawl:
    last_us = aggs["last_us"]["value"]
    return Crawl(
        pages=pages,
        failed=aggs["failed"]["doc_count"],
        last_checked=moment(int(last_us)) if last_us is not None else None,
    )
