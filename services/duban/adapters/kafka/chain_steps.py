"""A chain of processors as the unit of a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.partition_state import Get, PartitionState
from duban.adapters.kafka.partition_unit import PartitionUnit, Taken
from duban.domain.event import Event
from duban.processors.processor import Chain


class ChainSteps:
    """The chain over the facts; `learn` is told of events for everyone that were handled before.

    What was released may lie long before the message in hand: whoever keeps rulebooks by hash
    must hear of it before the chain asks.
    """

    streams: tuple[str, ...] = ("facts",)

    def __init__(
        self, chain: Chain, reader: PartitionReader, learn: Callable[[Event], None]
    ) -> None:
        self.name = chain.name
        self._chain = chain
        self._reader = reader
        self._learn = learn
        self._taught: set[int] = set()

    def take(self, stream: str, raw: Raw, get: Get) -> Iterator[Taken]:
        unit = self._unit(raw.partition, get)
        if raw.partition not in self._taught:
            for event in unit.broadcasts():
                self._learn(event)
            self._taught.add(raw.partition)
        yield from unit.take(raw)

    def give_up(self, stream: str, raw: Raw, get: Get, error: Exception) -> Taken:
        return self._unit(raw.partition, get).give_up(raw, error)

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        return PartitionState(partition, get).cursor()

    def close(self) -> None:
        self._reader.close()

    def _unit(self, partition: int, get: Get) -> PartitionUnit:
        return PartitionUnit(
            self._chain,
            partition,
            get,
            lambda span: self._read(partition, span),
            self._learn,
        )

    def _read(self, partition: int, span: Span) -> list[Raw]:
        return self._reader.read("facts", {partition: span})
