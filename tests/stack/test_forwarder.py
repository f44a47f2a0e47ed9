"""What an office recorded reaches Kafka whole and in order, whenever the machine stops."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

pytest.importorskip("kafka")

from tests.stack.kafka_topics import PARTITIONS, made_topics

from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.forwarder import NAME, Forwarder
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.partition_reader import PartitionReader, Raw
from duban.adapters.kafka.publisher import Message, Publisher
from duban.config import KafkaSettings
from duban.domain.event import EVERYONE, Event, decode, encode
from duban.errors import StorageError
from duban.ports import Step
from duban.testing.events import checked, posted, registered, released

ROOT = Path(__file__).parents[2]


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


@pytest.fixture
def settings(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    with made_topics(kafka, prefix) as found:
        yield found


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def publisher(settings: KafkaSettings) -> Iterator[Publisher]:
    opened = Publisher(settings)
    yield opened
    opened.close()


@pytest.fixture
def reader(settings: KafkaSettings) -> Iterator[PartitionReader]:
    opened = PartitionReader(settings)
    yield opened
    opened.close()


def run(forwarder: Forwarder) -> None:
    while forwarder.advance():
        pass


def recorded(count: int) -> list[Event]:
    """Facts of some agencies, with one for everyone now and then."""
    events = [checked(f"a{n % 5}", minute=n) for n in range(count)]
    for n in range(0, count, 20):
        events.insert(n, released(str(n), minute=n))
    return events


def everything(reader: PartitionReader, name: str) -> list[Raw]:
    return reader.read(name, reader.spans(name))


def first_seen(found: Sequence[Raw]) -> dict[tuple[int, str], list[str]]:
    """By partition and key the ids in the order in which each came first."""
    seen: dict[tuple[int, str], dict[str, None]] = defaultdict(dict)
    for one in found:
        seen[one.partition, one.key].setdefault(one.id)
    return {place: list(ids) for place, ids in seen.items()}


def expected(events: Sequence[Event], places: dict[str, int]) -> dict[tuple[int, str], list[str]]:
    wanted: dict[tuple[int, str], list[str]] = defaultdict(list)
    for event in events:
        numbers = range(PARTITIONS) if event.key == EVERYONE else [places[event.key]]
        for number in numbers:
            wanted[number, event.key].append(event.id)
    return wanted


def places_of(found: Sequence[Raw]) -> dict[str, int]:
    return {one.key: one.partition for one in found if one.key != EVERYONE}


def test_what_was_recorded_is_published_in_its_streams(
    store: EmbeddedStore, publisher: Publisher, settings: KafkaSettings
) -> None:
    events = [registered("a"), posted("bytes"), checked("a")]
    store.log.append(events)

    run(Forwarder(store, publisher))

    with KafkaEventLog(settings) as log:
        assert [one.event for one in log.read("facts")] == [events[0], events[2]]
        assert [one.event for one in log.read("posted")] == [events[1]]


def test_nothing_is_published_twice_without_a_crash(
    store: EmbeddedStore, publisher: Publisher, reader: PartitionReader
) -> None:
    store.log.append([registered("a")])
    run(Forwarder(store, publisher))
    run(Forwarder(store, publisher))
    store.log.append([registered("b")])
    run(Forwarder(store, publisher))

    assert sorted(one.key for one in everything(reader, "facts")) == ["a", "b"]


def test_an_event_for_everyone_keeps_its_place_among_those_of_each_partition(
    store: EmbeddedStore, publisher: Publisher, reader: PartitionReader
) -> None:
    before = [checked(f"a{n}") for n in range(12)]
    after = [checked(f"a{n}", minute=1) for n in range(12)]
    store.log.append([*before, released(), *after])

    run(Forwarder(store, publisher, at_once=5))

    for number in range(PARTITIONS):
        names = [one.name for one in everything(reader, "facts") if one.partition == number]
        half = names.index("rulebook.released")
        assert len(names) == 2 * half + 1


def test_a_kill_between_publishing_and_the_cursor_repeats_the_same_events(
    store: EmbeddedStore,
    publisher: Publisher,
    reader: PartitionReader,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    events = recorded(30)
    store.log.append(events)

    def dies(step: Step) -> None:
        raise Killed

    forwarder = Forwarder(store, publisher, at_once=10)
    forwarder.advance()
    with monkeypatch.context() as patch:
        patch.setattr(store.states, "commit", dies)
        with pytest.raises(Killed):
            forwarder.advance()

    run(Forwarder(store, publisher, at_once=10))

    found = everything(reader, "facts")
    assert first_seen(found) == expected(events, places_of(found))
    assert len(found) > len(events)
    contents: dict[str, set[bytes]] = defaultdict(set)
    for one in found:
        contents[one.id].add(one.value)
    assert all(len(values) == 1 for values in contents.values())


def test_kills_of_the_process_at_any_moment_lose_nothing_and_keep_the_order(
    tmp_path: Path, settings: KafkaSettings, reader: PartitionReader
) -> None:
    chance = random.Random(5)
    events = recorded(400)
    with EmbeddedStore(tmp_path / "data") as store:
        store.log.append(events)
    kills = 0
    # Later each time: a quick machine is killed more than once, a slow one comes to the end.
    while not _forwards(tmp_path / "data", settings, chance.uniform(0.0, 0.05 * (kills + 1))):
        kills += 1
        assert kills < 50

    found = everything(reader, "facts")
    assert kills > 1
    assert first_seen(found) == expected(events, places_of(found))
    assert {one.id: decode(one.value) for one in found} == {one.id: one for one in events}


def _forwards(data: Path, settings: KafkaSettings, after_s: float) -> bool:
    """Run the forwarder and kill it so long after it began; whether it came to the end."""
    command = [sys.executable, "-m", "tests.stack.outbox"]
    process = subprocess.Popen(
        [*command, str(data), settings.addresses[0], settings.prefix],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    time.sleep(after_s)
    os.kill(process.pid, signal.SIGKILL)
    return process.communicate()[0] == "done\n"


class _Down:
    def publish(self, messages: Sequence[Message]) -> None:
        raise StorageError("Kafka 没有应答")


def test_while_kafka_is_away_the_cursor_stays(store: EmbeddedStore) -> None:
    store.log.append([registered("a")])

    with pytest.raises(StorageError):
        Forwarder(store, _Down()).advance()

    assert store.states.cursor(NAME).position == 0


class _Kept:
    def __init__(self) -> None:
        self.messages: list[Message] = []

    def publish(self, messages: Sequence[Message]) -> None:
        self.messages += messages


def test_an_event_of_a_newer_program_goes_out_as_it_was_recorded(store: EmbeddedStore) -> None:
    newer = encode(registered("a")).replace(b'"version":1', b'"version":99')
    store.log.append([registered("a")])
    with store.history.write() as connection:
        connection.execute("UPDATE event SET packed = 0, body = ?", (newer,))
    kept = _Kept()

    run(Forwarder(store, kept))

    assert [(one.key, one.value) for one in kept.messages] == [("a", newer)]
    assert store.states.set_aside() == []


def test_a_damaged_event_is_set_aside_and_the_rest_goes_on(store: EmbeddedStore) -> None:
    store.log.append([registered("a"), registered("b")])
    with store.history.write() as connection:
        connection.execute("UPDATE event SET packed = 0, body = 'x' WHERE position = 1")
    kept = _Kept()

    run(Forwarder(store, kept))

    assert [one.key for one in kept.messages] == ["b"]
    assert [(unit, one.position) for unit, one in store.states.set_aside()] == [(NAME, 1)]
