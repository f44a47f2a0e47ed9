"""Whether Kafka answers a worker: told when it stops, now and then while it is away, and after."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from duban.errors import DubanError

logger = logging.getLogger(__name__)

_FIRST_S = 20.0
_LONGEST_S = 600.0


class Contact:
    """What a worker knows of Kafka by asking every few seconds; `now` is a clock in seconds."""

    def __init__(self, unit: str, *, now: Callable[[], float] = time.monotonic) -> None:
        self._unit = unit
        self._now = now
        self._pause_s = _FIRST_S
        self._tell_at = 0.0
        self.is_there = True

    def had(self) -> None:
        """It answered."""
        if not self.is_there:
            logger.warning(
                "%s：又连上了 Kafka，接着处理",
                self._unit,
                extra={"action": "kafka_reached_again", "unit": self._unit},
            )
        self.is_there = True

    def lost(self, error: DubanError) -> None:
        """It did not answer; the error tells why."""
        if self.is_there:
            self._pause_s, self._tell_at = _FIRST_S, self._now()
        self.is_there = False
        if self._now() < self._tell_at:
            return
        logger.error(
            "%s：%s（一直在等它恢复；没有处理的都留在 Kafka 上）",
            self._unit,
            error,
            extra={"action": "kafka_out_of_reach", "unit": self._unit},
        )
        self._tell_at = self._now() + self._pause_s
        self._pause_s = min(_LONGEST_S, 2 * self._pause_s)
