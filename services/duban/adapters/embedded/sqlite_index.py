"""The read models as tables of a file of their own, beside the history they come from."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable, Sequence

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
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.moment import micros
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_state_store import put_aside
from duban.adapters.embedded.views import Views, ViewsDamagedError
from duban.domain import view
from duban.domain.event import Topic, decode
from duban.errors import EventError, StorageError
from duban.ports import Recorded, SetAside

logger = logging.getLogger(__name__)

_EVENTS_AT_ONCE = 256


class SqliteIndex:
    """Reading never waits for writing, and each answer comes from one state of the file."""

    def __init__(self, views: Views, history: Database, progress: Signal) -> None:
        self._views = views
        self._history = history
        self._progress = progress

    def apply(self, recorded: Iterable[Recorded]) -> None:
        batch = list(recorded)
        if not batch:
            return
        with self._views.write() as connection:
            for one in batch:
                index_writer.write(connection, one)
            move(connection, batch[-1].position, max(micros(one.event.at) for one in batch))
        self._progress.raise_()

    def set_aside(self, one: SetAside) -> None:
        """Go on after an event that could not be taken in."""
        with self._history.write() as connection:  # first: coming here again changes nothing
            put_aside(connection, IndexUnit.name, (one,))
        with self._views.write() as connection:
            move(connection, one.position, 0)
        self._progress.raise_()

    def overview(self, scope: view.Scope) -> view.Overview:
        with self._views.read() as connection:
            return overview_query.overview(connection, scope)

    def ledger(self, scope: view.Scope, by: view.LedgerBy) -> Sequence[view.LedgerRow]:
        with self._views.read() as connection:
            return ledger_query.ledger(connection, scope, by)

    def matrix(self, scope: view.Scope) -> Sequence[view.ReportRow]:
        with self._views.read() as connection:
            return report_query.rows(connection, scope)

    def findings(self, query: view.FindingQuery) -> view.FindingPage:
        with self._views.read() as connection:
            return finding_query.find(connection, query)

    def report(self, agency_id: str, year: int, scope: view.Scope) -> view.ReportView | None:
        with self._views.read() as connection:
            return report_query.report(connection, agency_id, year, scope)

    def agency(self, agency_id: str, scope: view.Scope) -> view.AgencyView | None:
        with self._views.read() as connection:
            return agency_query.agency(connection, agency_id, scope)

    def rejected(self, scope: view.Scope, limit: int = 100) -> Sequence[view.Rejected]:
        with self._views.read() as connection:
            return report_query.rejected(connection, scope, limit)

    def aside(self, scope: view.Scope, limit: int = 100) -> Sequence[view.Aside]:
        with self._views.read() as connection:
            return aside_query.aside(connection, scope, limit)

    def search(self, query: view.SearchQuery) -> view.SearchPage:
        with self._views.read() as connection:
            return search_query.search(connection, query)

    def position(self) -> int:
        with self._views.read() as connection:
            return int(connection.execute("SELECT position FROM progress").fetchone()[0])


class IndexUnit:
    """Takes the whole history into the read models; their position is stored with them."""

    name = "indexer"

    def __init__(self, log: SqliteEventLog, index: SqliteIndex) -> None:
        self._log = log
        self._index = index

    def advance(self) -> bool:
        """Take one step; False when there was nothing to do."""
        try:
            return self._advance()
        except ViewsDamagedError as error:  # they were begun anew, and so do we
            logger.error("%s", error, extra={"action": "views_anew"})
            return True

    def _advance(self) -> bool:
        topics: tuple[Topic, ...] = ("posted", "facts", "conclusions")
        rows = self._log.read_raw(topics, self._index.position(), _EVENTS_AT_ONCE)
        if not rows:
            return False
        try:
            self._index.apply(Recorded(position, decode(data)) for position, _, data in rows)
        except StorageError:
            raise
        except Exception:  # one of them is at fault: find out which
            for row in rows:
                self._apply_one(*row)
        return True

    def _apply_one(self, position: int, event_id: str, data: bytes) -> None:
        key = ""
        try:
            event = decode(data)
            key = event.key
            self._index.apply((Recorded(position, event),))
        except StorageError:
            raise
        except Exception as error:  # whatever it is, later events must go on
            cause = str(error) if isinstance(error, EventError) else repr(error)
            logger.error(
                "an event was set aside",
                exc_info=error,
                extra={"action": "event_set_aside", "event_id": event_id, "key": key},
            )
            self._index.set_aside(SetAside(position, key, event_id, cause))


def move(connection: sqlite3.Connection, position: int, at_us: int) -> None:
    """The read models know the history up to `position`, recorded at `at_us` (microseconds)."""
    connection.execute(
        "UPDATE progress SET position = max(position, ?), at_us = max(at_us, ?)",
        (position, at_us),
    )
