"""Over a real Kafka a unit draws the conclusions that the embedded runner draws."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

pytest.importorskip("kafka")

from tests.stack.kafka_topics import made_topics
from tests.stack.office import chain, facts
from tests.stack.replay import Replay

from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.kafka.partition_reader import PartitionReader, Raw
from duban.adapters.kafka.publisher import Message, Publisher
from duban.config import KafkaSettings
from duban.domain.event import Event, decode
from duban.ports import SetAside


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


class Mortal(dict[str, bytes]):
    """A table that dies before its n-th step, and keeps those before it."""

    def __init__(self, lives: int) -> None:
        super().__init__()
        self.lives = lives

    def update(self, writes: Mapping[str, bytes]) -> None:  # type: ignore[override]
        if self.lives == 0:
            self.lives = -1
            raise Killed
        self.lives -= 1
        super().update(writes)


@pytest.fixture
def settings(kafka: str, prefix: str) -> Iterator[KafkaSettings]:
    with made_topics(kafka, prefix) as found:
        yield found


@pytest.fixture
def log(settings: KafkaSettings) -> Iterator[KafkaEventLog]:
    with KafkaEventLog(settings) as opened:
        yield opened


@pytest.fixture
def publisher(settings: KafkaSettings) -> Iterator[Publisher]:
    opened = Publisher(settings)
    yield opened
    opened.close()


def lived(folder: Path, events: Sequence[Event]) -> tuple[dict[str, Event], set[str]]:
    with EmbeddedStore(folder) as store:
        store.log.append(events)
        store.runner(chain()).run_until_idle()
        made = [one.event for one in store.log.read("conclusions", limit=10_000)]
        return {one.id: one for one in made}, {one.event_id for _, one in store.states.set_aside()}


def concluded(reader: PartitionReader) -> dict[str, Event]:
    """By id; the same id always with the same bytes."""
    contents: dict[str, set[bytes]] = defaultdict(set)
    found: list[Raw] = reader.read("conclusions", reader.spans("conclusions"))
    for one in found:
        contents[one.id].add(one.value)
    assert all(len(values) == 1 for values in contents.values())
    return {event_id: decode(next(iter(values))) for event_id, values in contents.items()}


def test_both_profiles_draw_the_same_conclusions(
    log: KafkaEventLog, publisher: Publisher, tmp_path: Path
) -> None:
    events = facts()
    aside: list[SetAside] = []
    expected, wrong = lived(tmp_path / "data", events)
    table: dict[str, bytes] = {}
    replay = Replay(
        chain(), log.reader, publisher, table, told=lambda taken: aside.extend(taken.set_aside)
    )

    log.append(events[:12])
    replay.run_until_idle()
    log.append(events[12:])
    replay.run_until_idle()

    assert concluded(log.reader) == expected
    assert {one.event_id for one in aside} == wrong


def test_building_anew_from_nothing_makes_the_same_events_again(
    log: KafkaEventLog, publisher: Publisher
) -> None:
    log.append(facts())
    first: dict[str, bytes] = {}
    Replay(chain(), log.reader, publisher, first).run_until_idle()
    before = concluded(log.reader)

    again: dict[str, bytes] = {}
    Replay(chain(), log.reader, publisher, again).run_until_idle()

    assert concluded(log.reader) == before
    assert again == first


@pytest.mark.parametrize("at_once", [1, 5, 200])
def test_kills_between_any_two_steps_lose_nothing_and_give_no_id_two_contents(
    log: KafkaEventLog, publisher: Publisher, tmp_path: Path, at_once: int
) -> None:
    events = facts()
    log.append(events)
    expected, _ = lived(tmp_path / "data", events)
    table, kills = Mortal(0), 0
    while True:
        try:
            Replay(chain(), log.reader, publisher, table, at_once=at_once).run_until_idle()
        except Killed:
            kills += 1
            table.lives = kills % 3
            continue
        break

    assert kills > 5
    assert concluded(log.reader) == expected


class _Dies:
    """Publishes, and dies before anything can be stored."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    def publish(self, messages: Sequence[Message]) -> None:
        self._publisher.publish(messages)
        if messages:
            raise Killed


def test_a_kill_after_the_outputs_repeats_them_as_they_were(
    log: KafkaEventLog, publisher: Publisher, tmp_path: Path
) -> None:
    events = facts()
    log.append(events)
    table: dict[str, bytes] = {}
    with pytest.raises(Killed):
        Replay(chain(), log.reader, _Dies(publisher), table).run_until_idle()

    Replay(chain(), log.reader, publisher, table).run_until_idle()

    assert concluded(log.reader) == lived(tmp_path / "data", events)[0]
