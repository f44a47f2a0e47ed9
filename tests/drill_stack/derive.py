"""What follows from the facts as they lie on Kafka, derived anew without it, and as it is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.drill_stack.check import Derived, Streams
from tests.stack.canonical import shown

from duban.adapters.agency_chain import agency_chain
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.released_rules import ReleasedRules
from duban.domain.event import Event, decode
from duban.ports import BlobStore

_SHOWN = ("findings", "reports")


def derive(
    folder: Path, streams: Streams, partitions: int, blobs: BlobStore
) -> tuple[Derived, Mapping[str, Mapping[str, Any]]]:
    """Partition by partition, as each has its own order; with the findings and reports shown."""
    rules = ReleasedRules(blobs)
    made: dict[str, Event] = {}
    wrong: set[str] = set()
    pages: dict[str, dict[str, Any]] = {name: {} for name in _SHOWN}
    for number in range(partitions):
        facts = [decode(raw.value) for raw in streams["facts"] if raw.partition == number]
        with EmbeddedStore(folder / str(number)) as store:
            _judge(store, facts, rules)
            for topic in ("conclusions", "alerts"):
                for one in store.log.read(topic, limit=1_000_000):
                    made[one.event.id] = one.event
            wrong |= {row.event_id for _, row in store.states.set_aside()}
            store.fill_views()
            there = shown(store.index, ())
        for name in _SHOWN:
            pages[name].update(there[name])  # type: ignore[call-overload]
    return Derived(made, frozenset(wrong)), pages


def first_of_each(facts: Sequence[Event]) -> list[Event]:
    """Each event where it came first: what comes again is passed over."""
    return list({event.id: event for event in facts}.values())


def _judge(store: EmbeddedStore, facts: Sequence[Event], rules: ReleasedRules) -> None:
    for event in facts:
        rules.learn(event)
    store.log.append(first_of_each(facts))
    store.runner(agency_chain(rules.rulebook, rules.calendar)).run_until_idle()
