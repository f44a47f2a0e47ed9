"""Batches that several threads bring at about the same time, written as one."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from duban.errors import StorageError
from duban.ports import Recorded

Batch = Sequence[Recorded]
_ENOUGH = 600  # events; more are not waited for, and the rest is written next


@dataclass(eq=False)
class _Brought:
    """What one thread waits for."""

    batch: Batch
    is_done: bool = False
    error: BaseException | None = None


class Together:
    """Hands what waits to `write`, once others had `within_s` to bring theirs.

    Each thread is told what became of its own batch: a fault of storage concerns all that were
    written together, any other one only the batch that has it.
    """

    def __init__(self, write: Callable[[Batch], None], within_s: float) -> None:
        self._write = write
        self._within_s = within_s
        self._brought: deque[_Brought] = deque()
        self._is_writing = False
        self._written = threading.Condition()

    def take(self, batch: Batch) -> None:
        """Return once the batch is written, alone or with others; raises what stood in its way."""
        mine = _Brought(batch)
        self._brought.append(mine)
        while self._is_mine_to_write(mine):
            try:
                self._gather()
                self._settle(self._some())
            finally:
                with self._written:
                    self._is_writing = False
                    self._written.notify_all()
        if mine.error is not None:
            raise mine.error

    def _is_mine_to_write(self, mine: _Brought) -> bool:
        """Wait for another to write it; False once it is done."""
        with self._written:
            self._written.wait_for(lambda: mine.is_done or not self._is_writing)
            if not mine.is_done:
                self._is_writing = True
            return not mine.is_done

    def _gather(self) -> None:
        waiting = sum(len(one.batch) for one in tuple(self._brought))
        if waiting < _ENOUGH:
            time.sleep(self._within_s)

    def _some(self) -> list[_Brought]:
        found: list[_Brought] = []
        count = 0
        while self._brought and count < _ENOUGH:
            found.append(self._brought.popleft())
            count += len(found[-1].batch)
        return found

    def _settle(self, found: Sequence[_Brought]) -> None:
        error: BaseException | None = None
        try:
            self._write([one for brought in found for one in brought.batch])
        except StorageError as storage:
            error = storage
        except Exception as own:
            if len(found) > 1:
                for one in found:
                    self._settle([one])
                return
            error = own
        except BaseException as end:
            error = end
        for one in found:
            one.error, one.is_done = error, True
