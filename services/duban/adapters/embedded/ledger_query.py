"""The coverage ledger: what is owed and how each of it stands, counted from the rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from duban.adapters.embedded.scope_sql import live, mine, parameters, visible
from duban.domain.agency import KINDS
from duban.domain.view import Ledger, LedgerBy, LedgerRow, Scope

_COUNTS = "r.state, count(*) AS owed, sum(r.is_late) AS late"


def ledger(connection: sqlite3.Connection, scope: Scope, by: LedgerBy) -> tuple[LedgerRow, ...]:
    """The ledger by year (newest first), kind (order of the law) or supervising agency (name)."""
    counted = _by_year(scope) if by == "year" else _by_agency(scope, by)
    counts: dict[str, dict[str, int]] = {}
    late: dict[str, int] = {}
    values: dict[str, Any] = parameters(scope)
    for key, state, owed, late_ones in connection.execute(
        f"WITH RECURSIVE {visible(scope)} {counted}", values
    ):
        counts.setdefault(str(key), {})[state] = owed
        late[str(key)] = late.get(str(key), 0) + late_ones
    names = _names(connection, scope, counts) if by == "parent" else {}
    rows = [
        LedgerRow(
            key=key,
            name=names.get(key, key),
            ledger=Ledger(owed=sum(by_state.values()), **by_state),
            late=late[key],
        )
        for key, by_state in counts.items()
    ]
    return tuple(_in_order(rows, by))


def years(connection: sqlite3.Connection, scope: Scope) -> tuple[int, ...]:
    """The years that count, newest first; what is so now is told without looking at every row."""
    every_year = msgspec.structs.replace(scope, year=None)
    if scope.known_at is not None:
        return tuple(int(row.key) for row in ledger(connection, every_year, "year"))
    rows = "FROM report r INDEXED BY report_states WHERE r.to_us IS NULL AND r.state <> ''"
    found = connection.execute(
        f"WITH RECURSIVE {visible(every_year)}, newest (year) AS (SELECT max(r.year) {rows} "  # noqa: S608 - our own fragments
        f"UNION ALL SELECT (SELECT max(r.year) {rows} AND r.year < newest.year) "
        "FROM newest WHERE newest.year IS NOT NULL) "
        "SELECT newest.year FROM newest WHERE EXISTS "
        f"(SELECT 1 {rows} AND r.year = newest.year AND {mine('r.agency_id', every_year)})",
        parameters(every_year),
    )
    return tuple(row[0] for row in found)


def total(rows: Sequence[LedgerRow]) -> Ledger:
    """The sum of ledgers."""
    names = Ledger.__struct_fields__
    return Ledger(**{name: sum(getattr(row.ledger, name) for row in rows) for name in names})


def _by_year(scope: Scope) -> str:
    return f"SELECT r.year, {_COUNTS} {_source(scope, 'report_states')} GROUP BY r.year, r.state"


def _by_agency(scope: Scope, by: LedgerBy) -> str:
    key = "visible.kind" if by == "kind" else "coalesce(visible.parent, '')"
    return (
        f"SELECT {key} AS key, counted.state, sum(counted.owed), sum(counted.late) FROM "  # noqa: S608 - our own fragments
        f"(SELECT r.agency_id, {_COUNTS} {_source(scope, 'report_rows')} "
        "GROUP BY r.agency_id, r.state) counted "
        "JOIN visible ON visible.agency_id = counted.agency_id GROUP BY key, counted.state"
    )


def _source(scope: Scope, index: str) -> str:
    """The rows that count; only `report_rows` also holds what was so once."""
    year = "AND r.year = :year" if scope.year is not None else ""
    by = index if scope.known_at is None else "report_rows"
    return (
        f"FROM report r INDEXED BY {by} WHERE {live('r', scope)} AND r.state <> '' {year} "
        f"AND {mine('r.agency_id', scope)}"
    )


def _in_order(rows: list[LedgerRow], by: LedgerBy) -> list[LedgerRow]:
    if by == "year":
        return sorted(rows, key=lambda row: -int(row.key))
    if by == "kind":
        return sorted(rows, key=lambda row: KINDS.index(row.key))
    return sorted(rows, key=lambda row: (row.name, row.key))


def _names(connection: sqlite3.Connection, scope: Scope, keys: Iterable[str]) -> dict[str, str]:
    """What the agencies are called; one that may not be seen keeps its id."""
    named = dict(
        connection.execute(
            f"WITH RECURSIVE {visible(scope, of_kind=False)} SELECT agency_id, name FROM visible",  # noqa: S608 - as above
            parameters(scope),
        ).fetchall()
    )
    return {key: named[key] for key in keys if key in named}
