"""The coverage ledger: what is owed and how each of it stands, counted by the server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from duban.adapters.elastic.asking import Asking, Search
from duban.adapters.elastic.report_query import owed
from duban.adapters.elastic.roster import Roster
from duban.domain.agency import KINDS
from duban.domain.view import STATES, Ledger, LedgerBy, LedgerRow, Scope

_YEARS_AT_MOST = 1000
_PAGE = 10_000
_LATE = {"late": {"filter": {"term": {"is_late": True}}}}


def ledger(asking: Asking, roster: Roster, scope: Scope, by: LedgerBy) -> tuple[LedgerRow, ...]:
    """The ledger by year (newest first), kind (order of the law) or supervising agency (name)."""
    if by == "year":
        return by_year(asking.one(yearly(roster, scope)).aggs)
    members = roster.visible(scope)
    counted = [
        (members[agency_id].kind if by == "kind" else members[agency_id].parent or "", *rest)
        for agency_id, *rest in _by_agency(asking, roster, scope)
        if agency_id in members
    ]
    named = roster.visible(scope, of_kind=False) if by == "parent" else {}
    rows = _rows(counted, {key: one.name for key, one in named.items()})
    if by == "kind":
        return tuple(sorted(rows, key=lambda row: KINDS.index(row.key)))
    return tuple(sorted(rows, key=lambda row: (row.name, row.key)))


def yearly(roster: Roster, scope: Scope) -> Search:
    """The search that counts by year and state."""
    by_state = {"by_state": {"terms": {"field": "state", "size": len(STATES)}, "aggs": _LATE}}
    years = {"terms": {"field": "year", "size": _YEARS_AT_MOST}, "aggs": by_state}
    return Search(model="reports", filters=owed(roster, scope), aggs={"by_year": years})


def by_year(aggs: Mapping[str, Any]) -> tuple[LedgerRow, ...]:
    """What was counted by year, newest first."""
    counted = [
        (str(year["key"]), one["key"], one["doc_count"], one["late"]["doc_count"])
        for year in aggs["by_year"]["buckets"]
        for one in year["by_state"]["buckets"]
    ]
    return tuple(sorted(_rows(counted, {}), key=lambda row: -int(row.key)))


def total(rows: Sequence[LedgerRow]) -> Ledger:
    """The sum of ledgers."""
    names = Ledger.__struct_fields__
    return Ledger(**{name: sum(getattr(row.ledger, name) for row in rows) for name in names})


def _by_agency(asking: Asking, roster: Roster, scope: Scope) -> Iterable[Any]:
    """Agency, state, how many of them, and how many late: page by page."""
    sources = [{name: {"terms": {"field": name}}} for name in ("agency_id", "state")]
    pages: dict[str, Any] = {"size": _PAGE, "sources": sources}
    while True:
        found = asking.one(
            Search(
                model="reports",
                filters=owed(roster, scope),
                aggs={"pages": {"composite": pages, "aggs": _LATE}},
            )
        ).aggs["pages"]
        for one in found["buckets"]:
            key = one["key"]
            yield key["agency_id"], key["state"], one["doc_count"], one["late"]["doc_count"]
        if "after_key" not in found or len(found["buckets"]) < _PAGE:
            return
        pages = {**pages, "after": found["after_key"]}


def _rows(counted: Iterable[Any], names: Mapping[str, str]) -> list[LedgerRow]:
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    late: dict[str, int] = defaultdict(int)
    for key, state, owed_, late_ones in counted:
        counts[key][state] += owed_
        late[key] += late_ones
    return [
        LedgerRow(
            key=key,
            name=names.get(key, key),
            ledger=Ledger(owed=sum(states.values()), **states),
            late=late[key],
        )
        for key, states in counts.items()
    ]
