"""Records each day as it begins: in order, none twice, none left out."""

from __future__ import annotations

import logging
import threading

import msgspec

from duban.domain.day import day_of, later
from duban.domain.event import EVERYONE, DayBegan, Event, derived_id, record
from duban.errors import StorageError
from duban.ports import Clock, Cursor, StateRecord, StateStore, Step

logger = logging.getLogger(__name__)

UNIT = "days"
_PART = "last"
_LOOK_EVERY_S = 20.0  # well within a minute after midnight, also when the clock was moved


class _Last(msgspec.Struct, frozen=True):
    """The last day recorded and the id of its event."""

    day: str
    event_id: str


class DayEmitter:
    """Appends `day.began` under the calendar in force, from the day after the last one on.

    At the very first start the history begins with the day at hand. A clock that is behind the
    last day recorded says nothing until it has caught up.
    """

    def __init__(self, states: StateStore, clock: Clock, calendar_sha256: str) -> None:
        self._states = states
        self._clock = clock
        self._calendar_sha256 = calendar_sha256
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self._emitted = ""
        self.error: StorageError | None = None

    def emit(self) -> int:
        """Record, in one step, the days that began since the last one; returns how many."""
        now = self._clock.now()
        today = day_of(now)
        if today <= self._emitted:
            return 0
        last = self._last()
        day = later(last.day, 1) if last else today
        event_id = last.event_id if last else ""
        outputs: list[Event] = []
        while day <= today:
            body = DayBegan(day=day, calendar_sha256=self._calendar_sha256)
            event_id = derived_id(event_id, UNIT, day)
            outputs.append(record(body, id=event_id, at=now))
            day = later(day, 1)
        if outputs:
            before = self._states.cursor(UNIT)
            position = before.position + 1
            data = msgspec.json.encode(_Last(today, event_id))
            self._states.commit(
                Step(
                    unit=UNIT,
                    before=before,
                    after=Cursor(position),
                    outputs=tuple(outputs),
                    records={(EVERYONE, _PART): StateRecord(position, data)},
                )
            )
        self._emitted = today
        return len(outputs)

    def last(self) -> str | None:
        """The last day recorded; None before any."""
        last = self._last()
        return last.day if last else None

    def start(self) -> None:
        """Record the days until now, and from then on each one as it begins, until `stop`."""
        self.emit()
        self._thread = threading.Thread(target=self._run, name="days", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End after the step in hand; raises what ended it before, if anything did."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join()
        if self.error is not None:
            raise self.error

    def _last(self) -> _Last | None:
        known = self._states.record(UNIT, EVERYONE, _PART)
        return msgspec.json.decode(known.data, type=_Last) if known else None

    def _run(self) -> None:
        while not self._stopping.wait(_LOOK_EVERY_S):
            try:
                self.emit()
            except StorageError as error:
                self.error = error
                logger.critical(
                    "days are no longer recorded: %s", error, extra={"action": "days_stopped"}
                )
                return
