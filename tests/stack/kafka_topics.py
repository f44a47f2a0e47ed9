"""The streams of the log under a prefix of a test's own, removed afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from duban.adapters.kafka.connection import administration
from duban.adapters.kafka.topics import declared
from duban.config import KafkaSettings

PARTITIONS = 3
STREAMS = ("posted", "facts", "conclusions")


@contextmanager
def made_topics(
    address: str, prefix: str, names: Sequence[str] = STREAMS
) -> Iterator[KafkaSettings]:
    """Settings whose topics are there, and nothing in them."""
    settings = KafkaSettings(addresses=(address,), prefix=prefix, partitions=PARTITIONS)
    wanted = {
        spec.name: {
            "num_partitions": spec.partitions,
            "replication_factor": 1,
            "configs": dict(spec.settings),
        }
        for spec in declared(settings)
        if spec.name.removeprefix(prefix) in names
    }
    with administration(settings) as client:
        client.create_topics(wanted, wait_for_metadata=True)
    try:
        yield settings
    finally:
        with administration(settings) as client:
            client.delete_topics(list(wanted))
