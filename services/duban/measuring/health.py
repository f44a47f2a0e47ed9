"""Whether the process lives, and whether it may be relied on."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from duban.errors import DubanError

STALLED_S = 120.0  # one file may take a minute
Check = Callable[[], bool]


def answers(checks: Mapping[str, Check]) -> dict[str, bool]:
    """What each check says; one that cannot be made does not hold."""
    return {name: _holds(check) for name, check in checks.items()}


def _holds(check: Check) -> bool:
    try:
        return check()
    except (DubanError, OSError):
        return False


class Advancing:
    """Holds while every unit has nothing to do, or gets on with it.

    `left` tells what each unit has still to do, in figures that change with each step. Units that
    show the same work left for longer than `patience_s` stand still.
    """

    def __init__(
        self,
        left: Callable[[], Mapping[str, tuple[int, ...]]],
        *,
        patience_s: float = STALLED_S,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._left = left
        self._patience_s = patience_s
        self._now = now
        self._seen: dict[str, tuple[tuple[int, ...], float]] = {}
        self._lock = threading.Lock()

    def __call__(self) -> bool:
        now, left = self._now(), self._left()
        with self._lock:
            for unit, work in left.items():
                known = self._seen.get(unit)
                if known is None or known[0] != work:
                    self._seen[unit] = (work, now)
            return not any(
                any(work) and now - self._seen[unit][1] > self._patience_s
                for unit, work in left.items()
            )


class Filled:
    """Holds once the read models know all that was recorded before the process began."""

    def __init__(self, position: Callable[[], int], end: int) -> None:
        self._position = position
        self._end = end

    def __call__(self) -> bool:
        return self._position() >= self._end
