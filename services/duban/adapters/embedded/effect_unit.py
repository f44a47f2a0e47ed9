"""A unit whose work reaches outside (reading posted bytes): several at once, recorded in order."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.domain.event import Event, Topic, decode
from duban.errors import StorageError
from duban.ports import Cursor, Recorded, SetAside, StateStore, Step

logger = logging.getLogger(__name__)


class EffectUnit:
    """Hands each event of a topic to `handle` and records what it returns, in order.

    `handle` may be called again for an event after a crash, and by `at_once` threads at the same
    time; the ids of what it returns must be derived from the event. An exception other than
    StorageError sets the event aside.
    """

    def __init__(
        self,
        name: str,
        topic: Topic,
        handle: Callable[[Recorded], Sequence[Event]],
        log: SqliteEventLog,
        store: StateStore,
        *,
        at_once: int = 1,
    ) -> None:
        self.name = name
        self._topic: Topic = topic
        self._handle = handle
        self._log = log
        self._store = store
        self._at_once = at_once

    def advance(self) -> bool:
        """Take one step; False when there was nothing to do."""
        before = self._store.cursor(self.name)
        rows = self._log.read_raw((self._topic,), before.position, 8 * self._at_once)
        if not rows:
            return False
        with ThreadPoolExecutor(self._at_once, thread_name_prefix=self.name) as pool:
            futures = [pool.submit(self._run, *row) for row in rows]
            try:
                for (position, event_id, _), future in zip(rows, futures, strict=True):
                    before = self._record(before, position, event_id, future)
            finally:
                for future in futures:
                    future.cancel()
        return True

    def _run(self, position: int, _: str, data: bytes) -> Sequence[Event]:
        return self._handle(Recorded(position, decode(data)))

    def _record(
        self, before: Cursor, position: int, event_id: str, future: Future[Sequence[Event]]
    ) -> Cursor:
        outputs: Sequence[Event] = ()
        aside: tuple[SetAside, ...] = ()
        try:
            outputs = future.result()
        except StorageError:
            raise
        except Exception as error:  # whatever it is, later events must go on
            aside = (SetAside(position, "", event_id, f"{type(error).__name__}: {error}"),)
            logger.error(
                "an event was set aside",
                exc_info=error,
                extra={"action": "event_set_aside", "event_id": event_id, "key": ""},
            )
        after = Cursor(position)
        self._store.commit(
            Step(
                unit=self.name,
                before=before,
                after=after,
                outputs=tuple(outputs),
                set_aside=aside,
            )
        )
        return after
