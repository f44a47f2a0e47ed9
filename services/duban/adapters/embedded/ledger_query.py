"""The coverage ledger: what is owed and how each of it stands, counted from the rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Sequence

from duban.adapters.embedded.scope_sql import live, parameters, visible
from duban.domain.agency import KINDS
from duban.domain.view import Ledger, LedgerBy, LedgerRow, Scope

_KEYS: dict[LedgerBy, str] = {
    "year": "r.year",
    "kind": "visible.kind",
    "parent": "coalesce(visible.parent, '')",
}


def ledger(connection: sqlite3.Connection, scope: Scope, by: LedgerBy) -> tuple[LedgerRow, ...]:
    """The ledger by year (newest first), kind (order of the law) or supervising agency (name)."""
    year = "AND r.year = :year" if scope.year is not None else ""
    counts: dict[str, dict[str, int]] = {}
    late: dict[str, int] = {}
    for key, state, owed, late_ones in connection.execute(
        f"WITH RECURSIVE {visible(scope)} "  # noqa: S608 - our own fragments
        f"SELECT {_KEYS[by]} AS key, r.state, count(*), sum(r.is_late) "
        "FROM report r JOIN visible ON visible.agency_id = r.agency_id "
        f"WHERE {live('r', scope)} AND r.state <> '' {year} GROUP BY key, r.state",
        parameters(scope),
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


def total(rows: Sequence[LedgerRow]) -> Ledger:
    """The sum of ledgers."""
    names = Ledger.__struct_fields__
    return Ledger(**{name: sum(getattr(row.ledger, name) for row in rows) for name in names})


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
