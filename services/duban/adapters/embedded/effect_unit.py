"""A unit whose work reaches outside (reading posted bytes): several at once, recorded in order."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

import msgspec

from duban.adapters.embedded.key_work import not_handled
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_state_store import SqliteStateStore
from duban.adapters.embedded.step_plan import key_in
from duban.domain.event import Event, Topic, decode
from duban.errors import BlobError, EventError, MachineError, StorageError
from duban.observing import UNOBSERVED, UNREADABLE, Observer, Taken
from duban.ports import Cursor, Recorded, SetAside, Step

logger = logging.getLogger(__name__)


class EffectUnit:
    """Hands each event of a topic to `handle` and records what it returns, in order.

    `handle` may be called again for an event after a crash, and by `at_once` threads at the same
    time; the ids of what it returns must be derived from the event. An exception other than
    StorageError sets the event aside. An event whose cause is aside here settles it.
    """

    def __init__(
        self,
        name: str,
        topic: Topic,
        handle: Callable[[Recorded], Sequence[Event]],
        log: SqliteEventLog,
        store: SqliteStateStore,
        *,
        at_once: int = 1,
        observer: Observer = UNOBSERVED,
    ) -> None:
        self.name = name
        self._topic: Topic = topic
        self._handle = handle
        self._log = log
        self._store = store
        self._at_once = at_once
        self._observer = observer

    def advance(self) -> bool:
        """Take one step; False when there was nothing to do."""
        before = self._store.cursor(self.name)
        rows = self._log.read_raw((self._topic,), before.position, 8 * self._at_once)
        if not rows:
            return False
        with ThreadPoolExecutor(self._at_once, thread_name_prefix=self.name) as pool:
            futures = [pool.submit(self._run, *row) for row in rows]
            try:
                for row, future in zip(rows, futures, strict=True):
                    before = self._record(before, row, future)
            except MachineError as error:
                logger.warning(
                    "%s：%s（稍后再试）", self.name, error, extra={"action": "machine_waited_for"}
                )
                return False
            finally:
                for future in futures:
                    future.cancel()
        return True

    def _run(self, position: int, _: str, data: bytes) -> Sequence[Event]:
        return self._handle(Recorded(position, decode(data)))

    def _record(
        self, before: Cursor, row: tuple[int, str, bytes], future: Future[Sequence[Event]]
    ) -> Cursor:
        position, event_id, data = row
        began = time.perf_counter()
        outputs: Sequence[Event] = ()
        aside: tuple[SetAside, ...] = ()
        try:
            outputs = future.result()
        except BlobError as error:  # of this event alone; it can be asked for again once restored
            aside = (not_handled(position, key_in(data), event_id, error),)
        except (StorageError, MachineError):
            raise
        except Exception as error:  # whatever it is, later events must go on
            aside = (not_handled(position, key_in(data), event_id, error),)
        after = Cursor(position)
        self._store.commit(
            Step(
                unit=self.name,
                before=before,
                after=after,
                outputs=tuple(outputs),
                set_aside=aside,
                settled=self._settled(position, data),
            )
        )
        taken = _taken(data, is_aside=bool(aside))
        self._observer.took_step(self.name, (taken,), time.perf_counter() - began)
        return after

    def _settled(self, position: int, data: bytes) -> tuple[SetAside, ...]:
        """What the event is a retry of, if it is one: it was handled now, or is aside anew."""
        try:
            event = decode(data)
        except EventError:
            return ()
        if event.cause is None:
            return ()
        with self._store.reading() as reader:
            row = reader.aside(self.name, event.cause, event.key, position)
        return (msgspec.structs.replace(row, settled=position),) if row else ()


def _taken(data: bytes, *, is_aside: bool) -> Taken:
    try:
        event = decode(data)
    except EventError:
        return Taken(UNREADABLE, None, is_aside)
    return Taken(event.name, event.at, is_aside)
