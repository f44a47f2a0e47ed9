"""Workers under Faust draw the conclusions of the embedded runner, whatever happens to them."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("kafka")

from tests.stack.course import facts, lived, same
from tests.stack.kafka_topics import made_topics
from tests.stack.workers import TOPICS, Left, Workers, wait_until

from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.config import KafkaSettings

pytestmark = pytest.mark.long

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
    with Left(settings) as opened:
        yield opened


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
    events = facts(chance, 120)
    expected = lived(tmp_path / "data", events)
    with Workers(settings, tmp_path, slow=0.02) as workers:
        workers.start("one")
        for begin in range(0, len(events), 30):
            log.append(events[begin : begin + 30])
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
