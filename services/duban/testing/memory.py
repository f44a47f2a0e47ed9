"""Processors without storage: what a unit remembers and made, in plain dictionaries."""

from __future__ import annotations

from collections.abc import Iterable

from duban.domain.event import EVERYONE, Event
from duban.ports import Recorded, StateRecord
from duban.processors.processor import Processor, State


class Memory:
    """Runs one processor over recorded events, as a runner does, within a test."""

    def __init__(self, processor: Processor) -> None:
        self._processor = processor
        self.records: dict[tuple[str, str], StateRecord] = {}
        self.made: list[Event] = []
        self.keys: set[str] = set()
        self._said_to_everyone: dict[str, Recorded] = {}

    def take(self, recorded: Iterable[Recorded]) -> list[Event]:
        """Handle events in order; returns what followed from them."""
        already = len(self.made)
        for one in recorded:
            if type(one.event.body) not in self._processor.takes:
                continue
            key = self._processor.key(one.event)
            if key == EVERYONE:
                for known in sorted(self.keys):
                    self._handle(known, one)
                self._said_to_everyone[one.event.name] = one
            elif key is not None:
                if key not in self.keys:
                    self.keys.add(key)
                    for said in self._said_to_everyone.values():
                        self._handle(key, said)
                self._handle(key, one)
        return self.made[already:]

    def _handle(self, key: str, recorded: Recorded) -> None:
        state = State(key, recorded.position, lambda part: self.records.get((key, part)))
        state, made = self._processor.handle(recorded.event, state)
        self.records.update({(key, part): record for part, record in state.changes.items()})
        self.made.extend(made)


def in_order(*given: Event, after: int = 0) -> list[Recorded]:
    """The events with the positions they would have in a log."""
    return [Recorded(after + n, event) for n, event in enumerate(given, 1)]
