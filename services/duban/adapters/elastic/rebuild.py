"""New indices beside those in use: filled from the history, compared, exchanged."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic import documents, export
from duban.adapters.elastic.alone import Alone
from duban.adapters.elastic.apart import fill_apart, is_ready
from duban.adapters.elastic.asking import Asking, Query, Search
from duban.adapters.elastic.bulk import Bulk, Operation
from duban.adapters.elastic.clearing import clear
from duban.adapters.elastic.client import connected
from duban.adapters.elastic.elastic_index import INDEXER
from duban.adapters.elastic.failure import MissingError
from duban.adapters.elastic.filling import Ground, fill
from duban.adapters.elastic.history import History, Part
from duban.adapters.elastic.indices import Generation, Indices
from duban.adapters.elastic.lease import Lease
from duban.adapters.elastic.untaken import Untaken, reached
from duban.adapters.embedded.views_compare import Comparison
from duban.config import ElasticSettings
from duban.errors import StorageError

Told = Callable[[int, int], None]  # how many events were taken in, of how many there are


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a rebuild; `past` is how many documents tell of earlier times, by kind.

    `untaken` is how many documents were not compared, as the indexers had yet to take events of
    their agencies.
    """

    events: int
    kinds: tuple[Comparison, ...]
    past: Mapping[str, tuple[int, int]]
    untaken: int = 0
    is_first: bool
    is_exchanged: bool

    @property
    def is_equal(self) -> bool:
        """Whether the new ones are what was shown."""
        return all(kind.is_equal for kind in self.kinds)


def rebuild(
    settings: ElasticSettings,
    history: History,
    *,
    told: Told,
    lanes: int = 1,
    processes: int = 1,
    exchange: bool = True,
    accept: bool = False,
) -> Rebuilt:
    """Build the read models anew and, where they equal those in use, or `accept`, exchange them.

    A long history is taken in by several processes, where there may be so many.

    Pages and Kibana go on reading meanwhile. At the end the indexers wait a little: nothing may be
    written while both are compared, and what comes then goes into the new ones. One rebuild at a
    time: BusyError while another runs; what a killed one left is cleared away. Raises StorageError.
    """
    client = connected(settings)
    try:
        return _Build(client, settings, history, told, lanes, processes).run(exchange, accept)
    finally:
        client.close()


class _Build:
    """One new set of indices, beside the one in use, if any."""

    def __init__(
        self,
        client: Elasticsearch,
        settings: ElasticSettings,
        history: History,
        told: Told,
        lanes: int,
        processes: int,
    ) -> None:
        self._client = client
        self._settings = settings
        self._history = history
        self._told = told
        self._lanes = lanes
        self._processes = processes
        self._count = 0
        self._indices = Indices(client, settings)
        self._events = 0
        self._untaken = Untaken({}, lanes)

    def run(self, exchange: bool, accept: bool) -> Rebuilt:
        self._indices.version()
        parts = self._history.parts(self._processes)
        if parts and not is_ready(parts):
            parts = ()
        with Lease(self._client, self._settings) as lease:
            current, number = clear(self._indices)
            if current is not None:
                self._untaken = Untaken(reached(self._asking(current)), self._lanes)
            new = self._indices.make(number, to_fill=True)
            is_exchanged = False
            try:
                if current is None:  # the first indexer may take ours
                    self._fill(new, lease)
                elif parts:
                    self._fill_apart(new, lease, parts)
                else:
                    self._fill(new, lease, Alone())
                old = self._in_use(new)
                if old is not None:
                    self._indices.block(old)
                self._fill(new, lease)  # little: what came meanwhile
                self._indices.filled(new)
                rebuilt = self._compared(old, new)
                lease.renew()
                if exchange and (accept or rebuilt.is_equal):
                    self._indices.exchange(old, new)
                    is_exchanged = True
            except MissingError:
                lease.renew()  # who took over has removed ours
                raise
            finally:
                self._tidy(new, lease, is_exchanged=is_exchanged)
        return msgspec.structs.replace(rebuilt, is_exchanged=is_exchanged)

    def _in_use(self, new: Generation) -> Generation | None:
        """The set that is read; the first indexer may have made it, or taken ours, meanwhile."""
        current = self._indices.current()
        return None if current == new else current

    def _fill_apart(self, new: Generation, lease: Lease, parts: Sequence[Part]) -> None:
        self._count = self._history.count()
        taken = partial(self._taken, lease)
        for heard in fill_apart(self._ground(new), parts, self._untaken, taken):
            self._history.join(heard)

    def _fill(self, new: Generation, lease: Lease, alone: Alone | None = None) -> None:
        self._count = self._history.count()
        with self._ground(new).opened(alone) as index:
            fill(index, self._history, self._untaken, partial(self._taken, lease))
            for row, name in self._history.unreadable():
                index.set_aside(row, name=name)
            index.show()

    def _taken(self, lease: Lease, events: int) -> None:
        lease.check()
        self._events += events
        self._told(self._events, max(self._events, self._count))

    def _ground(self, new: Generation) -> Ground:
        return Ground(settings=self._settings, generation=new, lanes=self._lanes)

    def _compared(self, old: Generation | None, new: Generation) -> Rebuilt:
        kinds: tuple[Comparison, ...] = ()
        past: Mapping[str, tuple[int, int]] = {}
        untaken = 0
        if old is not None:
            self._copy_asides(old, new)
            for one in (old, new):
                self._indices.refresh(one)
            self._indices.refresh(old, "progress")
            keys = self._untaken.keys(reached(self._asking(old)))
            kinds = export.compare(self._client, self._settings, old, new, without=keys)
            untaken = export.count(self._client, self._settings, new, keys)
            before, after = (export.past(self._client, self._settings, one) for one in (old, new))
            past = {name: (before[name], after[name]) for name in before}
        return Rebuilt(
            events=self._events,
            kinds=kinds,
            past=past,
            untaken=untaken,
            is_first=old is None,
            is_exchanged=False,
        )

    def _copy_asides(self, old: Generation, new: Generation) -> None:
        """What other units set aside is told as it happens, and follows from no event.

        What could not be taken into the new set was just found out; of the old one it says nothing.
        """
        self._indices.refresh(old, "aside")
        others: Query = {"bool": {"must_not": {"term": {"unit": INDEXER}}}}
        found = self._asking(old).every(Search(model="aside", filters=[others]))
        self._bulk().write(
            [
                Operation(
                    entry=new.entry("aside"),
                    id=documents.document_id(one["subject"]),
                    routing=one["key"] or one["subject"],
                    version=one["number"],
                    source=msgspec.json.encode(one),
                )
                for one in found
            ]
        )

    def _asking(self, generation: Generation) -> Asking:
        return Asking(self._client, self._settings, generation)

    def _bulk(self) -> Bulk:
        return Bulk(self._client, self._settings)

    def _tidy(self, new: Generation, lease: Lease, *, is_exchanged: bool) -> None:
        """Remove the sets that nobody reads; the one that is read may be written again.

        Where another rebuild took over, all of that is its own business.
        """
        try:
            lease.renew()
        except StorageError:
            if is_exchanged:
                raise
            return
        clear(self._indices)
