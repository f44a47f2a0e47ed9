"""What became of the bytes that the crawler posted, where workers read them behind Kafka."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.kafka.partition_reader import PartitionReader, Raw
from duban.distributed.places import Places, places_of
from duban.domain.event import Event, Topic, decode
from duban.errors import EventError, StorageError
from duban.ports import Cursor, Recorded, StateStore, Step

logger = logging.getLogger(__name__)

NAME = "readings"
_NAMES = ("report.read", "report.rejected")
_EVENTS_AT_ONCE = 200


class ReadingsThere:
    """The log as the crawler asks it: the facts of reading, each time those after the last ones.

    What was handed out counts as taken when it is asked again, so nothing is lost in between.
    Positions go on from the one that was asked for. While Kafka is away nothing new is known.
    """

    def __init__(self, here: SqliteEventLog, states: StateStore, there: PartitionReader) -> None:
        self._here = here
        self._states = states
        self._there = there
        self._handed_out: Places | None = None

    def append(self, events: Sequence[Event]) -> int:
        return self._here.append(events)

    def read(self, topic: Topic, after: int = 0, limit: int = 1000) -> list[Recorded]:
        self._settle()
        places = places_of(self._states, NAME)
        found: list[Recorded] = []
        try:
            while not found:
                wanted, later = places.next(self._there, topic, _EVENTS_AT_ONCE)
                if not wanted:
                    break
                events = [_reading(raw) for raw in self._there.read(topic, wanted)]
                found = [
                    Recorded(after + number, event)
                    for number, event in enumerate((one for one in events if one), 1)
                ]
                places = self._handed_out = later
        except StorageError as error:
            logger.warning("%s", error, extra={"action": "readings_unknown"})
        if not found:
            self._settle()
        return found

    def head(self, topic: Topic) -> int:
        return self._here.head(topic)

    def find(self, topic: Topic, event_id: str) -> Recorded | None:
        return self._here.find(topic, event_id)

    def _settle(self) -> None:
        """What was handed out is taken."""
        if self._handed_out is None:
            return
        before = self._states.cursor(NAME)
        position = before.position + 1
        self._states.commit(
            Step(
                unit=NAME,
                before=before,
                after=Cursor(position),
                records=self._handed_out.record(position),
            )
        )
        self._handed_out = None


def _reading(raw: Raw) -> Event | None:
    if raw.name not in _NAMES:
        return None
    try:
        return decode(raw.value)
    except EventError:
        return None  # the units that judge set it aside
