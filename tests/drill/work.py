"""What is killed in a drill: taking in and judging, judging again, rebuilding, backing up,
restoring.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from math import inf
from pathlib import Path
from typing import NamedTuple

from tests.drill.office import DayClock, serve
from tests.drill.plan import Plan, Pool

from duban.adapters.agency_chain import agency_chain
from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.embedded.backup import back_up
from duban.adapters.embedded.filling import filled_beside
from duban.adapters.embedded.judging import judge_again
from duban.adapters.embedded.rederive import derive_again
from duban.adapters.embedded.restore import restore
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.embedded.views_build import rebuild
from duban.adapters.rulebook_library import RulebookLibrary
from duban.adapters.rules_in_force import RulesInForce

_ENOUGH_FOR_WORKERS = 4  # agencies: two steps of a broadcast, of two keys each (see __main__)


class Drill(NamedTuple):
    """One drill: where, what happens, and the two rulebooks.

    `goes_on`: judging goes on while it is backed up.
    """

    folder: Path
    plan: Plan
    pool: Pool
    rules: Path
    other_rules: Path
    goes_on: bool = True

    @property
    def has_workers(self) -> bool:
        """Whether worker processes judge, and fill new views; they cost half a second each."""
        return len(self.plan.agencies) == _ENOUGH_FOR_WORKERS

    @property
    def data(self) -> Path:
        """The data folder."""
        return self.folder / "data"

    @property
    def backup(self) -> Path:
        """Where the backup is written."""
        return self.folder / "backup.zip"

    @property
    def restored(self) -> Path:
        """Where the backup is restored."""
        return self.folder / "restored"


def _serve(drill: Drill) -> None:
    serve(drill.data, drill.plan, drill.pool, drill.rules)


def _judge(drill: Drill) -> None:
    with EmbeddedStore(drill.data) as store, store.processing():
        judge_again(
            store,
            drill.other_rules,
            _last_day(drill),
            _untold,
            worth_a_crew_s=0.0 if drill.has_workers else inf,
        )


def _rebuild(drill: Drill) -> None:
    def untold(_: int, __: int) -> None:
        """Nobody looks on."""

    with EmbeddedStore(drill.data) as store, store.rebuilding(), ExitStack() as opened:
        filling = opened.enter_context(filled_beside(store)) if drill.has_workers else None
        library = RulebookLibrary(store.blobs, store.states)
        chain = agency_chain(library, CalendarLibrary(store.blobs, store.states))
        derived = derive_again(store, chain, untold)
        views = rebuild(store, told=untold, filling=filling)
        assert derived.is_equal, derived.conclusions
        assert views.is_equal, views.kinds


def _backup(drill: Drill) -> None:
    """Back up; with `goes_on` everything is judged by the other rules while pages are copied."""
    with EmbeddedStore(drill.data) as store:
        last_day, judged = _last_day(drill), []

        def goes_on(_: str, __: int, ___: int) -> None:
            if drill.goes_on and not judged:
                judged.append(True)
                is_first = RulesInForce(store.blobs, store.states).order().own
                rules = drill.rules if is_first else drill.other_rules
                judge_again(store, rules, last_day, _untold, own=not is_first, worth_a_crew_s=inf)

        now = last_day.now()
        back_up(store.history, store.blobs, drill.backup, now=now, force=True, told=goes_on)


def _restore(drill: Drill) -> None:
    restore(drill.backup, drill.restored, told=_untold)


def _last_day(drill: Drill) -> DayClock:
    return DayClock(drill.plan, len(drill.plan.days) - 1)


def _untold(_: str, __: int, ___: int) -> None:
    """Nobody looks on."""


#: In the order in which a drill goes through them.
WORK: Mapping[str, Callable[[Drill], None]] = {
    "serve": _serve,
    "judge": _judge,
    "rebuild": _rebuild,
    "backup": _backup,
    "restore": _restore,
}
