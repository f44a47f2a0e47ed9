"""One lane for each partition number: its messages in order, beside those of the others."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Lanes(Generic[T]):
    """Hands what is put into a lane to `work`, in order, up to `batch` at a time.

    `waiting` more are held for each lane; one that is full lets whoever puts wait. What `work`
    raises goes to `failed`, and ends the lane. With `every_s` less than a batch waits for the next
    moment of that measure, which all lanes have in common; a whole batch waits for nothing.
    """

    def __init__(
        self,
        work: Callable[[list[T]], Awaitable[None]],
        failed: Callable[[BaseException], None],
        batch: int,
        waiting: int,
        every_s: float = 0.0,
    ) -> None:
        self._work = work
        self._failed = failed
        self._batch = batch
        self._waiting = waiting
        self._every_s = every_s
        self._queues: dict[int, asyncio.Queue[T]] = {}
        self._whole: dict[int, asyncio.Event] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._busy: set[int] = set()
        self._putting = 0

    async def put(self, number: int, one: T) -> None:
        """Queue one for a lane, which is opened when it is first used."""
        if number not in self._queues:
            self._queues[number] = asyncio.Queue(self._waiting)
            self._whole[number] = asyncio.Event()
            self._tasks.append(asyncio.create_task(self._run(number)))
        self._putting += 1
        try:
            await self._queues[number].put(one)
        finally:
            self._putting -= 1
        if self._is_whole(number):
            self._whole[number].set()

    @property
    def is_full(self) -> bool:
        """Whether somebody waits for room in a lane, with what goes to other lanes behind it."""
        return self._putting > 0

    def is_busy(self, number: int) -> bool:
        """Whether anything waits or is worked at in a lane."""
        return number in self._busy or (number in self._queues and not self._queues[number].empty())

    async def close(self) -> None:
        """End all, after the steps in hand; what waits is dropped."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _run(self, number: int) -> None:
        queue = self._queues[number]
        while True:
            found = [await queue.get()]
            self._busy.add(number)
            if self._every_s:
                await self._gather(number)
            while len(found) < self._batch and not queue.empty():
                found.append(queue.get_nowait())
            try:
                await self._work(found)
            except Exception as error:  # told to the worker, which ends with it
                self._failed(error)
                return
            finally:
                self._busy.discard(number)

    async def _gather(self, number: int) -> None:
        """Wait for what is to be taken with one that was taken already."""
        whole = self._whole[number]
        whole.clear()
        if self._is_whole(number):
            return
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._every_s - time.monotonic() % self._every_s):
                await whole.wait()

    def _is_whole(self, number: int) -> bool:
        """Whether a batch waits, but for one; no more than `waiting` ever do."""
        return self._queues[number].qsize() >= min(self._batch - 1, self._waiting)
