"""Which Kafka a topic is of: what was made anew under the same name has another id."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from duban.adapters.kafka.connection import administration
from duban.adapters.kafka.failure import missing_topic, told
from duban.config import KafkaSettings


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


def origins(settings: KafkaSettings, topics: Sequence[str]) -> Origins:
    """What topics are now; StorageError where one is not there."""
    with administration(settings) as client, told(settings):
        described = {one["name"]: one for one in client.describe_topics(list(topics))}
    for topic in topics:
        if topic not in described or described[topic]["error_code"]:
            raise missing_topic(settings, topic)
    return Origins(tuple(Origin(one, str(described[one]["topic_id"])) for one in topics))
