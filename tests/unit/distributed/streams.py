"""A stream of Kafka that a test holds in its hands."""

from __future__ import annotations

from collections.abc import Mapping

from duban.adapters.kafka.partition import partition_of
from duban.adapters.kafka.partition_reader import Raw, Span
from duban.domain.event import EVERYONE, Event, encode
from duban.errors import StorageError

PARTITIONS = 2


class Kafka:
    """One stream in two partitions; it can be away."""

    def __init__(self, *events: Event) -> None:
        self.raws: dict[int, list[Raw]] = {number: [] for number in range(PARTITIONS)}
        self.is_away = False
        self.asked: list[Mapping[int, Span]] = []
        self.add(*events)

    def add(self, *events: Event) -> None:
        for one in events:
            self.add_bytes(one.key, one.id, one.name, encode(one))

    def add_bytes(self, key: str, event_id: str, name: str, value: bytes) -> None:
        numbers = range(PARTITIONS) if key == EVERYONE else [partition_of(key, PARTITIONS)]
        for number in numbers:
            found = self.raws[number]
            found.append(Raw(number, len(found), key, event_id, name, value))

    def spans(self, name: str) -> Mapping[int, Span]:
        if self.is_away:
            raise StorageError("连接不上 Kafka")
        return {number: Span(0, len(raws)) for number, raws in self.raws.items()}

    def ends(self, name: str) -> Mapping[int, int]:
        """Where each partition ends."""
        return {number: span.end for number, span in self.spans(name).items()}

    def read(self, name: str, wanted: Mapping[int, Span]) -> list[Raw]:
        if self.is_away:
            raise StorageError("连接不上 Kafka")
        self.asked.append(wanted)
        return [
            raw
            for number, span in wanted.items()
            for raw in self.raws[number][span.begin : span.end]
        ]

    def close(self) -> None:
        pass
