"""Several real Kafka brokers on loopback that keep copies of one another's partitions."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

from kafka.admin import KafkaAdminClient
from tests.stack.fetch import Programs
from tests.stack.kafka_server import KafkaServer, Seat
from tests.stack.server import free_ports

_HEAP_MB = 256


class KafkaCluster:
    """Brokers by number."""

    def __init__(self, brokers: dict[int, KafkaServer]) -> None:
        self._brokers = brokers

    @property
    def addresses(self) -> tuple[str, ...]:
        """Where each of them listens."""
        return tuple(one.address for one in self._brokers.values())

    def leader(self, topic: str, partition: int) -> int:
        """The number of the broker that takes what is written to a partition."""
        return int(self._described(topic)[partition]["leader_id"])

    def in_step(self, topic: str) -> bool:
        """Whether every broker has all of a topic."""
        everyone = set(self._brokers)
        return all(set(one["isr_nodes"]) == everyone for one in self._described(topic).values())

    def kill(self, number: int) -> None:
        """End one as a power failure would."""
        self._brokers[number].kill()

    def start(self, number: int) -> None:
        """Start one that was killed, with what it stored."""
        self._brokers[number].start()

    def _described(self, topic: str) -> dict[int, dict[str, object]]:
        client = KafkaAdminClient(bootstrap_servers=list(self.addresses))
        try:
            (found,) = client.describe_topics([topic])
        finally:
            client.close()
        return {one["partition_index"]: one for one in found["partitions"]}


@contextmanager
def cluster(programs: Programs, count: int) -> Iterator[KafkaCluster]:
    """So many brokers for as long as the block lasts."""
    controllers = dict(enumerate(free_ports(count), 1))
    first = Seat(1, controllers, heap_mb=_HEAP_MB)
    with ExitStack() as stack:
        brokers = {
            number: KafkaServer(programs, Seat(number, controllers, first.cluster, _HEAP_MB))
            for number in controllers
        }
        for one in brokers.values():
            stack.callback(one.close)
        with ThreadPoolExecutor(count) as beside:  # one alone has no majority to answer with
            list(beside.map(KafkaServer.start, brokers.values()))
        yield KafkaCluster(brokers)
