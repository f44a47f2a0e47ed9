"""Whether this process stood still for so long that others may have taken over from it."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

logger = logging.getLogger(__name__)

_EVERY_S = 0.25


def _clocks() -> tuple[float, float]:
    """The one stands still with a machine that sleeps, the other may be set: either tells."""
    return time.monotonic(), time.time()


class Pulse:
    """Beats in the loop; a beat that comes late by half a session puts the process in doubt.

    Whoever is in doubt writes nothing for a whole session: by then Kafka has said who holds the
    partitions now.
    """

    def __init__(
        self, session_s: float, clocks: Callable[[], tuple[float, float]] = _clocks
    ) -> None:
        self._session_s = session_s
        self._clocks = clocks
        self._last = clocks()
        self._doubted_until = 0.0

    async def beat(self) -> None:
        """Beat until cancelled; what was before does not count."""
        self._last = self._clocks()
        while True:
            self._look()
            await asyncio.sleep(_EVERY_S)

    def is_sure(self) -> bool:
        """Whether the process may still rely on what Kafka told it last."""
        self._look()
        return self._last[0] >= self._doubted_until

    def _look(self) -> None:
        now = self._clocks()
        stood_s = max(after - before for after, before in zip(now, self._last, strict=True))
        self._last = now
        if stood_s > self._session_s / 2:
            self._doubted_until = now[0] + self._session_s
            logger.warning(
                "本进程停顿了 %.1f 秒，先等 Kafka 重新分配分区，再接着处理",
                stood_s,
                extra={"action": "stood_still"},
            )
