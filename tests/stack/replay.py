"""Runs a unit over all partitions in one process, without Faust."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from duban.adapters.kafka.forwarder import Publishes
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.partition_state import PartitionState
from duban.adapters.kafka.partition_unit import PartitionUnit
from duban.adapters.kafka.taken import Taken
from duban.domain.event import Topic
from duban.processors.processor import Chain

_EVENTS_AT_ONCE = 200  # an event may be a whole report


class Table(Protocol):
    """Bytes by name; what is given at once is kept as one."""

    def get(self, name: str, /) -> bytes | None: ...

    def update(self, writes: Mapping[str, bytes], /) -> None: ...


class Replay:
    """A unit of the chain over the facts: outputs are acknowledged, then state, then cursor.

    `told` is called after each step that set something aside or settled it.
    """

    topic: Topic = "facts"

    def __init__(
        self,
        chain: Chain,
        reader: PartitionReader,
        publisher: Publishes,
        table: Table,
        *,
        told: Callable[[Taken], None] | None = None,
        at_once: int = _EVENTS_AT_ONCE,
    ) -> None:
        self.name = chain.name
        self._chain = chain
        self._reader = reader
        self._publisher = publisher
        self._table = table
        self._told = told
        self._at_once = at_once

    def advance(self) -> bool:
        """Handle the next events of every partition; False when there were none."""
        advanced = False
        for number, held in self._reader.spans(self.topic).items():
            begin = PartitionState(number, self._table.get).cursor()
            end = min(held.end, begin + self._at_once)
            if begin < end:
                self._handle(number, self._read(number, Span(begin, end)))
                advanced = True
        return advanced

    def run_until_idle(self) -> None:
        """Handle everything there is; raises StorageError."""
        while self.advance():
            pass

    def _handle(self, number: int, events: Sequence[Raw]) -> None:
        unit = PartitionUnit(
            self._chain, number, self._table.get, lambda span: self._read(number, span)
        )
        for taken in unit.take(events):
            self._publisher.publish(taken.outputs)
            self._table.update(taken.writes)
            if self._told is not None and taken.rows:
                self._told(taken)

    def _read(self, number: int, span: Span) -> Sequence[Raw]:
        return self._reader.read(self.topic, {number: span})
