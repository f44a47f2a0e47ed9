"""The unit that takes the history into the read models."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from duban.adapters.embedded.prose import decode
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_index import SqliteIndex
from duban.adapters.embedded.step_plan import key_in
from duban.adapters.embedded.views import ViewsDamagedError
from duban.domain.event import Topic
from duban.errors import EventError, StorageError
from duban.observing import UNOBSERVED, UNREADABLE, Observer, Taken
from duban.ports import Recorded, SetAside

logger = logging.getLogger(__name__)

INDEXER = "indexer"
TOPICS: tuple[Topic, ...] = ("posted", "facts", "conclusions", "alerts")
_EVENTS_AT_ONCE = 256


class IndexUnit:
    """Takes the whole history into the read models; their position is stored with them.

    `at_once` events are one transaction; nothing after the position `upto` is taken.
    """

    name = INDEXER

    def __init__(
        self,
        log: SqliteEventLog,
        index: SqliteIndex,
        *,
        at_once: int = _EVENTS_AT_ONCE,
        upto: int | None = None,
        observer: Observer = UNOBSERVED,
    ) -> None:
        self._log = log
        self._index = index
        self._at_once = at_once
        self._upto = upto
        self._observer = observer

    def advance(self) -> bool:
        """Take one step; False when there was nothing to do."""
        try:
            return self._advance()
        except ViewsDamagedError as error:  # they were begun anew, and so do we
            logger.error("%s", error, extra={"action": "views_anew"})
            return True

    def _advance(self) -> bool:
        rows = self._log.read_raw(TOPICS, self._index.position(), self._at_once)
        if self._upto is not None:
            rows = [row for row in rows if row[0] <= self._upto]
        if not rows:
            return False
        began = time.perf_counter()
        aside: list[Taken] = []
        try:
            self._apply([Recorded(position, decode(data)) for position, _, data in rows])
        except StorageError:
            raise
        except Exception:  # one of them is at fault: find out which
            aside = [
                Taken(name, None, is_aside=True) for name in map(self._apply_one, rows) if name
            ]
        self._observer.took_step(self.name, aside, time.perf_counter() - began)
        return True

    def _apply(self, recorded: Sequence[Recorded]) -> None:
        self._index.apply(recorded)
        self._observer.indexed(recorded)

    def _apply_one(self, row: tuple[int, str, bytes]) -> str | None:
        """Take one event, or set it aside; then its name."""
        position, event_id, data = row
        name = UNREADABLE
        try:
            event = decode(data)
            name = event.name
            self._apply([Recorded(position, event)])
        except StorageError:
            raise
        except Exception as error:  # whatever it is, later events must go on
            key = key_in(data)  # shown at its agency, even where nothing else can be read
            is_ours = not isinstance(error, EventError)  # what is damaged needs no traceback
            cause = repr(error) if is_ours else str(error)
            logger.error(
                "第 %d 号事件已搁置：%s",
                position,
                cause,
                exc_info=error if is_ours else None,
                extra={"action": "event_set_aside", "event_id": event_id, "key": key},
            )
            self._index.set_aside(SetAside(position, key, event_id, cause))
            return name
        return None
