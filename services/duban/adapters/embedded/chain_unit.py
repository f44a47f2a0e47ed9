"""A chain of processors as a unit: takes facts in order, and stores each step whole."""

from __future__ import annotations

import logging
import time
from collections import deque
from functools import partial

from duban.adapters.embedded.crew import Crew, CrewLostError
from duban.adapters.embedded.key_work import Outcome, work
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_state_store import SqliteStateStore
from duban.adapters.embedded.step_plan import Passed, StepPlan
from duban.observing import UNOBSERVED, Observer
from duban.ports import Cursor
from duban.processors.processor import Chain

logger = logging.getLogger(__name__)

_EVENTS_AT_ONCE = 64
_EVENTS_FOR_A_CREW = 512
_KEYS_AT_ONCE = 32
_STEPS_AHEAD = 2  # handed out beyond the one in hand, so that no worker waits for the other
WORTH_A_CREW_S = 2.0  # starting workers costs about half a second


class ChainUnit:
    """Takes facts in order; an event for everyone is handled for the known keys in batches.

    `passed` are the places where events were set aside when this history was lived: who derives
    the conclusions again passes over the same. With a `crew` what takes long is computed side by
    side; what is stored is the same.
    """

    def __init__(
        self,
        log: SqliteEventLog,
        store: SqliteStateStore,
        chain: Chain,
        *,
        passed: Passed | None = None,
        crew: Crew | None = None,
        worth_a_crew_s: float = WORTH_A_CREW_S,
        observer: Observer = UNOBSERVED,
    ) -> None:
        self.name = chain.name
        self._log = log
        self._store = store
        self._chain = chain
        self._passed = passed or {}
        self._crew = crew
        self._worth_s = worth_a_crew_s
        self._observer = observer
        self._working: Crew | None = None
        self._ahead: deque[StepPlan] = deque()

    def advance(self) -> bool:
        """Take one step; False when there was nothing to do."""
        plan = self._ahead.popleft() if self._ahead else self._plan()
        if plan is None:
            self._dismiss()
            return False
        begun = time.perf_counter()
        outcomes = self._outcomes(plan)
        step = plan.step(outcomes)
        self._store.store(step)
        took_s = time.perf_counter() - begun
        self._observer.took_step(self.name, plan.taken(step), took_s)
        if self._crew is not None:
            self._weigh(plan, took_s)
        return True

    def _plan(self, before: Cursor | None = None) -> StepPlan | None:
        with self._store.reading() as reader:
            if before is None:
                before = reader.cursor(self.name)
            limit = _EVENTS_FOR_A_CREW if self._working else _EVENTS_AT_ONCE
            if before.broadcast_after is not None:
                limit = 1
            rows = self._log.read_raw(("facts",), before.position, limit)
            if not rows:
                return None
            plan = StepPlan(reader, self._chain, before, self._passed, _KEYS_AT_ONCE)
            for row in rows:
                if not plan.take(*row):
                    break
            return plan

    def _outcomes(self, plan: StepPlan) -> list[Outcome]:
        if self._working is not None and len(plan.turns) > 1:
            try:
                return self._by_crew(plan, self._working)
            except CrewLostError:
                logger.warning(
                    "a worker ended; its work is done again", extra={"action": "worker_lost"}
                )
            except BaseException:
                self._dismiss()
                raise
        self._dismiss()
        with self._store.reading() as reader:
            return [
                work(self._chain, key, turns, partial(reader.record, self.name, key))
                for key, turns in plan.turns.items()
            ]

    def _by_crew(self, plan: StepPlan, crew: Crew) -> list[Outcome]:
        if not plan.is_begun:
            self._begin(plan, crew)
        self._look_ahead(plan, crew)
        return crew.finish()

    def _look_ahead(self, plan: StepPlan, crew: Crew) -> None:
        """Hand out the next keys of a broadcast: none of them is in the steps before theirs."""
        last = self._ahead[-1] if self._ahead else plan
        while len(self._ahead) < _STEPS_AHEAD and last.is_begun:
            if last.after.broadcast_after is None:
                return
            following = self._plan(last.after)
            if following is None:
                return
            if len(following.turns) > 1:
                self._begin(following, crew)
            self._ahead.append(following)
            last = following

    def _begin(self, plan: StepPlan, crew: Crew) -> None:
        crew.begin(plan.turns, whole=plan.is_broadcast)
        plan.is_begun = True

    def _weigh(self, plan: StepPlan, took_s: float) -> None:
        """Call the crew when there is much left to do at this pace."""
        if self._working is not None or not plan.turns:
            return
        with self._store.reading() as reader:
            if plan.after.broadcast_after is not None:
                left = reader.keys_left(self.name, plan.after.broadcast_after)
                pace_s = took_s / len(plan.turns)
            else:
                left = reader.facts_left(plan.after.position)
                pace_s = took_s / sum(map(len, plan.turns.values()))
        if left * pace_s > self._worth_s:
            self._working = self._crew

    def _dismiss(self) -> None:
        self._ahead.clear()
        if self._working is not None:
            self._working.close()
            self._working = None
