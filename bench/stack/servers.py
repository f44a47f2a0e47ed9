"""Kafka and Elasticsearch of the benchmark's own, and a place on them for each part."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from tests.stack.elastic_server import ElasticServer
from tests.stack.fetch import programs
from tests.stack.kafka_server import KafkaServer

from duban.adapters.kafka.admin import apply
from duban.config import BlobSettings, ElasticSettings, KafkaSettings

PARTITIONS = 12


@dataclass(frozen=True)
class Servers:
    """Both servers, running."""

    kafka: KafkaServer
    elastic: ElasticServer


@dataclass(frozen=True)
class Place:
    """Topics and indices of a prefix of their own, and a folder for everything else."""

    servers: Servers
    folder: Path
    prefix: str

    @property
    def kafka(self) -> KafkaSettings:
        return KafkaSettings(
            addresses=(self.servers.kafka.address,), prefix=self.prefix, partitions=PARTITIONS
        )

    @property
    def patient(self) -> KafkaSettings:
        """The same for the benchmark's own writing, which waits however busy the machine is."""
        return msgspec.structs.replace(self.kafka, timeout_s=120.0)

    @property
    def elastic(self) -> ElasticSettings:
        return ElasticSettings(url=self.servers.elastic.url, prefix=self.prefix)

    @property
    def blobs(self) -> BlobSettings:
        return BlobSettings(url=str(self.folder / "blobs"))

    @property
    def environment(self) -> Mapping[str, str]:
        """The same as commands are told it."""
        return {
            "DUBAN_KAFKA_ADDRESS": self.servers.kafka.address,
            "DUBAN_KAFKA_PREFIX": self.prefix,
            "DUBAN_KAFKA_PARTITIONS": str(PARTITIONS),
            "DUBAN_ELASTIC_URL": self.servers.elastic.url,
            "DUBAN_ELASTIC_PREFIX": self.prefix,
            "DUBAN_BLOBS_URL": self.blobs.url,
        }


@contextmanager
def running() -> Iterator[Servers]:
    """Both servers for as long as the block lasts; raises Unavailable where there is no Java."""
    found = programs()
    with ExitStack() as stack:
        kafka = stack.enter_context(KafkaServer(found))
        yield Servers(kafka, stack.enter_context(ElasticServer(found)))


def place(servers: Servers, folder: Path, name: str) -> Place:
    """A place with its topics made."""
    made = Place(servers, folder / name, f"bench-{name}-")
    made.folder.mkdir()
    apply(made.kafka)
    return made
