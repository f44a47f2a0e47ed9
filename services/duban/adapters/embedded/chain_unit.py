"""A chain of processors as a unit: takes facts in order, and stores each step whole."""

from __future__ import annotations

from functools import partial

from duban.adapters.embedded.key_work import work
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_state_store import SqliteStateStore
from duban.adapters.embedded.step_plan import Passed, StepPlan
from duban.processors.processor import Chain

_EVENTS_AT_ONCE = 64
_KEYS_AT_ONCE = 64


class ChainUnit:
    """Takes facts in order; an event for everyone is handled for the known keys in batches.

    `passed` are the places where events were set aside when this history was lived: who derives
    the conclusions again passes over the same.
    """

    def __init__(
        self,
        log: SqliteEventLog,
        store: SqliteStateStore,
        chain: Chain,
        *,
        passed: Passed | None = None,
    ) -> None:
        self.name = chain.name
        self._log = log
        self._store = store
        self._chain = chain
        self._passed = passed or {}

    def advance(self) -> bool:
        """Take one step; False when there was nothing to do."""
        with self._store.reading() as reader:
            before = reader.cursor(self.name)
            limit = 1 if before.broadcast_after is not None else _EVENTS_AT_ONCE
            rows = self._log.read_raw(("facts",), before.position, limit)
            if not rows:
                return False
            plan = StepPlan(reader, self._chain, before, self._passed, _KEYS_AT_ONCE)
            for row in rows:
                if not plan.take(*row):
                    break
            outcomes = [
                work(self._chain, key, turns, partial(reader.record, self.name, key))
                for key, turns in plan.turns.items()
            ]
        self._store.store(plan.step(outcomes))
        return True
