"""Takes messages through a unit: tried again with back-off, then set aside, and on to the next."""

from __future__ import annotations

import asyncio
import functools
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar

from duban.adapters.kafka.aside import note_of
from duban.adapters.kafka.decided import DONE, Decided, decide, left_over, name_of, packed
from duban.adapters.kafka.origin import SAME_S, Check, OtherTopicsError
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import Get, StateError
from duban.adapters.kafka.publisher import Message
from duban.adapters.kafka.steps import Steps
from duban.adapters.kafka.taken import Taken
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
    """What the unit remembers of each partition. Raises StorageError."""

    def get(self, number: int, name: str, /) -> bytes | None: ...

    async def settle(self, number: int, is_ours: Callable[[], bool], /) -> bool:
        """Have it as it was agreed upon, before it is used; False where it was taken away."""
        ...

    async def write(
        self, number: int, writes: Mapping[str, bytes], is_ours: Callable[[], bool], /
    ) -> bool:
        """Store all as one, acknowledged; False where the partition was taken away."""
        ...


class Delivery:
    """Hands messages to a unit, and stores what each step makes: outputs acknowledged, then state.

    The unit works in threads, so that the loop answers Kafka however long a step takes. A failure
    of storage or of this machine is tried again for `patience_s`, then raises UnreachableError; any
    other one sets the message aside after a few tries. `check` is asked before a message is taken;
    the OtherTopicsError of it, or of the publisher, is raised as it is.
    """

    def __init__(
        self,
        steps: Steps,
        publisher: Publishes,
        table: Table,
        *,
        told: Told,
        patience_s: float = 300.0,
        check: Check = lambda within_s: None,
    ) -> None:
        self._steps = steps
        self._publisher = publisher
        self._table = table
        self._told = told
        self._check = check
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
                if fault is None:
                    return await self._take(raws, is_ours)
                taken = await self._give_up(raws[0], is_ours, fault)
                if taken is None or raws[0] in taken.done:
                    return taken is not None
                failed, fault = 0, None  # one before it was given up, which was not delivered
                continue
            except OtherTopicsError:  # nothing more may be written, no message is at fault
                raise
            except StateError as error:
                raise UnreachableError(str(error), error.english) from error
            except Exception as error:  # whatever it is, later events must go on
                failed += 1
                if (of_storage := _of_storage(error)) is not None:
                    if time.monotonic() - since > self._patience_s:
                        raise UnreachableError(str(error), of_storage.english) from error
                elif fault is not None:  # even giving it up fails: it may not be passed over
                    raise
                elif len(raws) > 1:
                    return await self._one_by_one(raws, is_ours)
                elif failed >= _TRIES or isinstance(error, EventError):  # never to be readable
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
        number = raws[0].partition
        await asyncio.to_thread(self._check, SAME_S)
        if not await self._table.settle(number, is_ours):
            return False
        left = left_over(number, self._get(number))
        if left is not None and not await self._carry_out(number, left, is_ours):
            return False
        steps = self._steps.take(raws, self._get(number))
        while True:
            began = time.perf_counter()
            taken = await self._work(functools.partial(next, steps, None))
            if taken is None:
                return True
            if not await self._store(number, taken, is_ours):
                return False
            self._told(taken.done, taken, time.perf_counter() - began)
            if taken.done and taken.done[-1] is raws[-1]:  # nothing is left to be asked for
                return True

    async def _store(self, number: int, taken: Taken, is_ours: Callable[[], bool]) -> bool:
        """Everything that a step made, in the order of writing."""
        if taken.outputs and is_ours():
            await self._publisher.publish(taken.outputs)
        notes = [note_of(self._steps.name, raw, row) for raw, row in taken.rows]
        if not notes:
            return is_ours() and await self._table.write(number, taken.writes, is_ours)
        decided = decide(notes, taken.writes, self._get(number))
        if (data := packed(decided)) is not None:
            held = {name_of(number): data}
            if not (is_ours() and await self._table.write(number, held, is_ours)):
                return False
        return await self._carry_out(number, decided, is_ours)

    async def _carry_out(self, number: int, decided: Decided, is_ours: Callable[[], bool]) -> bool:
        """Tell what was decided, and store what follows."""
        if decided.notes and is_ours():
            await self._publisher.publish(decided.notes)
        writes = {**decided.writes, name_of(number): DONE}
        return is_ours() and await self._table.write(number, writes, is_ours)

    async def _give_up(
        self, raw: Raw, is_ours: Callable[[], bool], error: Exception
    ) -> Taken | None:
        """Set it aside, or one before it; None where the partition was taken away."""
        aside = functools.partial(self._steps.give_up, raw, self._get(raw.partition), error)
        taken = await self._work(aside)
        if not await self._store(raw.partition, taken, is_ours):
            return None
        self._told(taken.done, taken, 0.0)
        return taken

    def _get(self, number: int) -> Get:
        return functools.partial(self._table.get, number)

    async def _work(self, function: Callable[[], T]) -> T:
        """Run in a thread; whoever cancels waits for the step in hand, which holds the state."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.run_in_executor(self._threads, function)
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


def _of_storage(error: Exception) -> StorageError | MachineError | None:
    """The error if it is no fault of the message; an original that is not there is."""
    if isinstance(error, StorageError | MachineError) and not isinstance(error, BlobError):
        return error
    return None
