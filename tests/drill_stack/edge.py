"""What is recorded at the edge of an office over the days of a plan, and its way to Kafka."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from tests.drill.office import DayClock
from tests.drill.plan import Plan, PlannedSite

from duban.adapters.day_emitter import DayEmitter
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.publisher import Message, Publisher, message_of
from duban.adapters.rules_in_force import RulesInForce
from duban.config import KafkaSettings
from duban.crawler.memory import Memory
from duban.crawler.poll import Poller
from duban.crawler.registration import register
from duban.domain.event import Event, Topic

_TOPICS: tuple[Topic, ...] = ("posted", "facts")


def live(folder: Path, plan: Plan, rules: Path) -> Sequence[Event]:
    """Everything the edge records from the first day to the last, in order."""
    recorded: list[Event] = []
    with EmbeddedStore(folder) as store:
        done: dict[Topic, int] = dict.fromkeys(_TOPICS, 0)
        for day in range(len(plan.days)):
            clock = DayClock(plan, day)
            in_force = RulesInForce(store.blobs, store.states)
            calendar = in_force.start(rules, None, clock).calendar
            register(plan.agencies, store.states, clock)
            DayEmitter(store.states, clock, calendar).emit()
            Poller(
                PlannedSite(plan, day), Memory(store.states), store.blobs, clock, log=store.log,
                recheck=timedelta(0),
            ).round(plan.agencies)  # fmt: skip
            new = []
            for topic in _TOPICS:
                found = store.log.read(topic, done[topic], limit=100_000)
                done[topic] = found[-1].position if found else done[topic]
                new += found
            recorded += [one.event for one in sorted(new, key=lambda one: one.position)]
    return recorded


class Outbox:
    """Hands on what was recorded, a few at a time; some of it again, as after a crash."""

    def __init__(self, settings: KafkaSettings, events: Sequence[Event]) -> None:
        self._publisher = Publisher(settings)
        self._waiting = list(map(message_of, events))
        self._gone: list[Message] = []

    @property
    def is_empty(self) -> bool:
        """Whether all was handed on."""
        return not self._waiting

    def some(self, chance: random.Random) -> Sequence[Message]:
        """The next few, perhaps after some that were handed on before; to be given to `send`."""
        count = chance.randint(3, 15)
        again = self._gone[-chance.randint(1, 10) :] if chance.random() < 0.3 else []
        return [*again, *self._waiting[:count]]

    def send(self, messages: Sequence[Message]) -> None:
        """Publish; raises StorageError, and then all must be sent again."""
        self._publisher.publish(messages)
        new = [one for one in messages if one not in self._gone]
        self._gone += new
        self._waiting = self._waiting[len(new) :]

    def close(self) -> None:
        """End the connection."""
        self._publisher.close()
