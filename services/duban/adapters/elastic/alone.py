"""Writing into indices that were empty at the beginning: what cannot be there is not asked for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from duban.adapters.elastic.state import is_of_bytes, key_of_bytes
from duban.domain.event import ReportRead, ReportRejected
from duban.ports import Recorded


class Alone:
    """Which keys may be in the indices, as this process wrote them. For many threads.

    Other processes may write beside this one, each other agencies. Only rejected bytes may be of
    several: who writes of them holds `sharing` meanwhile, and asks for them. A reading is not held
    against what others rejected: it is to be told once more, after all.
    """

    def __init__(self, sharing: AbstractContextManager[Any] | None = None) -> None:
        self._sharing = sharing or nullcontext()
        self._agencies: set[str] = set()
        self._rejected: set[str] = set()

    def holding(self, batch: Sequence[Recorded]) -> AbstractContextManager[Any]:
        """What is to be held while a batch is written."""
        bodies = [one.event.body for one in batch]
        self._rejected.update(
            key_of_bytes(body.sha256) for body in bodies if isinstance(body, ReportRejected)
        )
        is_shared = self._rejected and any(
            key_of_bytes(body.sha256) in self._rejected
            for body in bodies
            if isinstance(body, (ReportRead, ReportRejected))
        )
        return self._sharing if is_shared else nullcontext()

    def may_hold(self, key: str) -> bool:
        """Whether something may be there of a key."""
        return key in (self._rejected if is_of_bytes(key) else self._agencies)

    def wrote(self, keys: Iterable[str]) -> None:
        """Something is there of these keys from now on."""
        self._agencies.update(key for key in keys if not is_of_bytes(key))
