"""Workers under Faust draw the conclusions of the embedded runner, whatever happens to them."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

pytest.importorskip("kafka")

from tests.stack.kafka_topics import made_topics
from tests.stack.office_chain import OfficeChain
from tests.stack.workers import TOPICS, Left, Workers, wait_until

from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.config import KafkaSettings
from duban.domain.event import Event
from duban.testing.events import (
    began,
    calendar_released,
    checked,
    read,
    registered,
    rejected,
    released,
    removed,
    retried,
)

SEEDS = int(os.environ.get("DUBAN_STACK_SEEDS", "2"))
NAMES = ("one", "two", "three")


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
    opened = Left(settings)
    yield opened
    opened.close()


def facts(chance: random.Random, count: int) -> list[Event]:
    """A course of facts: roster, rules, days, reports good and bad, and some that break a rule."""
    agencies = [f"a{number}" for number in range(12)]
    course: list[Event] = [calendar_released(), released(), *map(registered, agencies[:8])]
    for number in range(count):
        agency, year = chance.choice(agencies), chance.choice([2023, 2024, 2025])
        prose = chance.choice(["正常", "错误SUM=1", "错误SUM=2", "警告TXT", "崩溃"])
        course.append(read(agency, year, prose, minute=number, url=f"http://h/{number}"))
        match number % 10:
            case 3:
                course.append(checked(agency, whole=True, minute=number))
            case 5:
                course.append(rejected(f"scan{number}", agency_id=agency, year=year))
            case 7 if prose == "崩溃":
                course.append(retried(course[-1].id, key=agency, minute=number))
    course[20:20] = [began(f"2026-03-{day:02d}") for day in range(28, 32)]
    course[40:40] = [*map(registered, agencies[8:]), released("2", minute=1)]
    course[60:60] = [began("2026-04-01"), began("2026-04-02"), removed("a3", minute=3)]
    return course


def lived(folder: Path, events: Sequence[Event]) -> tuple[dict[str, Event], set[str]]:
    """What the embedded runner makes of the same facts."""
    with EmbeddedStore(folder) as store:
        store.log.append(events)
        store.runner(OfficeChain()).run_until_idle()
        made = {
            one.event.id: one.event
            for topic in ("conclusions", "alerts")
            for one in store.log.read(topic, limit=100_000)
        }
        return made, {row.event_id for _, row in store.states.set_aside()}


def same(left: Left, expected: tuple[dict[str, Event], set[str]]) -> None:
    """Nothing lost, nothing doubled, and what could not be handled is known."""
    made, wrong = expected
    found = left.events()
    assert found.keys() == made.keys()
    assert found == made
    assert left.set_aside() == wrong


def test_one_worker_concludes_what_the_embedded_runner_does(
    settings: KafkaSettings, log: KafkaEventLog, left: Left, tmp_path: Path
) -> None:
    events = facts(random.Random(1), 80)
    expected = lived(tmp_path / "data", events)
    with Workers(settings, tmp_path) as workers:
        log.append(events[:50])
        workers.start("one")
        wait_until(left.has_all)
        log.append(events[50:])
        wait_until(left.has_all)
        workers.stop("one")

    same(left, expected)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_kills_and_rebalances_at_any_point_lose_and_double_nothing(
    settings: KafkaSettings, log: KafkaEventLog, left: Left, tmp_path: Path, seed: int
) -> None:
    chance = random.Random(seed)
    events = facts(chance, 200)
    expected = lived(tmp_path / "data", events)
    with Workers(settings, tmp_path, slow=0.02) as workers:
        workers.start("one")
        for begin in range(0, len(events), 40):
            log.append(events[begin : begin + 40])
            wait_until(lambda: any(one.is_ready for one in workers.running.values()))
            time.sleep(chance.uniform(0.1, 1.5))
            shake(workers, chance)
        wait_until(left.has_all)

    same(left, expected)


def shake(workers: Workers, chance: random.Random) -> None:
    """A worker more, or one less in good order or by death; one is always left or started."""
    idle = [name for name in NAMES if name not in workers.running]
    one = chance.choice(list(workers.running))
    match chance.choice(["start", "kill", "kill", "stop"]):
        case "start" if idle:
            workers.start(chance.choice(idle))
        case "stop":
            workers.stop(one)
        case _:
            workers.kill(one)
    if not workers.running:
        workers.start(chance.choice(NAMES))
