"""The whole chain of an agency, as the workers of the tests and the embedded runner have it."""

from __future__ import annotations

import time

from duban import assets
from duban.adapters.holidays import days_off
from duban.domain.event import Event, ReportRead
from duban.processors.alerter import Alerter
from duban.processors.calendar import Calendar
from duban.processors.processor import Chain, State
from duban.rulebook.deadlines import load
from duban.testing.events import sha256
from duban.testing.runner import evaluator


class OfficeChain(Chain):
    """Judges with the evaluator of the tests; `slow` seconds are slept before each report."""

    def __init__(self, slow: float = 0.0) -> None:
        almanac = load(assets.find("rules"), days_off)
        calendar = Calendar({sha256("calendar 1"): almanac}.__getitem__)
        super().__init__("agency", (calendar, evaluator()), Alerter())
        self._slow = slow

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        if self._slow and isinstance(event.body, ReportRead):
            time.sleep(self._slow)
        return super().handle(event, state)
