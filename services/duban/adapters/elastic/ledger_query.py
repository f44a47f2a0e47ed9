"""The coverage ledger: what is owed and how each of it stands, counted by the server."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from duban.adapters.elastic.asking import Asking, Search
from duban.adapters.elastic.report_query import owed
from duban.adapters.elastic.roster import Member, Roster
from duban.domain.agency import KINDS
from duban.domain.view import LEDGERS, STATES, Ledger, LedgerBy, LedgerRow, Scope

_YEARS_AT_MOST = 1000
_PAGE = 10_000
_LATE = {"late": {"filter": {"term": {"is_late": True}}}}


class _Count(NamedTuple):
    """How many reports have the values of `key`, and how many of them are late."""

    key: Mapping[str, Any]
    owed: int
    late: int


def ledger(asking: Asking, roster: Roster, scope: Scope, by: LedgerBy) -> tuple[LedgerRow, ...]:
    """The ledger by year (newest first), kind (order of the law) or supervising agency (name)."""
    if by == "year":
        return by_year(asking.one(yearly(roster, scope)).aggs)
    return _grouped(_each(asking, roster, scope, ("agency_id", "state")), roster, scope, by)


def ledgers(
    asking: Asking, roster: Roster, scope: Scope
) -> Mapping[LedgerBy, tuple[LedgerRow, ...]]:
    """The ledger by each of these, from the same counts."""
    each = list(_each(asking, roster, scope, ("agency_id", "year", "state")))
    return {by: _grouped(each, roster, scope, by) for by in LEDGERS}


def _grouped(
    each: Iterable[_Count], roster: Roster, scope: Scope, by: LedgerBy
) -> tuple[LedgerRow, ...]:
    members = roster.visible(scope)
    counted = (
        (_key(members[one.key["agency_id"]], one, by), one.key["state"], one.owed, one.late)
        for one in each
        if one.key["agency_id"] in members
    )
    named = roster.visible(scope, of_kind=False) if by == "parent" else {}
    rows = _rows(counted, {key: one.name for key, one in named.items()})
    if by == "year":
        return tuple(sorted(rows, key=lambda row: -int(row.key)))
    if by == "kind":
        return tuple(sorted(rows, key=lambda row: KINDS.index(row.key)))
    return tuple(sorted(rows, key=lambda row: (row.name, row.key)))


def _key(member: Member, count: _Count, by: LedgerBy) -> str:
    if by == "year":
        return str(count.key["year"])
    return str(member.kind) if by == "kind" else member.parent or ""


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


def _each(asking: Asking, roster: Roster, scope: Scope, names: Sequence[str]) -> Iterator[_Count]:
    """How many reports have each combination of values, page by page."""
    sources = [{name: {"terms": {"field": name}}} for name in names]
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
            yield _Count(one["key"], one["doc_count"], one["late"]["doc_count"])
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
