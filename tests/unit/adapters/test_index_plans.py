"""Pages that many open at once never read the large rows to count or to order them."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from typing import get_args

import pytest

from duban.adapters.embedded import finding_query, ledger_query, overview_query, search_query
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.view import FindingQuery, LedgerBy, Scope, SearchQuery
from duban.testing.events import at, registered

Answer = Callable[[sqlite3.Connection], object]
SCOPES = (
    Scope(),
    Scope(year=2024),
    Scope(kind="town_gov"),
    Scope(jurisdictions=("a",)),
    Scope(known_at=at(5)),
)


def questions() -> Iterator[Answer]:
    for scope in SCOPES:
        yield lambda connection, scope=scope: overview_query.overview(connection, scope)
        yield lambda connection, scope=scope: ledger_query.years(connection, scope)
        for by in get_args(LedgerBy):
            yield lambda connection, scope=scope, by=by: ledger_query.ledger(connection, scope, by)
        orders, texts = ("newest", "severity", "agency", "rule"), (None, "合计")
        for order, text, rule, agency, open_only in product(
            orders, texts, (None, "SUM"), (None, "a"), (True, False)
        ):
            query = FindingQuery(
                scope=scope,
                order=order,
                text=text,
                rule=rule,
                agency_id=agency,
                open_only=open_only,
                severities=("error",) if rule else (),
            )
            yield lambda connection, query=query: finding_query.find(connection, query)
        if scope.known_at is None:
            query = SearchQuery(text="政府 府", scope=scope)
            yield lambda connection, query=query: search_query.search(connection, query)


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[sqlite3.Connection]:
    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered("a")])
        store.runner().run_until_idle()
        with store.views.read() as connection:
            yield connection


def test_what_is_large_is_never_looked_through(connection: sqlite3.Connection) -> None:
    asked: set[str] = set()
    connection.set_trace_callback(asked.add)
    for answer in questions():
        answer(connection)
    connection.set_trace_callback(None)

    plans = {
        sql: [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {sql}")]
        for sql in asked
        if sql.lstrip().startswith(("SELECT", "WITH"))
    }
    assert len(plans) > 100
    scanned = re.compile(r"SCAN (f|r|report|finding|page)\b(?!.* USING COVERING INDEX)")
    assert [
        (sql, step) for sql, steps in plans.items() for step in steps if scanned.match(step)
    ] == []


def test_open_findings_come_out_of_an_index_in_the_order_asked_for(
    connection: sqlite3.Connection,
) -> None:
    for order in ("newest", "severity", "agency", "rule"):
        asked: list[str] = []
        connection.set_trace_callback(asked.append)
        finding_query.rows(connection, FindingQuery(order=order))
        connection.set_trace_callback(None)
        steps = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
        assert not [step for step in steps if "TEMP B-TREE" in step], order
