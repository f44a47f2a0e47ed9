"""Three servers keep copies: one that dies takes nothing along, whoever writes at that moment."""

from __future__ import annotations

import random
import threading
import time
from contextlib import closing
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")
pytest.importorskip("elasticsearch")

from elasticsearch import Elasticsearch
from tests.stack import elastic_cluster, kafka_cluster
from tests.stack.course import facts, lived, same
from tests.stack.elastic_server import ElasticServer
from tests.stack.fetch import Programs
from tests.stack.rebuilding import answers
from tests.stack.workers import PATIENCE_S, Left, Workers, wait_until

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.kafka import admin
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.topics import stream
from duban.config import ElasticSettings, KafkaSettings
from duban.domain.event import Event
from duban.domain.view import Scope
from duban.errors import StorageError
from duban.ports import Recorded

# A client of kafka-python that finds nobody leaves its sockets to the collector, whenever that is.
pytestmark = [
    pytest.mark.long,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.usefixtures("collected"),
]

COPIES = 3
AT_ONCE = 15


def test_brokers_that_die_one_after_the_other_lose_and_double_nothing(
    programs: Programs, prefix: str, tmp_path: Path
) -> None:
    chance = random.Random(5)
    events = facts(chance, 120)
    expected = lived(tmp_path / "data", events)
    with kafka_cluster.cluster(programs, COPIES) as brokers:
        settings = KafkaSettings(
            addresses=brokers.addresses, prefix=prefix, partitions=3, replication=COPIES
        )
        assert admin.apply(settings).differences == ()
        topic = stream(settings, "facts")
        with KafkaEventLog(settings) as log, Left(settings) as left:
            with Workers(settings, tmp_path, slow=0.02) as workers:
                workers.start("one")
                workers.start("two")
                dead: int | None = None
                for begin in range(0, len(events), AT_ONCE):
                    write(log, events[begin : begin + AT_ONCE])
                    time.sleep(chance.uniform(0.1, 1.5))
                    if dead is not None:
                        brokers.start(dead)
                        wait_until(lambda: brokers.in_step(topic))
                    dead = brokers.leader(topic, chance.randrange(3))
                    brokers.kill(dead)
                wait_until(left.has_all)
                workers.stop("one")
                workers.stop("two")
            same(left, expected)


def test_nodes_that_die_one_after_the_other_lose_and_double_nothing(
    programs: Programs, recorded: list[Recorded], prefix: str
) -> None:
    chance = random.Random(5)
    with elastic_cluster.cluster(programs, COPIES) as nodes:
        urls = ",".join(one.url for one in nodes)
        wanted = ElasticSettings(url=urls, prefix=prefix, refresh_s=0.0, timeout_s=120.0)
        alone = ElasticSettings(url=nodes[0].url, prefix=f"{prefix}u-", refresh_s=0.0)
        with ElasticIndex(alone) as index:
            index.apply(recorded)
            expected = answers(index)
        with ElasticIndex(wanted) as index:
            index.apply(recorded[:1])
            for begin in range(1, len(recorded), 16):
                green(nodes[0])
                one = chance.choice(nodes)
                dying = threading.Timer(chance.uniform(0.0, 0.2), one.kill)
                dying.start()
                index.apply(recorded[begin : begin + 16])
                dying.join()
                assert index.overview(Scope()).agencies > 0
                one.start()

            assert answers(index) == expected


def green(one: ElasticServer) -> None:
    """Wait until there are copies of everything."""
    with closing(Elasticsearch(one.url, request_timeout=PATIENCE_S)) as client:
        found = client.cluster.health(wait_for_status="green", timeout=f"{PATIENCE_S:g}s")
    assert not found["timed_out"], found.body


def write(log: KafkaEventLog, events: list[Event]) -> None:
    """Write all, again and again until they are taken: as whoever has an outbox does."""
    until = time.monotonic() + PATIENCE_S
    while True:
        try:
            log.append(events)
            return
        except StorageError:
            assert time.monotonic() < until
            time.sleep(0.5)
