"""Whether what a worker remembers is as the changelog has it, since partitions were shared out."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable
from typing import Protocol

from duban.errors import StorageError

logger = logging.getLogger(__name__)

_AGAIN_S = 1.0


class Settles(Protocol):
    """A table that can be made to say what its changelog says."""

    async def settle(self, number: int, is_ours: Callable[[], bool]) -> bool: ...


class Filling:
    """Fills the table of each partition that was given to us; before that nothing may use it.

    `generation` tells how often the group shared partitions out, `is_sure` whether this process
    may rely on that.
    """

    def __init__(
        self,
        table: Settles,
        *,
        generation: Callable[[], int],
        is_sure: Callable[[], bool],
        patience_s: float = 300.0,
    ) -> None:
        self._table = table
        self._generation = generation
        self._is_sure = is_sure
        self._patience_s = patience_s
        self._given = self._ready = -1

    def given(self) -> None:
        """Partitions were shared out: what was filled may have gone on elsewhere since."""
        self._given, self._ready = self._generation(), -1

    def taken_away(self) -> None:
        """They are going to be shared out again."""
        self._ready = -1

    def is_ready(self) -> bool:
        """Whether the tables of what we were given last are filled."""
        return self._ready == self._generation()

    async def fill(self, numbers: Iterable[int]) -> bool:
        """Fill the tables of these partitions; False where they were shared out again meanwhile.

        Raises StorageError where that cannot be done for long.
        """
        given = self._given
        filled = await asyncio.gather(*(self._fill(number, given) for number in numbers))
        if not (all(filled) and self._is_given(given)):
            return False
        self._ready = given
        return True

    def _is_given(self, given: int) -> bool:
        return given == self._given == self._generation()

    async def _fill(self, number: int, given: int) -> bool:
        def is_ours() -> bool:
            return self._is_given(given) and self._is_sure()

        since = time.monotonic()
        while self._is_given(given):
            try:
                if await self._table.settle(number, is_ours):
                    return True
            except StorageError as error:
                if time.monotonic() - since > self._patience_s:
                    raise
                logger.warning("%s", error, extra={"action": "state_not_filled"})
            await asyncio.sleep(_AGAIN_S)
        return False
