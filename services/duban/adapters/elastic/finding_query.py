"""Findings as lists and counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec

from duban.adapters.elastic.asking import Asking, Query, Search, live, of_year
from duban.adapters.elastic.documents import SEVERITIES
from duban.adapters.elastic.roster import Roster
from duban.adapters.embedded.moment import moment
from duban.domain.finding import Finding
from duban.domain.view import FindingPage, FindingQuery, FindingRow, RuleCount, Scope

_LAST = ("agency_id", "-year", "fingerprint")
_ORDERS = {
    "newest": ("-since_us", *_LAST),
    "severity": ("rank", "-since_us", *_LAST),
    "agency": ("agency_id", "-year", "rank", "rule", "fingerprint"),
    "rule": ("rule", "rank", *_LAST),
}
_RULES_AT_MOST = 5000


def find(asking: Asking, roster: Roster, query: FindingQuery) -> FindingPage:
    """One page of the findings that match, and the number of all."""
    found = asking.one(listing(roster, query, counts=True))
    return FindingPage(rows=shown(roster, found.sources), total=found.total)


def listing(roster: Roster, query: FindingQuery, *, counts: bool = False) -> Search:
    """The search for one page."""
    return Search(
        model="findings",
        filters=_filters(roster, query),
        sort=_ORDERS[query.order],
        fields=(
            "agency_id",
            "year",
            "body",
            "revision",
            "is_open",
            "since_us",
            "sha256",
            "rulebook",
        ),
        limit=query.limit,
        offset=query.offset,
        counts=counts,
    )


def shown(roster: Roster, sources: Iterable[Mapping[str, Any]]) -> tuple[FindingRow, ...]:
    """Documents as the pages show them."""
    return tuple(each(roster, sources))


def each(roster: Roster, sources: Iterable[Mapping[str, Any]]) -> Iterator[FindingRow]:
    """Documents as the pages show them, one by one."""
    return (_row(roster, one) for one in sources)


def counting(roster: Roster, scope: Scope) -> tuple[Search, Search]:
    """The searches that count open findings, and the reports they stand in, by rule."""
    by_severity = {"by_severity": {"terms": {"field": "severity", "size": len(SEVERITIES)}}}
    by_rule = {"terms": {"field": "rule", "size": _RULES_AT_MOST}, "aggs": by_severity}
    findings = Search(
        model="findings",
        filters=_filters(roster, FindingQuery(scope=scope)),
        aggs={"by_rule": by_rule},
    )
    reports = Search(
        model="reports",
        filters=[*live(scope), *of_year(scope), *roster.mine(scope)],
        aggs={"by_rule": {"terms": {"field": "rules", "size": _RULES_AT_MOST}}},
    )
    return findings, reports


def counted(findings: Mapping[str, Any], reports: Mapping[str, Any]) -> tuple[RuleCount, ...]:
    """What was counted, the gravest first."""
    in_reports = {one["key"]: one["doc_count"] for one in reports["by_rule"]["buckets"]}
    rows = [
        RuleCount(
            rule=rule["key"],
            severity=one["key"],
            findings=one["doc_count"],
            reports=in_reports.get(f"{rule['key']}|{one['key']}", 0),
        )
        for rule in findings["by_rule"]["buckets"]
        for one in rule["by_severity"]["buckets"]
    ]
    return tuple(
        sorted(rows, key=lambda row: (SEVERITIES.index(row.severity), -row.findings, row.rule))
    )


def _filters(roster: Roster, query: FindingQuery) -> list[Query]:
    scope = query.scope
    filters = [*live(scope), *of_year(scope), *roster.mine(scope)]
    if query.open_only:
        filters.append({"term": {"is_open": True}})
    if query.severities:
        filters.append({"terms": {"severity": list(query.severities)}})
    if query.rule is not None:
        filters.append({"term": {"rule": query.rule}})
    if query.agency_id is not None:
        filters.append({"term": {"agency_id": query.agency_id}})
    if query.text is not None:
        filters.append(_says(roster, scope, query.text))
    return filters


def _says(roster: Roster, scope: Scope, text: str) -> Query:
    """The text stands in what the finding says, or in its agency's name."""
    escaped = "".join(f"\\{one}" if one in "*?\\" else one for one in text)
    named = [key for key, one in roster.visible(scope).items() if text in one.name]
    says = {"wildcard": {"told": {"value": f"*{escaped}*"}}}
    return {"bool": {"should": [says, {"terms": {"agency_id": named}}]}}


def _row(roster: Roster, one: Mapping[str, Any]) -> FindingRow:
    member = roster.members.get(one["agency_id"])
    return FindingRow(
        agency_id=one["agency_id"],
        agency=member.name if member else "",
        year=one["year"],
        finding=msgspec.convert(one["body"], Finding),
        revision=one["revision"],
        is_open=one["is_open"],
        since=moment(one["since_us"]),
        sha256=one["sha256"],
        rulebook=one["rulebook"],
    )
