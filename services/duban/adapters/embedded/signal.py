"""How threads of one process tell each other that something was stored."""

from __future__ import annotations

import threading


class Signal:
    """A count of changes that a thread can wait to see grow; no change is missed."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._count = 0

    @property
    def count(self) -> int:
        """How often the signal was raised."""
        with self._condition:
            return self._count

    def raise_(self) -> None:
        """Wake everyone who waits."""
        with self._condition:
            self._count += 1
            self._condition.notify_all()

    def wait(self, seen: int, timeout_s: float) -> int:
        """Wait until the count differs from `seen`, at most `timeout_s`; returns the count."""
        with self._condition:
            self._condition.wait_for(lambda: self._count != seen, timeout_s)
            return self._count
