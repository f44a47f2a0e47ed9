"""Server-sent events: one thread waits for the index, every open page hears of it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable

from duban.errors import DubanError

logger = logging.getLogger(__name__)

WAIT_S = 1.0  # how long the one waiting thread stays in a wait; bounds the time to close
KEEPALIVE_S = 15.0  # proxies drop silent streams


class Live:
    """Spreads the index's position to any number of streams with a single waiting thread."""

    def __init__(self, wait: Callable[[int, float], int]) -> None:
        self._wait = wait
        self._position = 0
        self._moved = asyncio.Condition()
        self._task: asyncio.Task[None] | None = None
        self._closed = False

    async def close(self) -> None:
        """End the waiting thread and every stream."""
        self._closed = True
        if self._task is not None:
            await self._task
        async with self._moved:
            self._moved.notify_all()

    async def _follow(self) -> None:
        while not self._closed:
            try:
                position = await asyncio.to_thread(self._wait, self._position, WAIT_S)
            except DubanError as error:  # it may be readable again soon, and the pages live on
                logger.warning("%s", error, extra={"action": "live_interrupted"})
                await asyncio.sleep(WAIT_S)
                continue
            if position != self._position:
                async with self._moved:
                    self._position = position
                    self._moved.notify_all()

    async def stream(self, known: int) -> AsyncIterator[str]:
        """Events `position` with the index's position, each time it moved past what was told."""
        if self._task is None:
            self._task = asyncio.create_task(self._follow())
        yield "retry: 2000\n\n"
        while not self._closed:
            try:
                async with asyncio.timeout(KEEPALIVE_S), self._moved:
                    while self._position <= known and not self._closed:
                        await self._moved.wait()
            except TimeoutError:
                yield ": still here\n\n"
                continue
            if self._position > known:
                known = self._position
                yield f"event: position\ndata: {known}\n\n"
