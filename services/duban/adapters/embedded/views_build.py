"""New read models beside those in use: filled from the history, compared, exchanged."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from duban.adapters.embedded import views_compare, views_export
from duban.adapters.embedded.filling import Filling, FillingLostError
from duban.adapters.embedded.index_unit import IndexUnit
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_index import SqliteIndex
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.embedded.views import ViewsFile
from duban.adapters.embedded.views_compare import Comparison
from duban.ports import SetAside

logger = logging.getLogger(__name__)

_EVENTS_AT_ONCE = 1000

Told = Callable[[int, int], None]  # how far, of how much: positions of the history


class Rebuilt(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a rebuild of the read models, compared at one position."""

    position: int
    kinds: tuple[Comparison, ...]
    is_exchanged: bool

    @property
    def is_equal(self) -> bool:
        """Whether the new ones are what was shown."""
        return all(kind.is_equal for kind in self.kinds)


def rebuild(
    store: EmbeddedStore,
    *,
    told: Told,
    exchange: bool = True,
    accept: bool = False,
    filling: Filling | None = None,
) -> Rebuilt:
    """Build the read models anew and, where they equal those in use, or `accept`, exchange them.

    Pages go on being read meanwhile, here and in other processes; those in use stay untouched
    until the exchange. `filling` is what was begun before.
    """
    new, aside = _begun(store, filling, told)
    try:
        build = _Build(store, new, told, aside)
        position, kinds = build.compared()
        is_wanted = exchange and (accept or store.views.anew or all(k.is_equal for k in kinds))
        if is_wanted:
            build.exchange()
    finally:
        new.release()
        store.views.files.sweep()
    return Rebuilt(position=position, kinds=kinds, is_exchanged=bool(is_wanted))


def _begun(
    store: EmbeddedStore, filling: Filling | None, told: Told
) -> tuple[ViewsFile, Sequence[SetAside]]:
    """The file to go on with, and what could not be taken into it."""
    if filling is not None:
        try:
            aside = filling.finish(told)
            return store.views.filled(filling.number), aside
        except FillingLostError:
            logger.warning(
                "the process that built the views ended; its work is done again",
                extra={"action": "worker_lost"},
            )
    return store.views.make(), ()


class _Build:
    """One new file, and what could not be taken into it."""

    def __init__(
        self, store: EmbeddedStore, new: ViewsFile, told: Told, aside: Sequence[SetAside]
    ) -> None:
        self._store = store
        self._new = new
        self._told = told
        self._aside = [*aside]
        self._index = SqliteIndex(new.database, self._aside.append, Signal())

    def compared(self) -> tuple[int, tuple[Comparison, ...]]:
        """Bring the new ones to where those in use are, and compare; the position and the kinds."""
        self._fill(self._store.index.position())
        with self._store.views.read() as before:
            position = views_export.position(before)  # from here on it stands still for us
            self._fill(position)
            with self._new.database.read() as after:
                return position, views_compare.compare(before, after)

    def exchange(self) -> None:
        """Bring the new ones to the end of the history, and let them be read from now on."""
        self._fill(None)
        with self._store.views.lent() as old, old.database.write():
            self._fill(None)  # little; meanwhile no indexer goes beyond us
            with self._new.database.write(durable=True) as connection:
                connection.execute("UPDATE progress SET position = position")
            self._store.views.exchange(self._new)
        self._store.put_aside_anew(self._aside)

    def _fill(self, upto: int | None) -> None:
        unit = IndexUnit(self._store.log, self._index, at_once=_EVENTS_AT_ONCE, upto=upto)
        while unit.advance():
            self._told(self._index.position(), upto or self._store.end())
