"""The read models on Elasticsearch, behind the port."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from datetime import datetime
from types import TracebackType

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic import (
    agency_query,
    aside_query,
    finding_query,
    ledger_query,
    overview_query,
    report_query,
    search_query,
)
from duban.adapters.elastic.alone import Alone
from duban.adapters.elastic.applying import Applying
from duban.adapters.elastic.asides import Asides
from duban.adapters.elastic.asking import Asking
from duban.adapters.elastic.bulk import Bulk
from duban.adapters.elastic.clearing import clear
from duban.adapters.elastic.client import connected
from duban.adapters.elastic.failure import BlockedError, MissingError
from duban.adapters.elastic.indices import Generation, Indices
from duban.adapters.elastic.lease import BusyError, Lease
from duban.adapters.elastic.roster import Rosters
from duban.adapters.elastic.showing import Showing
from duban.adapters.elastic.together import Together
from duban.config import ElasticSettings
from duban.domain import view
from duban.errors import StorageError
from duban.ports import Recorded, SetAside

INDEXER = "indexer"
_PATIENCE_S = 300.0  # longer than a rebuild exchanges its indices
_BLOCKED_S = 30.0  # then somebody looks whether the rebuild that blocked them still lives
_PAUSE_S = 0.5
_GATHER_S = 0.1  # a request costs both sides as much as several documents
_ROWS_AT_ONCE = 500


class ElasticIndex(AbstractContextManager["ElasticIndex"]):
    """Answers are asked of the indices behind the aliases; a rebuild exchanges them meanwhile.

    `lanes` is the number of partitions that share positions (see `KafkaEventLog`). Several may
    write at once, each the keys of its own partitions. An answer that needs several searches may
    see events that came between them: figures of one search always add up. May be shared by
    threads.
    """

    def __init__(
        self,
        settings: ElasticSettings,
        *,
        lanes: int = 1,
        client: Elasticsearch | None = None,
        generation: Generation | None = None,
        alone: Alone | None = None,
    ) -> None:
        """With `generation`, what is written goes there, whatever the aliases say.

        Batches that share no key may be applied there side by side. With `alone` nothing is in it
        yet.
        """
        self.settings = settings
        self._client = client or connected(settings)
        self.indices = Indices(self._client, settings)
        self.asking = Asking(self._client, settings)
        self._rosters = Rosters(self.asking)
        self._pinned = generation
        self._found: Generation | None = None
        self._writing = threading.Lock()
        gather_s = min(_GATHER_S, settings.refresh_s / 2)
        self._together = Together(self._take, gather_s)
        bulk = Bulk(self._client, settings)
        self._applying = Applying(self._client, settings, bulk, lanes, alone=alone)
        self._asides = Asides(self._client, settings, bulk)
        self._showing = Showing(self.indices, bulk, lanes, settings.refresh_s / 2)

    def apply(self, recorded: Iterable[Recorded]) -> None:
        """Take events in, with those that other threads bring meanwhile; again changes nothing.

        An event whose document the server refuses is set aside with its cause.
        """
        batch = list(recorded)
        if batch and self._pinned is not None:
            self._take(batch)
        elif batch:
            self._together.take(batch)

    def forget(self) -> None:
        """Others wrote, or may have written, what this one wrote until now: read all of it anew."""
        self._applying.forget()

    def _take(self, batch: Sequence[Recorded]) -> None:
        with nullcontext() if self._pinned else self._writing:
            self._patiently(lambda generation: self._apply(generation, batch))

    def _apply(self, generation: Generation, batch: Sequence[Recorded]) -> None:
        for one in self._applying.apply(generation, batch):
            event = one.recorded.event
            aside = SetAside(one.recorded.position, event.key, event.id, one.cause)
            self._asides.put(generation, INDEXER, aside, event.name, event.at)
        self._showing.wrote(generation, batch)

    def set_aside(
        self, one: SetAside, *, unit: str = INDEXER, name: str = "", at: datetime | None = None
    ) -> None:
        """An event could not be handled, or (`settled`) was handled at last.

        `name` and `at` are of the event at the position where it was met; of the retry, where it
        is settled.
        """

        def put(generation: Generation) -> None:
            self._asides.put(generation, unit, one, name, at)
            self.indices.refresh(generation, "aside")

        with self._writing:
            self._patiently(put)

    def _patiently(self, write: Callable[[Generation], None]) -> None:
        """Write into the set that is read: again, all of it, where a rebuild exchanges the sets.

        Which one that is is not asked each time: one that is exchanged cannot be written any more.
        """
        begun = time.monotonic()
        while True:
            generation = self._found = self._pinned or self._found or self.indices.ensure()
            waited = time.monotonic() - begun
            try:
                return write(generation)
            except (MissingError, BlockedError) as error:
                self._found = None
                is_missing = isinstance(error, MissingError)
                if waited > _PATIENCE_S or (is_missing and self._pinned is not None):
                    raise
                if is_missing:
                    if self.indices.current() == generation:
                        self.indices.admit(generation)
                elif waited > _BLOCKED_S:
                    self._free()
            time.sleep(_PAUSE_S)

    def _free(self) -> None:
        """Clear away what a killed rebuild left; one that lives goes on."""
        with suppress(BusyError), Lease(self._client, self.settings):
            clear(self.indices)

    def show(self) -> None:
        """Let everything that was taken in be found now, instead of a moment later."""
        self._showing.show()

    def overview(self, scope: view.Scope) -> view.Overview:
        return overview_query.overview(self.asking, self._rosters.at(scope), scope)

    def ledger(self, scope: view.Scope, by: view.LedgerBy) -> Sequence[view.LedgerRow]:
        return ledger_query.ledger(self.asking, self._rosters.at(scope), scope, by)

    def ledgers(self, scope: view.Scope) -> Mapping[view.LedgerBy, Sequence[view.LedgerRow]]:
        return ledger_query.ledgers(self.asking, self._rosters.at(scope), scope)

    def years(self, scope: view.Scope) -> Sequence[int]:
        """The years anything is owed or seen for, newest first, whatever year the scope names."""
        every_year = msgspec.structs.replace(scope, year=None)
        return tuple(int(row.key) for row in self.ledger(every_year, "year"))

    def choices(self, scope: view.Scope) -> view.Choices:
        return overview_query.choices(self.asking, self._rosters.at(scope), scope)

    def matrix(
        self, scope: view.Scope, states: Sequence[view.ReportState] = ()
    ) -> Sequence[view.ReportRow]:
        return report_query.rows(self.asking, self._rosters.at(scope), scope, states=states)

    def findings(self, query: view.FindingQuery) -> view.FindingPage:
        return finding_query.find(self.asking, self._rosters.at(query.scope), query)

    @contextmanager
    def all_findings(
        self, query: view.FindingQuery
    ) -> Iterator[tuple[int, Iterator[view.FindingRow]]]:
        """The number of findings that match, and each in order, as all stood at one moment."""
        roster = self._rosters.at(query.scope)
        whole = msgspec.structs.replace(query, limit=_ROWS_AT_ONCE, offset=0)
        with self.asking.still(finding_query.listing(roster, whole)) as (total, found):
            yield total, finding_query.each(roster, found)

    def report(self, agency_id: str, year: int, scope: view.Scope) -> view.ReportView | None:
        roster = self._rosters.at(scope)
        return report_query.report(self.asking, roster, agency_id, year, scope)

    def agency(self, agency_id: str, scope: view.Scope) -> view.AgencyView | None:
        return agency_query.agency(self.asking, self._rosters.at(scope), agency_id, scope)

    def rejected(self, scope: view.Scope, limit: int = 100) -> Sequence[view.Rejected]:
        return report_query.rejected(self.asking, scope, self._rosters.at(scope), limit)

    def aside(self, scope: view.Scope, limit: int = 100) -> Sequence[view.Aside]:
        return aside_query.aside(self.asking, self._rosters.at(scope), scope, limit)

    def search(self, query: view.SearchQuery) -> view.SearchPage:
        return search_query.search(self.asking, self._rosters.at(query.scope), query)

    def position(self) -> int:
        """The sum of how far each partition of each topic was taken in and can be found."""
        return overview_query.position(self.asking.one(overview_query.PROGRESS).aggs)

    def prepare(self) -> None:
        """Make the indices where there are none; StorageError where they cannot be used as is."""
        self.indices.version()
        self.indices.ensure()
        self.indices.refuse_drift()

    def close(self) -> None:
        """Show what was taken in, and end the connections."""
        try:
            self._showing.end()
        except StorageError:
            pass
        finally:
            self._client.close()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
