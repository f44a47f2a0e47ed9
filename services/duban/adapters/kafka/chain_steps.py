"""A chain of processors as the unit of a worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.partition_state import Get, PartitionState
from duban.adapters.kafka.partition_unit import PartitionUnit
from duban.adapters.kafka.taken import Taken
from duban.domain.event import Event
from duban.processors.processor import Chain

FACTS = "facts"


class ChainSteps:
    """The chain over the facts; `learn` is told of events for everyone that were handled before.

    What was released may lie long before the message in hand: whoever keeps rulebooks by hash
    must hear of it before the chain asks.
    """

    streams: tuple[str, ...] = (FACTS,)
    at_once = 1  # it computes, and computing has one thread at a time anyway
    batch = 16
    waiting = 16  # an event may be a whole report
    every_s = 0.0

    def __init__(
        self, chain: Chain, reader: PartitionReader, learn: Callable[[Event], None]
    ) -> None:
        self.name = chain.name
        self._chain = chain
        self._reader = reader
        self._learn = learn
        self._taught: set[int] = set()

    def take(self, raws: Sequence[Raw], get: Get) -> Iterator[Taken]:
        partition = raws[0].partition
        unit = self._unit(partition, get)
        if partition not in self._taught:
            for event in unit.broadcasts():
                self._learn(event)
            self._taught.add(partition)
        yield from unit.take(raws)

    def give_up(self, raw: Raw, get: Get, error: Exception) -> Taken:
        return self._unit(raw.partition, get).give_up(raw, error)

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        del stream  # there is one only
        return PartitionState(partition, get).cursor()

    def close(self) -> None:
        self._reader.close()

    def _unit(self, partition: int, get: Get) -> PartitionUnit:
        def read(span: Span) -> Sequence[Raw]:
            return self._reader.read(FACTS, {partition: span})

        return PartitionUnit(self._chain, partition, get, read, self._learn)
