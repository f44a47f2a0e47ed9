"""Brings the alerts that workers drew to the edge, whose notifier tells people of them."""

from __future__ import annotations

import msgspec

from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.domain.event import EVERYONE, Event, decode
from duban.errors import EventError
from duban.ports import Cursor, SetAside, StateRecord, StateStore, Step

NAME = "alerts"
_PART = "offsets"
_EVENTS_AT_ONCE = 200


class _Offsets(msgspec.Struct):
    """The first offset of each partition that was not taken."""

    by_partition: dict[str, int] = msgspec.field(default_factory=dict)


class AlertsUnit:
    """A unit: records what the topic of alerts says; what is known here already is not repeated."""

    name = NAME

    def __init__(self, states: StateStore, reader: PartitionReader) -> None:
        self._states = states
        self._reader = reader

    def advance(self) -> bool:
        """Take the next alerts of each partition; False when there were none."""
        before = self._states.cursor(NAME)
        known = self._states.record(NAME, EVERYONE, _PART)
        offsets = msgspec.json.decode(known.data, type=_Offsets) if known else _Offsets()
        wanted: dict[int, Span] = {}
        for number, held in self._reader.spans(NAME).items():
            begin = offsets.by_partition.get(str(number), 0)
            span = Span(begin, min(held.end, begin + _EVENTS_AT_ONCE))
            if span.begin < span.end:
                wanted[number] = span
                offsets.by_partition[str(number)] = span.end
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
                records={(EVERYONE, _PART): StateRecord(position, msgspec.json.encode(offsets))},
                set_aside=tuple(aside),
            )
        )
        return True


def _aside(raw: Raw, error: EventError) -> SetAside:
    return SetAside(raw.offset + 1, raw.key, raw.id, str(error))
