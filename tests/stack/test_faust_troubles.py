"""What goes wrong around a worker: poison, slowness, pauses, hints that lie, state of old."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("kafka")

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka.structs import OffsetAndMetadata
from tests.stack.course import facts, lived, same
from tests.stack.kafka_topics import made_topics
from tests.stack.workers import TOPICS, Left, Workers, wait_until

from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.adapters.kafka.partition_state import VERSION
from duban.adapters.kafka.publisher import Message, Publisher
from duban.config import KafkaSettings
from duban.domain.event import encode
from duban.testing.events import checked, read, registered, released

pytestmark = pytest.mark.long

OLD_STATE = Path(__file__).with_name("state_v1.json")


@pytest.fixture
def settings(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    with made_topics(kafka, prefix, TOPICS) as found:
        yield found


@pytest.fixture
def log(settings: KafkaSettings) -> Iterator[KafkaEventLog]:
    with KafkaEventLog(settings) as opened:
        yield opened


@pytest.fixture
def left(settings: KafkaSettings) -> Iterator[Left]:
    with Left(settings) as opened:
        yield opened


@pytest.fixture
def publisher(settings: KafkaSettings) -> Iterator[Publisher]:
    opened = Publisher(settings)
    yield opened
    opened.close()


def test_poison_is_set_aside_and_all_else_goes_on(
    settings: KafkaSettings, log: KafkaEventLog, left: Left, publisher: Publisher, tmp_path: Path
) -> None:
    events = facts(random.Random(3), 30)
    made, wrong = lived(tmp_path / "data", events)
    newer = json.loads(encode(events[-1])) | {"id": "newer", "version": 99}
    poison = [
        Message(stream="facts", key="a1", id="garbage", name="?", value=b"\xff\x00 no event"),
        Message(stream="facts", key="a1", id="newer", name="?", value=json.dumps(newer).encode()),
        Message(stream="facts", key="a1", id="empty", name="?", value=b""),
    ]
    with Workers(settings, tmp_path) as workers:
        workers.start("one")
        log.append(events[:20])
        publisher.publish(poison)
        log.append(events[20:])
        wait_until(left.has_all)

    same(left, (made, wrong | {"garbage", "newer", "empty"}))


def test_a_handler_slower_than_the_session_keeps_its_partitions_and_works_once(
    settings: KafkaSettings, log: KafkaEventLog, left: Left, tmp_path: Path
) -> None:
    events = [released(), registered("a1"), read("a1", 2024, "错误SUM=1")]
    expected = lived(tmp_path / "data", events)
    with Workers(settings, tmp_path, slow=8.0) as workers:
        one, two = workers.start("one"), workers.start("two")
        wait_until(lambda: one.is_ready and two.is_ready)
        time.sleep(3)  # what followed from the second one's coming is over
        said = len(one.said), len(two.said)
        log.append(events)
        wait_until(left.has_all)
        assert (len(one.said), len(two.said)) == said

    same(left, expected)
    assert left.count() == len(expected[0])


def test_a_worker_that_stood_still_writes_nothing_of_what_others_took_over(
    settings: KafkaSettings, log: KafkaEventLog, left: Left, tmp_path: Path
) -> None:
    events = facts(random.Random(5), 60)
    expected = lived(tmp_path / "data", events)
    with Workers(settings, tmp_path, slow=0.1) as workers:
        one = workers.start("one")
        wait_until(lambda: one.is_ready)
        log.append(events)
        time.sleep(1)
        with one.paused():
            workers.start("two")
            wait_until(left.has_all)
        wait_until(left.has_all)
        time.sleep(3)  # whatever it would still say, it says now
        assert left.has_all()

    same(left, expected)


@pytest.mark.parametrize("then", ["it looks", "it ends", "it is killed"])
def test_a_step_that_a_late_worker_wrote_is_written_over_before_others_go_on_from_it(
    settings: KafkaSettings, log: KafkaEventLog, left: Left, tmp_path: Path, then: str
) -> None:
    events = facts(random.Random(1), 60)
    expected = lived(tmp_path / "data", events)
    with Workers(settings, tmp_path) as workers:
        workers.start("one")
        log.append(events)
        wait_until(left.has_all)
        if then == "it is killed":  # before it could look
            workers.kill("one")
        write_late(settings)
        assert not left.has_all()
        if then == "it looks":
            wait_until(left.has_all)
        if then != "it is killed":
            workers.stop("one")
            assert left.has_all()
        log.append([checked("a1", minute=90)])  # two has read all state before it handles that
        workers.start("two")
        wait_until(left.has_all)
        found = left.events()

    assert found.items() >= expected[0].items()
    who, word = ("two", "退回") if then == "it is killed" else ("one", "已改正")
    assert word in (tmp_path / f"{who}.log").read_text(encoding="utf-8")


def write_late(settings: KafkaSettings) -> None:
    """Have the first step of each partition come to the changelog once more."""
    stream = "agency-state-changelog"
    reader = PartitionReader(settings)
    producer = KafkaProducer(bootstrap_servers=list(settings.addresses), acks="all")
    for number, span in reader.spans(stream).items():
        raws = reader.read(stream, {number: span})
        ends = [place for place, raw in enumerate(raws) if raw.key == f"{number}/generation"]
        assert len(ends) > 1, "there is one step only"
        for raw in raws[: ends[0] + 1]:
            producer.send(
                f"{settings.prefix}{stream}",
                key=raw.key.encode(), value=raw.value, partition=number,
                headers=[("id", raw.id.encode())] if raw.id else [],
            )  # fmt: skip
    producer.flush()
    producer.close()
    reader.close()


def commit_the_end(settings: KafkaSettings) -> None:
    """Say that everything was handled, as a rebalance at the wrong moment does."""
    with_ends = PartitionReader(settings)
    consumer = KafkaConsumer(
        bootstrap_servers=list(settings.addresses),
        group_id=f"{settings.prefix}agency",
        enable_auto_commit=False,
    )
    consumer.commit(
        {
            TopicPartition(f"{settings.prefix}facts", number): OffsetAndMetadata(span.end, "", -1)
            for number, span in with_ends.spans("facts").items()
        }
    )
    consumer.close()
    with_ends.close()


def test_state_of_the_first_version_is_gone_on_with_though_kafka_says_all_is_handled(
    settings: KafkaSettings, log: KafkaEventLog, left: Left, tmp_path: Path
) -> None:
    events = facts(random.Random(11), 24)
    made, wrong = lived(tmp_path / "data", events)
    old = json.loads(OLD_STATE.read_text(encoding="utf-8"))
    log.append(events)
    restore(settings, old["state"])
    commit_the_end(settings)
    with Workers(settings, tmp_path) as workers:
        workers.start("one")
        wait_until(left.has_all)

    later = {key: value for key, value in made.items() if key not in old["said"]}
    same(left, (later, wrong - set(old["aside"])))


def test_state_of_a_newer_program_ends_the_worker_with_one_line(
    settings: KafkaSettings, log: KafkaEventLog, tmp_path: Path
) -> None:
    log.append([released(), registered("a1"), registered("a2"), registered("a3")])
    version = VERSION + 1
    kept = json.dumps({"v": version, "value": 0})
    newer = {f"{number}/cursor": kept for number in range(settings.partitions)}
    restore(settings, newer)
    with Workers(settings, tmp_path) as workers:
        worker = workers.start("one")
        assert worker.wait() != 0
        workers.running.clear()

    log_file = tmp_path / "one.log"
    assert f"由更新版本的 duban 写成（第 {version} 版）" in log_file.read_text(encoding="utf-8")


def restore(settings: KafkaSettings, state: dict[str, str]) -> None:
    """Put state on the changelog as a worker had written it."""
    producer = KafkaProducer(bootstrap_servers=list(settings.addresses), acks="all")
    for name, value in state.items():
        producer.send(
            f"{settings.prefix}agency-state-changelog",
            key=name.encode(),
            value=value.encode(),
            partition=int(name.partition("/")[0]),
        )
    producer.flush()
    producer.close()
