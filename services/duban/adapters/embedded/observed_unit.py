"""A unit that says nothing of its own steps, told of by whoever runs it."""

from __future__ import annotations

import time

from duban.adapters.embedded.runner import Unit
from duban.observing import Observer


class ObservedUnit:
    """Tells of each step that something was done in."""

    def __init__(self, unit: Unit, observer: Observer) -> None:
        self.name = unit.name
        self._unit = unit
        self._observer = observer

    def advance(self) -> bool:
        """Take one step; False when there was nothing to do."""
        began = time.perf_counter()
        advanced = self._unit.advance()
        if advanced:
            self._observer.took_step(self.name, (), time.perf_counter() - began)
        return advanced
