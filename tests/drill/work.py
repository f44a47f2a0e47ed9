"""What is killed in a drill: taking in and judging, judging again, rebuilding, backing up."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.drill.office import DayClock, serve
from tests.drill.plan import Plan, Pool

from duban.adapters.agency_chain import agency_chain
from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.embedded.rederive import derive_again
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.embedded.views_build import rebuild
from duban.adapters.rulebook_library import RulebookLibrary


class Drill(NamedTuple):
    """One drill: where, what happens, and the two rulebooks."""

    folder: Path
    plan: Plan
    pool: Pool
    rules: Path
    other_rules: Path

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def backup(self) -> Path:
        """Where the backup is written."""
        return self.folder / "backup.zip"


def _serve(drill: Drill) -> None:
    serve(drill.data, drill.plan, drill.pool, drill.rules)


def _judge(drill: Drill) -> None:
    with EmbeddedStore(drill.data) as store:
        library = RulebookLibrary(store.blobs, store.states)
        library.release(drill.other_rules, DayClock(drill.plan, len(drill.plan.days) - 1))
        calendars = CalendarLibrary(store.blobs, store.states)
        store.runner(agency_chain(library, calendars)).run_until_idle()


def _rebuild(drill: Drill) -> None:
    with EmbeddedStore(drill.data) as store, store.rebuilding():
        library = RulebookLibrary(store.blobs, store.states)
        chain = agency_chain(library, CalendarLibrary(store.blobs, store.states))
        derived = derive_again(store, chain, _untold)
        views = rebuild(store, told=_untold)
        assert derived.is_equal, derived.conclusions
        assert views.is_equal, views.kinds


def _untold(_: int, __: int) -> None:
    """Nobody looks on."""


#: In the order in which a drill goes through them.
WORK: Mapping[str, Callable[[Drill], None]] = {
    "serve": _serve,
    "judge": _judge,
    "rebuild": _rebuild,
}
