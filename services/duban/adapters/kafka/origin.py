"""Which Kafka a topic is of: what was made anew under the same name has another id."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack

import msgspec
from kafka.admin import KafkaAdminClient

from duban.adapters.kafka.connection import administration
from duban.adapters.kafka.failure import missing_topic, told
from duban.config import KafkaSettings
from duban.errors import UsageError

#: How old the answer may be that topics are the same, in seconds; of `Watch.check`.
Check = Callable[[float], None]
SAME_S = 1.0  # how old it may be where something is handled or written


class Origin(msgspec.Struct, frozen=True):
    """A topic: its name, and the id Kafka gave it when it was made."""

    topic: str
    id: str


class Origins(msgspec.Struct, frozen=True):
    """The topics that something kept elsewhere speaks of."""

    topics: tuple[Origin, ...]

    def others(self, now: Origins) -> str:
        """The names of those that are others now, as they are told."""
        return "、".join(one.topic for one in now.topics if one not in self.topics)


class OtherTopicsError(UsageError):
    """Topics are not those that a folder speaks of; its text names the command that mends it."""


def origins(settings: KafkaSettings, topics: Sequence[str]) -> Origins:
    """What topics are now; StorageError where one is not there."""
    with administration(settings) as client:
        return _origins(client, settings, topics)


class Watch:
    """Whether topics are still those that they were, asked over a connection that stays open.

    `known` is what they were; `refused` makes the error of what they are instead. May be shared
    by threads, which wait for one another.
    """

    def __init__(
        self,
        settings: KafkaSettings,
        known: Origins,
        refused: Callable[[Origins], OtherTopicsError],
        *,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._known = known
        self._refused = refused
        self._now = now
        self._asking = threading.Lock()
        self._open = ExitStack()
        self._client: KafkaAdminClient | None = None
        self._asked = float("-inf")

    def check(self, within_s: float = 0.0) -> None:
        """Ask, unless that was done within the last seconds.

        Raises OtherTopicsError where topics are others now, StorageError where Kafka does not tell
        or where one is missing: it may be made anew at any time.
        """
        with self._asking:
            began = self._now()
            if began - self._asked < within_s:
                return
            found = self._found()
            if found != self._known:
                raise self._refused(found)
            self._asked = began

    def close(self) -> None:
        """End the connection."""
        with self._asking:
            self._forget()

    def _found(self) -> Origins:
        try:
            if self._client is None:
                self._client = self._open.enter_context(administration(self._settings))
            names = [one.topic for one in self._known.topics]
            return _origins(self._client, self._settings, names)
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        """Begin with a new connection next time; who was disturbed asks again."""
        self._client, self._asked = None, float("-inf")
        self._open.close()


def _origins(client: KafkaAdminClient, settings: KafkaSettings, topics: Sequence[str]) -> Origins:
    with told(settings):
        described = {one["name"]: one for one in client.describe_topics(list(topics))}
    for topic in topics:
        if topic not in described or described[topic]["error_code"]:
            raise missing_topic(settings, topic)
    return Origins(tuple(Origin(one, str(described[one]["topic_id"])) for one in topics))
