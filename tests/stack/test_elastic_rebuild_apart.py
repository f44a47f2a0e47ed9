"""Indices filled by several processes: the same as by one, and no process outlives a failure."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from multiprocessing import active_children

import pytest

pytest.importorskip("elasticsearch")
pytest.importorskip("kafka")

from tests.stack.kafka_topics import STREAMS, made_topics
from tests.stack.office import chain, facts
from tests.stack.rebuilding import answers, told
from tests.stack.replay import Replay

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.rebuild import Rebuilt, rebuild
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.merged_history import MergedHistory
from duban.adapters.kafka.publisher import Publisher
from duban.config import ElasticSettings
from duban.domain.view import Scope, SearchQuery
from duban.errors import StorageError
from duban.testing.events import read, registered, rejected


@pytest.fixture
def log(kafka: str, prefix: str) -> Iterator[KafkaEventLog]:
    """The facts of an office on Kafka, and all that follows from them."""
    with made_topics(kafka, prefix, (*STREAMS, "alerts")) as topics, KafkaEventLog(topics) as log:
        publisher = Publisher(topics)
        log.append(facts())
        for number in range(8):  # the same bytes, of agencies of several partitions
            log.append([registered(f"b{number}"), rejected("same", "unassigned", minute=number)])
        log.append([read("b3", 2024, "丙丁", bytes_="same", minute=20)])
        Replay(chain(), log.reader, publisher, {}).run_until_idle()
        publisher.close()
        yield log


def rebuilt(
    wanted: ElasticSettings, log: KafkaEventLog, processes: int, each: object = told
) -> Rebuilt:
    history = MergedHistory(log.reader, at_once=5, worth_parts=1)
    lanes = log.reader.settings.partitions
    assert callable(each)
    return rebuild(wanted, history, told=each, lanes=lanes, processes=processes, accept=True)


def test_several_processes_make_what_one_makes(
    index: ElasticIndex, wanted: ElasticSettings, log: KafkaEventLog
) -> None:
    alone = rebuilt(wanted, log, 1)
    before = answers(index)

    together = rebuilt(wanted, log, 3)

    assert (together.is_equal, together.is_exchanged) == (True, True)
    assert together.events == alone.events
    assert answers(index) == before
    assert index.search(SearchQuery(text="丙丁")).total == 1
    assert active_children() == []


def test_a_process_that_is_killed_ends_the_rebuild_and_leaves_what_was_in_use(
    index: ElasticIndex, wanted: ElasticSettings, log: KafkaEventLog
) -> None:
    rebuilt(wanted, log, 1)
    before, first = answers(index), index.indices.current()

    def kill(*_: int) -> None:
        for child in active_children()[:1]:
            assert child.pid is not None
            os.kill(child.pid, signal.SIGKILL)

    with pytest.raises(StorageError, match="意外停止"):
        rebuilt(wanted, log, 3, kill)

    assert active_children() == []
    assert index.indices.current() == first
    assert index.indices.others(first) == []
    assert answers(index) == before
    assert index.overview(Scope()).agencies > 9


def test_what_fails_in_a_process_is_told_by_the_rebuild(
    index: ElasticIndex, wanted: ElasticSettings, log: KafkaEventLog
) -> None:
    rebuilt(wanted, log, 1)
    first = index.indices.current()
    assert first is not None

    def remove(*_: int) -> None:
        for one in index.indices.others(first):
            index.indices.remove(one)

    with pytest.raises(StorageError):
        rebuilt(wanted, log, 2, remove)

    assert index.indices.current() == first
