"""The work of an office over one data folder, as far as it takes in, reads and judges.

It is what `duban serve` does, in one thread and with a clock that the plan moves, so that each
point at which it is killed is the same in each run.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from tests.drill.plan import Plan, PlannedSite, Pool

from duban.adapters.agency_chain import agency_chain
from duban.adapters.day_emitter import UNIT as DAYS
from duban.adapters.day_emitter import DayEmitter
from duban.adapters.embedded.moment import SHANGHAI
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rules_in_force import RulesInForce
from duban.crawler.memory import Memory
from duban.crawler.poll import Poller
from duban.crawler.registration import register, registered
from duban.domain.event import EVERYONE
from duban.intake.unit import NAME as INTAKE
from duban.intake.unit import Intake


class DayClock:
    """Nine in the morning of a day of the plan, and a second later each time it is asked."""

    def __init__(self, plan: Plan, day: int) -> None:
        on = plan.days[day]
        self._now = datetime(on.year, on.month, on.day, 9, tzinfo=SHANGHAI)

    def now(self) -> datetime:
        self._now += timedelta(milliseconds=1)
        return self._now


def serve(folder: Path, plan: Plan, pool: Pool, rules: Path) -> None:
    """Start where the last process ended, and go on to the end of the last day."""
    with EmbeddedStore(folder) as store:
        for day in range(_begun(store, plan), len(plan.days)):
            clock = DayClock(plan, day)
            in_force = RulesInForce(store.blobs, store.states)
            calendar = in_force.start(rules, None, clock).calendar
            register(plan.agencies, store.states, clock)
            DayEmitter(store.states, clock, calendar).emit()
            intake = Intake(pool.read, store.blobs, clock, lambda: registered(store.states))
            runner = store.runner(
                agency_chain(in_force.rulebooks, in_force.calendars),
                units=[store.effect(INTAKE, "posted", intake.handle)],
            )
            runner.run_until_idle()
            poller = Poller(
                PlannedSite(plan, day), Memory(store.states), store.blobs, clock, log=store.log,
                recheck=timedelta(0),
            )  # fmt: skip
            poller.round(plan.agencies)
            runner.run_until_idle()


def _begun(store: EmbeddedStore, plan: Plan) -> int:
    """The day of the plan that was begun last; it is gone through again."""
    known = store.states.record(DAYS, EVERYONE, "last")
    if known is None:
        return 0
    return next(n for n, day in enumerate(plan.days) if day.isoformat().encode() in known.data)


Work = Callable[[], None]
