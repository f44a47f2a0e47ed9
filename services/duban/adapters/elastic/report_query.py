"""Reports by agency and year: the matrix, one agency, one report, what was rejected."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from duban.adapters import report_showing
from duban.adapters.elastic import documents, finding_query
from duban.adapters.elastic.asking import Asking, Query, Search, live, of_year
from duban.adapters.elastic.roster import Member, Roster, is_everywhere
from duban.adapters.embedded.standing import Standing
from duban.adapters.report_showing import Told
from duban.domain.event import ReportRejected
from duban.domain.report import Report
from duban.domain.view import (
    FindingQuery,
    Rejected,
    ReportRow,
    ReportState,
    ReportView,
    Scope,
)

_FINDINGS_AT_MOST = 10_000  # of one report; far above what any rulebook can say of it


def report(
    asking: Asking, roster: Roster, agency_id: str, year: int, scope: Scope
) -> ReportView | None:
    """One report with its open findings, or None where nothing is owed or may be seen."""
    scope = msgspec.structs.replace(scope, year=year)
    found = list(_found(asking, roster, scope, agency_id=agency_id))
    if not found:
        return None
    ((row, standing),) = found
    query = FindingQuery(
        scope=scope, agency_id=agency_id, order="severity", limit=_FINDINGS_AT_MOST
    )
    findings = finding_query.find(asking, roster, query).rows
    return report_showing.view(row, standing, findings, lambda: _read(asking, agency_id, scope))


def rows(
    asking: Asking,
    roster: Roster,
    scope: Scope,
    agency_id: str | None = None,
    states: Sequence[ReportState] = (),
) -> list[ReportRow]:
    """One row for each agency and year owed or seen, by agency id and year; only these states."""
    return [row for row, _ in _found(asking, roster, scope, agency_id, states)]


def rejected(
    asking: Asking, scope: Scope, roster: Roster, limit: int, agency_id: str | None = None
) -> list[Rejected]:
    """What was posted and is no report, newest first; of one agency where it is given."""
    one = [] if agency_id is None else [{"term": {"agency_id": agency_id}}]
    search = Search(
        model="rejected",
        filters=[*rejected_filters(scope, roster), *one],
        sort=("-from_us", "-position", "subject"),
        fields=("body", "from_us"),
        limit=limit,
    )
    return [
        report_showing.rejected(msgspec.convert(found["body"], ReportRejected), found["from_us"])
        for found in asking.one(search).sources
    ]


def rejected_filters(scope: Scope, roster: Roster) -> list[Query]:
    """Rejected documents of a scope; what has no agency is seen from everywhere only."""
    mine = [] if is_everywhere(scope) else roster.mine(scope)
    return [*live(scope), {"term": {"settled": False}}, *mine]


def owed(roster: Roster, scope: Scope) -> list[Query]:
    """The reports that count: those owed or seen."""
    return [*live(scope), {"exists": {"field": "state"}}, *of_year(scope), *roster.mine(scope)]


def _found(
    asking: Asking,
    roster: Roster,
    scope: Scope,
    agency_id: str | None = None,
    states: Sequence[ReportState] = (),
) -> list[tuple[ReportRow, Standing]]:
    visible = roster.visible(scope)
    filters = owed(roster, scope)
    if agency_id is not None:
        filters.append({"term": {"agency_id": agency_id}})
    if states:
        filters.append({"terms": {"state": list(states)}})
    search = Search(
        model="reports",
        filters=filters,
        sort=("agency_id", "year"),
        fields=("agency_id", "year", "state", "standing"),
    )
    return [
        _row(visible[one["agency_id"]], one)
        for one in asking.every(search)
        if one["agency_id"] in visible
    ]


def _row(member: Member, one: Mapping[str, Any]) -> tuple[ReportRow, Standing]:
    standing = msgspec.convert(one["standing"], Standing)
    told = Told(one["agency_id"], member.name, member.kind, member.parent)
    return report_showing.row(told, one["year"], one["state"], standing), standing


def _read(asking: Asking, agency_id: str, scope: Scope) -> Report | None:
    search = Search(
        model="readings",
        filters=[*live(scope), *of_year(scope), {"term": {"agency_id": agency_id}}],
        fields=("body",),
        limit=1,
    )
    found = asking.one(search).sources
    return documents.unpack(found[0]["body"]) if found else None
