"""How far a unit of the edge has read a stream of Kafka, and what comes next."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from duban.adapters.kafka.partition_reader import PartitionReader, Span
from duban.domain.event import EVERYONE
from duban.ports import StateRecord, StateStore

_PART = "offsets"


class Places(msgspec.Struct, frozen=True):
    """The first offset of each partition that was not taken."""

    by_partition: dict[str, int] = msgspec.field(default_factory=dict)

    def next(
        self, reader: PartitionReader, stream: str, at_once: int
    ) -> tuple[Mapping[int, Span], Places]:
        """The next events of each partition, and the places once they are taken."""
        wanted: dict[int, Span] = {}
        for number, held in reader.spans(stream).items():
            begin = self.by_partition.get(str(number), 0)
            span = Span(begin, min(held.end, begin + at_once))
            if span.begin < span.end:
                wanted[number] = span
        ends = {str(number): span.end for number, span in wanted.items()}
        return wanted, Places({**self.by_partition, **ends})

    def record(self, position: int) -> Mapping[tuple[str, str], StateRecord]:
        """This, as it is stored by a step that ends at a position."""
        return {(EVERYONE, _PART): StateRecord(position, msgspec.json.encode(self))}


def places_of(states: StateStore, unit: str) -> Places:
    """How far a unit has come."""
    known = states.record(unit, EVERYONE, _PART)
    return msgspec.json.decode(known.data, type=Places) if known else Places()
