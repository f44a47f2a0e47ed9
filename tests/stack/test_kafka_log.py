"""The history on a real Kafka keeps what the port promises."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

import pytest

from duban.adapters.kafka.tracing import trace_in, trace_of
from duban.config import KafkaSettings
from duban.domain.event import EVERYONE
from duban.errors import EventError, StorageError
from duban.ports import EventLog
from duban.testing.event_log import EventLogContract
from duban.testing.events import checked, read, registered, released

pytest.importorskip("kafka")

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from tests.stack.kafka_topics import PARTITIONS, made_topics

from duban.adapters.kafka.connection import administration
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.partition_reader import Span


@pytest.fixture
def settings(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    with made_topics(kafka, prefix) as found:
        yield found


@pytest.fixture
def log(settings: KafkaSettings) -> Iterator[KafkaEventLog]:
    with KafkaEventLog(settings) as opened:
        yield opened


class TestKafkaEventLog(EventLogContract):
    keeps_order_across_keys = False
    refuses_known_ids = False

    @pytest.fixture
    def reopen(self, settings: KafkaSettings) -> Iterator[Callable[[], EventLog]]:
        opened: list[KafkaEventLog] = []

        def open_() -> EventLog:
            opened.append(KafkaEventLog(settings))
            return opened[-1]

        yield open_
        for one in opened:
            one.close()


def test_an_event_for_everyone_is_in_every_partition(log: KafkaEventLog) -> None:
    log.append([registered("a"), released(), registered("b")])

    found = log.reader.read("facts", log.reader.spans("facts"))

    places = [one.partition for one in found if one.key == EVERYONE]
    assert sorted(places) == list(range(PARTITIONS))


def test_pages_over_several_keys_hold_everything_once(log: KafkaEventLog) -> None:
    events = [checked(f"a{n % 7}", minute=n) for n in range(40)]
    log.append(events)

    found, after = [], 0
    while page := log.read("facts", after=after, limit=7):
        assert len(page) <= 7
        found += page
        after = page[-1].position

    assert [one.position for one in found] == sorted(one.position for one in found)
    assert Counter(one.event.id for one in found) == Counter(one.id for one in events)
    assert found == log.read("facts")


def test_a_partition_is_followed_by_a_place_of_its_own(log: KafkaEventLog) -> None:
    log.append([checked("a", minute=n) for n in range(3)])
    (number,) = [n for n, span in log.reader.spans("facts").items() if span.end]

    log.append([checked("a", minute=n) for n in range(3, 5)])

    rest = log.reader.read("facts", {number: Span(3, 5)})
    assert [one.offset for one in rest] == [3, 4]


def test_other_programs_put_a_key_into_the_same_partition(
    log: KafkaEventLog, settings: KafkaSettings
) -> None:
    log.append([registered(key) for key in ("a", "区/青山·局", "b" * 100)])

    producer = KafkaProducer(bootstrap_servers=list(settings.addresses))
    for key in ("a", "区/青山·局", "b" * 100):
        place = producer.send(f"{settings.prefix}posted", b"", key=key.encode()).get(10).partition
        ours = [
            one for one in log.reader.read("facts", log.reader.spans("facts")) if one.key == key
        ]
        assert [one.partition for one in ours] == [place]
    producer.close()


def test_headers_tell_an_event_without_decoding_it(
    log: KafkaEventLog, settings: KafkaSettings
) -> None:
    event = read("a", 2024)
    log.append([event])

    consumer = KafkaConsumer(bootstrap_servers=list(settings.addresses))
    places = [TopicPartition(f"{settings.prefix}facts", n) for n in range(PARTITIONS)]
    consumer.assign(places)
    consumer.seek_to_beginning()
    ((record,),) = consumer.poll(timeout_ms=10_000).values()
    consumer.close()

    headers = dict(record.headers)
    trace = headers.pop("traceparent").decode()
    assert headers == {"id": event.id.encode(), "name": b"report.read"}
    assert trace_in(trace) == trace_of(event.id)
    assert record.key == b"a"


def test_a_report_of_several_megabytes_is_kept(log: KafkaEventLog) -> None:
    event = read("a", 2024, "依申请公开" * 400_000)

    log.append([event])

    assert log.read("facts")[0].event == event


def test_an_event_too_large_for_kafka_is_refused_before_anything_is_written(
    log: KafkaEventLog,
) -> None:
    with pytest.raises(EventError, match="超出上限"):
        log.append([registered("a"), read("a", 2024, "长" * 6_000_000)])

    assert log.head("facts") == 0


def test_without_the_topics_the_command_that_makes_them_is_named(kafka: str, prefix: str) -> None:
    with KafkaEventLog(KafkaSettings(addresses=(kafka,), prefix=prefix)) as nowhere:
        with pytest.raises(StorageError, match="duban topics apply") as append:
            nowhere.append([registered("a")])
        with pytest.raises(StorageError, match="duban topics apply"):
            nowhere.read("facts")
    assert "duban topics apply" in append.value.english


def test_another_number_of_partitions_is_refused(settings: KafkaSettings) -> None:
    other = KafkaSettings(addresses=settings.addresses, prefix=settings.prefix, partitions=5)
    with KafkaEventLog(other) as wrong:
        with pytest.raises(StorageError, match="有 3 个分区，设置的是 5 个"):
            wrong.append([registered("a")])
        with pytest.raises(StorageError, match="有 3 个分区，设置的是 5 个"):
            wrong.read("facts")


def test_a_history_whose_beginning_was_removed_is_not_read_as_if_it_were_whole(
    log: KafkaEventLog, settings: KafkaSettings
) -> None:
    log.append([checked("a", minute=n) for n in range(4)])
    (number,) = [n for n, span in log.reader.spans("facts").items() if span.end]
    with administration(settings) as client:
        client.delete_records({TopicPartition(f"{settings.prefix}facts", number): 2})

    with pytest.raises(StorageError, match="开头的 2 条事件已不在"):
        log.read("facts")
