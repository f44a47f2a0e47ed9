"""Takes messages through a unit: tried again with back-off, then set aside, and on to the next."""

from __future__ import annotations

import asyncio
import contextvars
import functools
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

import msgspec

from duban.adapters.kafka.aside import note_of
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import StateError
from duban.adapters.kafka.partition_unit import Taken
from duban.adapters.kafka.publisher import Message
from duban.adapters.kafka.steps import Steps
from duban.adapters.kafka.tracing import trace_of
from duban.errors import BlobError, DubanError, EventError, MachineError, StorageError

logger = logging.getLogger(__name__)
T = TypeVar("T")
Told = Callable[[Sequence[Raw], Taken, float], None]

_TRIES = 5  # of a message that fails for a reason of its own
_FIRST_PAUSE_S = 0.2
_LONGEST_PAUSE_S = 15.0


class UnreachableError(StorageError):
    """Storage cannot be used, or not for too long; the message is still to be handled."""


class Publishes(Protocol):
    """Writes events; returns once all are acknowledged. Raises StorageError."""

    async def publish(self, messages: Sequence[Message], /) -> None: ...


class Table(Protocol):
    """What the unit remembers of the partition of the message in hand. Raises StorageError."""

    def get(self, name: str, /) -> bytes | None: ...

    async def write(
        self, number: int, writes: Mapping[str, bytes], is_ours: Callable[[], bool], /
    ) -> bool:
        """Store all in its order, acknowledged; False where the partition was taken away."""
        ...


class Delivery:
    """Hands messages to a unit, and stores what each step makes: outputs acknowledged, then state.

    The unit works in threads, so that the loop answers Kafka however long a step takes. A failure
    of storage or of this machine is tried again for `patience_s`, then raises UnreachableError; any
    other one sets the message aside after a few tries.
    """

    def __init__(
        self,
        steps: Steps,
        publisher: Publishes,
        table: Table,
        *,
        told: Told,
        patience_s: float = 300.0,
    ) -> None:
        self._steps = steps
        self._publisher = publisher
        self._table = table
        self._told = told
        self._patience_s = patience_s
        self._threads = ThreadPoolExecutor(steps.at_once, thread_name_prefix=steps.name)

    async def handle(self, raws: Sequence[Raw], is_ours: Callable[[], bool]) -> bool:
        """Take messages of one partition; False where it was taken away meanwhile.

        `is_ours` tells whether the partition may still be written.
        """
        failed, since = 0, time.monotonic()
        fault: Exception | None = None  # for which the message is given up
        while is_ours():
            try:
                if fault is not None:
                    return await self._give_up(raws[0], is_ours, fault)
                return await self._take(raws, is_ours)
            except StateError as error:
                raise UnreachableError(str(error), error.english) from error
            except (StorageError, MachineError) as error:
                failed += 1
                is_own = isinstance(error, BlobError) and len(raws) == 1  # of this message alone
                if is_own and failed >= _TRIES:
                    fault = error
                    continue
                if not is_own and time.monotonic() - since > self._patience_s:
                    raise UnreachableError(str(error), error.english) from error
                self._tell(raws[0], failed, error)
            except Exception as error:  # whatever it is, later events must go on
                if fault is not None:  # even giving it up fails: nothing of it may be passed over
                    raise
                failed += 1
                if len(raws) > 1:
                    return await self._one_by_one(raws, is_ours)
                if failed >= _TRIES or isinstance(error, EventError):  # it will never be readable
                    fault = error
                    continue
                self._tell(raws[0], failed, error)
            await asyncio.sleep(min(_LONGEST_PAUSE_S, _FIRST_PAUSE_S * 2**failed))
        return False

    async def close(self) -> None:
        """End after the steps in hand."""
        await asyncio.to_thread(self._threads.shutdown)

    async def _one_by_one(self, raws: Sequence[Raw], is_ours: Callable[[], bool]) -> bool:
        """One of them is at fault: find out which."""
        for raw in raws:
            if not await self.handle([raw], is_ours):
                return False
        return True

    async def _take(self, raws: Sequence[Raw], is_ours: Callable[[], bool]) -> bool:
        steps = self._steps.take(raws, self._table.get)
        while True:
            began = time.perf_counter()
            taken = await self._work(functools.partial(next, steps, None))
            if taken is None:
                return True
            if not await self._store(raws, taken, is_ours):
                return False
            self._told(raws, taken, time.perf_counter() - began)

    async def _store(self, raws: Sequence[Raw], taken: Taken, is_ours: Callable[[], bool]) -> bool:
        """Everything that a step made, in the order of writing."""
        raw = raws[-1]
        trace = raw.trace or trace_of(raw.id)
        outputs = [msgspec.structs.replace(one, trace=trace) for one in taken.outputs]
        for row in (*taken.settled, *taken.set_aside):
            outputs.append(note_of(self._steps.name, raw, row))
        if outputs and is_ours():
            await self._publisher.publish(outputs)
        return is_ours() and await self._table.write(raw.partition, taken.writes, is_ours)

    async def _give_up(self, raw: Raw, is_ours: Callable[[], bool], error: Exception) -> bool:
        aside = functools.partial(self._steps.give_up, raw, self._table.get, error)
        taken = await self._work(aside)
        stored = await self._store([raw], taken, is_ours)
        if stored:
            self._told([raw], taken, 0.0)
        return stored

    async def _work(self, function: Callable[[], T]) -> T:
        """Run in a thread; whoever cancels waits for the step in hand, which holds the state."""
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.run_in_executor(self._threads, context.run, function)
        try:
            return await asyncio.shield(future)
        except asyncio.CancelledError:
            await asyncio.wait({future})
            raise

    def _tell(self, raw: Raw, tries: int, error: Exception) -> None:
        logger.warning(
            "%s：%s 第 %d 分区第 %d 号事件第 %d 次未成，稍后再试：%s",
            self._steps.name, raw.stream, raw.partition, raw.offset, tries, error,
            exc_info=None if isinstance(error, DubanError) else error,
            extra={"action": "event_retried", "event_id": raw.id, "key": raw.key},
        )  # fmt: skip
