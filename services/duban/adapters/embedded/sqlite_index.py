"""The read models as tables of a file of their own, beside the history they come from."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from typing import Protocol

from duban.adapters.embedded import (
    agency_query,
    aside_query,
    finding_query,
    index_writer,
    ledger_query,
    overview_query,
    report_query,
    search_query,
)
from duban.adapters.embedded.moment import micros
from duban.adapters.embedded.signal import Signal
from duban.domain import view
from duban.ports import Recorded, SetAside


class Models(Protocol):
    """A file of read models."""

    def read(self) -> AbstractContextManager[sqlite3.Connection]:
        """A connection that sees one unchanging state for the whole block."""
        ...

    def write(self) -> AbstractContextManager[sqlite3.Connection]:
        """One transaction."""
        ...


class SqliteIndex:
    """Reading never waits for writing, and each answer comes from one state of the file."""

    def __init__(
        self, models: Models, put_aside: Callable[[SetAside], object], progress: Signal
    ) -> None:
        self._models = models
        self._put_aside = put_aside
        self._progress = progress

    def apply(self, recorded: Iterable[Recorded]) -> None:
        batch = list(recorded)
        if not batch:
            return
        with self._models.write() as connection:
            for one in batch:
                index_writer.write(connection, one)
            facts = (one.position for one in batch if one.event.topic in ("posted", "facts"))
            latest = max(micros(one.event.at) for one in batch)
            _move(connection, batch[-1].position, max(facts, default=0), latest)
        self._progress.raise_()

    def set_aside(self, one: SetAside) -> None:
        """Go on after an event that could not be taken in."""
        self._put_aside(one)  # first: coming here again changes nothing
        with self._models.write() as connection:
            _move(connection, one.position, 0, 0)
        self._progress.raise_()

    def overview(self, scope: view.Scope) -> view.Overview:
        with self._models.read() as connection:
            return overview_query.overview(connection, scope)

    def ledger(self, scope: view.Scope, by: view.LedgerBy) -> Sequence[view.LedgerRow]:
        with self._models.read() as connection:
            return ledger_query.ledger(connection, scope, by)

    def ledgers(self, scope: view.Scope) -> Mapping[view.LedgerBy, Sequence[view.LedgerRow]]:
        with self._models.read() as connection:
            return {by: ledger_query.ledger(connection, scope, by) for by in view.LEDGERS}

    def years(self, scope: view.Scope) -> Sequence[int]:
        with self._models.read() as connection:
            return ledger_query.years(connection, scope)

    def choices(self, scope: view.Scope) -> view.Choices:
        with self._models.read() as connection:
            return overview_query.choices(connection, scope)

    def matrix(
        self, scope: view.Scope, states: Sequence[view.ReportState] = ()
    ) -> Sequence[view.ReportRow]:
        with self._models.read() as connection:
            return report_query.rows(connection, scope, states=states)

    def findings(self, query: view.FindingQuery) -> view.FindingPage:
        with self._models.read() as connection:
            return finding_query.find(connection, query)

    @contextmanager
    def all_findings(
        self, query: view.FindingQuery
    ) -> Iterator[tuple[int, Iterator[view.FindingRow]]]:
        with self._models.read() as connection:
            ids = finding_query.ids(connection, query)
            with closing(finding_query.each(connection, query, ids)) as rows:
                yield len(ids), rows

    def report(self, agency_id: str, year: int, scope: view.Scope) -> view.ReportView | None:
        with self._models.read() as connection:
            return report_query.report(connection, agency_id, year, scope)

    def agency(self, agency_id: str, scope: view.Scope) -> view.AgencyView | None:
        with self._models.read() as connection:
            return agency_query.agency(connection, agency_id, scope)

    def rejected(self, scope: view.Scope, limit: int = 100) -> Sequence[view.Rejected]:
        with self._models.read() as connection:
            return report_query.rejected(connection, scope, limit)

    def aside(self, scope: view.Scope, limit: int = 100) -> Sequence[view.Aside]:
        with self._models.read() as connection:
            return aside_query.aside(connection, scope, limit)

    def search(self, query: view.SearchQuery) -> view.SearchPage:
        with self._models.read() as connection:
            return search_query.search(connection, query)

    def position(self) -> int:
        with self._models.read() as connection:
            return int(connection.execute("SELECT position FROM progress").fetchone()[0])


def _move(connection: sqlite3.Connection, position: int, fact: int, at_us: int) -> None:
    connection.execute(
        "UPDATE progress SET position = max(position, ?), fact = max(fact, ?), "
        "at_us = max(at_us, ?)",
        (position, fact, at_us),
    )
