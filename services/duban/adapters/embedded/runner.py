"""Runs the units of one process: each takes its events in order, at once when they come."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from typing import Protocol

from duban.adapters.embedded.signal import Signal
from duban.errors import DubanError

logger = logging.getLogger(__name__)

_LOOK_AGAIN_S = 1.0  # another process may append to the same file without our hearing of it


class Unit(Protocol):
    """A consumer with a position of its own."""

    name: str

    def advance(self) -> bool:
        """Take one step and store all it changed; False when there was nothing to do."""
        ...


class EmbeddedRunner:
    """One thread a unit, woken by what is stored; an error of one stops all of them."""

    def __init__(self, units: Sequence[Unit], signal: Signal) -> None:
        self._units = units
        self._signal = signal
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()
        self.error: Exception | None = None

    def run_until_idle(self) -> None:
        """Handle everything there is, in the calling thread; raises StorageError."""
        advanced = True
        while advanced:
            advanced = False
            for unit in self._units:
                advanced = unit.advance() or advanced

    def start(self) -> None:
        """Handle events as they come, until `stop`."""
        self._stopping.clear()
        self._threads = [
            threading.Thread(target=self._run, args=(unit,), name=f"unit-{unit.name}", daemon=True)
            for unit in self._units
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End after the steps in hand; raises what stopped the units before, if anything did."""
        self._stopping.set()
        self._signal.raise_()
        for thread in self._threads:
            thread.join()
        self._threads = []
        if self.error is not None:
            raise self.error

    def _run(self, unit: Unit) -> None:
        seen = self._signal.count
        try:
            while not self._stopping.is_set():
                if not unit.advance():
                    seen = self._signal.wait(seen, _LOOK_AGAIN_S)
        except Exception as error:  # kept, logged and raised again by `stop`
            self.error = error
            self._stopping.set()
            self._signal.raise_()
            expected = isinstance(error, DubanError)
            logger.critical(
                "the machinery stopped: %s",
                error,
                exc_info=None if expected else error,
                extra={"action": "runner_stopped", "unit": unit.name},
            )
