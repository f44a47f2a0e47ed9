"""Hands what one office recorded on to Kafka: its history is the outbox."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby, islice
from typing import Protocol

from duban.adapters.embedded.history import Entry, Filter, History
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.origin import Check
from duban.adapters.kafka.publisher import Message
from duban.domain.event import Topic
from duban.ports import Cursor, SetAside, StateStore, Step

logger = logging.getLogger(__name__)

NAME = "forwarder"
#: What is recorded at the edge; conclusions are drawn by the workers behind Kafka.
TOPICS: tuple[Topic, ...] = ("posted", "facts", "alerts")
_ROSTER = ("agency.registered", "agency.removed")
_CAME_FROM_THERE = ("alert.opened", "alert.changed", "alert.resolved")
_EVENTS_AT_ONCE = 200
_LOOK_EVERY_S = 10.0


class Publishes(Protocol):
    """Writes messages in order and returns once all are acknowledged; raises StorageError."""

    def publish(self, messages: Sequence[Message]) -> None: ...


class Gate(Protocol):
    """Decides what may go out."""

    def free(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        """Those at the beginning that need not wait for anything."""
        ...

    def takes(self, entry: Entry) -> bool:
        """Whether it is to be handed on at all."""
        ...


class _Open:
    """Lets everything through."""

    def free(self, entries: Sequence[Entry]) -> Sequence[Entry]:
        return entries

    def takes(self, entry: Entry) -> bool:
        del entry
        return True


class Forwarder:
    """A unit: publishes events in the order of the history, then moves its cursor.

    After a crash between the two it publishes them again, with the same ids and bytes. An event
    goes out as it was recorded, whatever its version; one that cannot even be told apart is set
    aside. Where few are recorded it calls `gather`, and takes those that were recorded meanwhile
    with them: to publish one by one costs Kafka and us the most.

    `check` raises where the topics are others than before. It is asked before events go out and
    again before the cursor moves, as topics may be made anew in between; and every ten seconds.
    """

    name = NAME

    def __init__(
        self,
        store: EmbeddedStore,
        publisher: Publishes,
        *,
        at_once: int = _EVENTS_AT_ONCE,
        gather: Callable[[], object] = lambda: None,
        gate: Gate | None = None,
        check: Check = lambda within_s: None,
    ) -> None:
        self._gate = gate or _Open()
        self._check = check
        self._history = History(store.history)
        self._states: StateStore = store.states
        self._publisher = publisher
        self._at_once = at_once
        self._gather = gather

    def advance(self) -> bool:
        """Publish the next events; False when there were none, or they have to wait."""
        self._check(_LOOK_EVERY_S)
        before = self._states.cursor(NAME)
        entries: Sequence[Entry] = self._recorded(before)
        if not entries:
            return False
        if len(entries) < self._at_once:
            self._gather()
            entries = self._recorded(before)
        entries = self._gate.free(entries)
        if not entries:
            return False
        self._publish([one for one in entries if _is_ours(one) and self._gate.takes(one)])
        self._states.commit(
            Step(
                unit=NAME,
                before=before,
                after=Cursor(entries[-1].position),
                set_aside=tuple(_aside(one) for one in entries if one.head is None),
            )
        )
        return True

    def _publish(self, entries: Sequence[Entry]) -> None:
        if not entries:
            return
        self._check(0.0)
        for wave in _waves(entries):
            self._publisher.publish(wave)
        self._check(0.0)

    def _recorded(self, before: Cursor) -> list[Entry]:
        later = self._history.after(before.position, Filter(topics=TOPICS))
        return list(islice(later, self._at_once))


def _is_ours(entry: Entry) -> bool:
    return entry.head is not None and entry.head.name not in _CAME_FROM_THERE


def _waves(entries: Sequence[Entry]) -> Iterator[list[Message]]:
    """What the roster says is acknowledged before what was recorded after it.

    Partitions are not in order with one another, and whoever reads a report asks whose it is.
    """
    for _, wave in groupby(entries, lambda one: bool(one.head and one.head.name in _ROSTER)):
        yield [_message(one) for one in wave]


def _message(entry: Entry) -> Message:
    assert entry.head is not None
    return Message(
        stream=entry.topic,
        key=entry.head.key,
        id=entry.id,
        name=entry.head.name,
        value=entry.data,
    )


def _aside(entry: Entry) -> SetAside:
    logger.error(
        "第 %d 号事件已搁置：内容损坏，没有转发",
        entry.position,
        extra={"action": "event_set_aside", "event_id": entry.id, "key": ""},
    )
    return SetAside(entry.position, "", entry.id, "事件内容损坏，没有转发。")
