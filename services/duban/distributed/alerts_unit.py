"""Brings the alerts that workers drew to the edge, whose notifier tells people of them."""

from __future__ import annotations

from duban.adapters.kafka.partition_reader import PartitionReader, Raw
from duban.distributed.places import places_of
from duban.domain.event import Event, decode
from duban.errors import EventError
from duban.ports import Cursor, SetAside, StateStore, Step

NAME = "alerts"
_EVENTS_AT_ONCE = 200


class AlertsUnit:
    """A unit: records what the topic of alerts says; what is known here already is not repeated."""

    name = NAME

    def __init__(self, states: StateStore, reader: PartitionReader) -> None:
        self._states = states
        self._reader = reader

    def advance(self) -> bool:
        """Take the next alerts of each partition; False when there were none."""
        before = self._states.cursor(NAME)
        known = places_of(self._states, NAME)
        wanted, places = known.next(self._reader, NAME, _EVENTS_AT_ONCE)
        if not wanted:
            return False
        events: list[Event] = []
        aside: list[SetAside] = []
        for raw in self._reader.read(NAME, wanted):
            try:
                events.append(decode(raw.value))
            except EventError as error:
                aside.append(_aside(raw, error))
        position = before.position + 1
        self._states.commit(
            Step(
                unit=NAME,
                before=before,
                after=Cursor(position),
                outputs=tuple(events),
                records=places.record(position),
                set_aside=tuple(aside),
            )
        )
        return True


def _aside(raw: Raw, error: EventError) -> SetAside:
    return SetAside(raw.offset + 1, raw.key, raw.id, str(error))
