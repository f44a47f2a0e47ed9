"""One unit over a partition makes what the embedded runner makes, whatever is delivered when."""

from __future__ import annotations

import random
import re
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import EVERYONE, Event, decode, encode
from duban.errors import StorageError
from duban.processors.processor import Chain
from duban.testing.events import checked, read, registered, released, retried
from duban.testing.runner import FACTS, evaluator

pytest.importorskip("kafka")

from duban.adapters.kafka.partition import partition_of
from duban.adapters.kafka.partition_reader import Raw, Span
from duban.adapters.kafka.partition_state import VERSION
from duban.adapters.kafka.partition_unit import PartitionUnit

PARTITIONS = 2


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


class Topic:
    """The facts as they lie in partitions."""

    def __init__(self, facts: Sequence[Event]) -> None:
        self.partitions: list[list[Raw]] = [[] for _ in range(PARTITIONS)]
        for fact in facts:
            self.add(fact.key, fact.id, encode(fact))

    def add(self, key: str, event_id: str, value: bytes) -> None:
        numbers = range(PARTITIONS) if key == EVERYONE else [partition_of(key, PARTITIONS)]
        for number in numbers:
            place = len(self.partitions[number])
            self.partitions[number].append(Raw(number, place, key, event_id, "", value))


class Worker:
    """Keeps outputs and state as a broker would; dies after so many writes.

    The state of a step is written as one.
    """

    def __init__(self, topic: Topic) -> None:
        self.topic = topic
        self.outputs: list[tuple[str, bytes]] = []
        self.table: dict[str, bytes] = {}
        self.lives = 10**9
        self.most_at_once = 0
        self.aside: dict[tuple[str, str], bool] = {}
        self.steps = 0
        self.done: list[Raw] = []
        self.chain = Chain("agency", (evaluator(),))

    def deliver(self, *raws: Raw) -> None:
        partition = raws[0].partition
        unit = PartitionUnit(
            self.chain, partition, self.table.get, lambda span: self._read(partition, span)
        )
        for taken in unit.take(raws):
            for one in taken.outputs:
                self._live()
                self.outputs.append((one.id, one.value))
            self._live()
            self.table.update(taken.writes)
            self.steps += 1
            self.done += taken.done
            for row in (*taken.settled, *taken.set_aside):
                self.aside[row.key, row.event_id] = row.settled is None

    def _read(self, partition: int, span: Span) -> list[Raw]:
        self.most_at_once = max(self.most_at_once, span.end - span.begin)
        return self.topic.partitions[partition][span.begin : span.end]

    def deliver_all(self, at_once: int = 1) -> None:
        for partition in self.topic.partitions:
            for begin in range(0, len(partition), at_once):
                self.deliver(*partition[begin : begin + at_once])

    def conclusions(self) -> dict[str, Event]:
        """By id; an id with two contents is a fault."""
        contents: dict[str, set[bytes]] = defaultdict(set)
        for event_id, value in self.outputs:
            contents[event_id].add(value)
        assert all(len(values) == 1 for values in contents.values())
        return {event_id: decode(next(iter(values))) for event_id, values in contents.items()}

    def set_aside(self) -> set[tuple[str, str]]:
        return {place for place, is_open in self.aside.items() if is_open}

    def _live(self) -> None:
        if self.lives == 0:
            raise Killed
        self.lives -= 1


Lived = tuple[dict[str, Event], set[tuple[str, str]]]


@pytest.fixture
def embedded(tmp_path_factory: pytest.TempPathFactory) -> object:
    """What the embedded runner makes of the same facts."""

    def live(facts: Sequence[Event]) -> Lived:
        folder: Path = tmp_path_factory.mktemp("lived")
        with EmbeddedStore(folder) as store:
            store.log.append(facts)
            store.runner(Chain("agency", (evaluator(),))).run_until_idle()
            made = [one.event for one in store.log.read("conclusions", limit=100_000)]
            rows = {(one.key, one.event_id) for unit, one in store.states.set_aside()}
        return {event.id: event for event in made}, rows

    return live


SEVERAL = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@SEVERAL
@given(facts=FACTS)
def test_it_makes_what_the_embedded_runner_makes(embedded: object, facts: list[Event]) -> None:
    facts = list({fact.id: fact for fact in facts}.values())
    for at_once in (1, 3, 100):
        worker = Worker(Topic(facts))
        worker.deliver_all(at_once)

        lived = (worker.conclusions(), worker.set_aside())
        assert lived == embedded(facts)  # type: ignore[operator]


@SEVERAL
@given(facts=FACTS, seed=st.integers(0, 10**6))
def test_kills_redeliveries_jumps_and_repetitions_change_nothing(
    embedded: object, facts: list[Event], seed: int
) -> None:
    facts = list({fact.id: fact for fact in facts}.values())
    chance = random.Random(seed)
    repeated = [*facts]
    for n in range(len(facts), 0, -1):
        if chance.random() < 0.3:
            repeated.insert(n + chance.randrange(len(facts) - n + 1), facts[n - 1])
    worker = Worker(Topic(repeated))

    for partition in worker.topic.partitions:
        at = 0
        while at < len(partition):
            worker.lives = chance.randrange(12) if chance.random() < 0.4 else 10**9
            together = partition[at : at + chance.choice([1, 1, 2, 5])]
            try:
                worker.deliver(*together)
            except Killed:
                at = max(0, at - chance.randrange(3))
                continue
            at += len(together) - 1
            at += chance.choice([1, 1, 1, 2, -1]) if at + 2 < len(partition) else 1
            at = max(at, 0)

    assert (worker.conclusions(), worker.set_aside()) == embedded(facts)  # type: ignore[operator]


def test_an_older_fact_that_is_published_again_undoes_nothing(embedded: object) -> None:
    facts = [
        registered("a", "甲局"), released("1"), read("a", 2024, "错误SUM=1"),
        read("a", 2024, "正常", minute=1), released("2", minute=2),
    ]  # fmt: skip
    worker = Worker(Topic([*facts, *facts[:4], read("a", 2023)]))

    worker.deliver_all()

    assert worker.conclusions() == embedded([*facts, read("a", 2023)])[0]  # type: ignore[operator]


def test_a_key_that_appears_later_is_told_of_the_last_rulebook(embedded: object) -> None:
    facts = [released("1"), released("2"), registered("a"), read("a", 2024, "错误SUM")]
    worker = Worker(Topic(facts))

    worker.deliver_all()

    assert worker.conclusions() == embedded(facts)[0]  # type: ignore[operator]
    assert any(e.body.rulebook == "2" for e in worker.conclusions().values())  # type: ignore[union-attr]


def test_a_rulebook_reaches_all_keys_of_a_partition_in_several_steps(embedded: object) -> None:
    agencies = [f"a{n}" for n in range(150)]
    facts = [*(read(one, 2024, "错误SUM") for one in agencies), released()]
    worker = Worker(Topic(facts))

    worker.deliver_all()

    assert worker.conclusions() == embedded(facts)[0]  # type: ignore[operator]


def test_a_kill_at_any_write_of_a_rulebook_for_many_is_made_good(embedded: object) -> None:
    agencies = [f"a{n}" for n in range(70)]
    facts = [*(read(one, 2024, "错误SUM") for one in agencies), released()]
    expected = embedded(facts)[0]  # type: ignore[operator]
    for lives in range(0, 300, 23):
        worker = Worker(Topic(facts))
        for partition in worker.topic.partitions:
            worker.lives = 10**9
            for raw in partition[:-1]:
                worker.deliver(raw)
            worker.lives = lives
            try:
                worker.deliver(partition[-1])
            except Killed:
                worker.lives = 10**9
                worker.deliver(partition[-1])
        assert worker.conclusions() == expected


def test_what_was_set_aside_is_handled_by_a_retry_at_its_own_place(embedded: object) -> None:
    bad = read("a", 2024, "崩溃 错误SUM")
    facts = [registered("a"), released(), bad, released("9"), retried(bad.id, minute=9)]
    worker = Worker(Topic(facts))

    worker.deliver_all()

    assert (worker.conclusions(), worker.set_aside()) == embedded(facts)  # type: ignore[operator]
    assert worker.set_aside() == set()


def test_a_retry_that_fails_again_stays_set_aside(embedded: object) -> None:
    bad = read("a", 2024, "崩溃")
    facts = [registered("a"), released(), bad, retried(bad.id, minute=9)]
    worker = Worker(Topic(facts))

    worker.deliver_all()

    assert (worker.conclusions(), worker.set_aside()) == embedded(facts)  # type: ignore[operator]
    assert worker.set_aside() == {("a", bad.id)}


def test_a_rulebook_that_failed_for_one_is_retried_for_that_one_alone(embedded: object) -> None:
    wrong = released("2", minute=1)
    facts = [
        registered("a"), registered("b"), read("a", 2024, "崩溃"), read("b", 2024),
        wrong, retried(wrong.id, minute=9),
    ]  # fmt: skip
    worker = Worker(Topic(facts))

    worker.deliver_all()

    assert (worker.conclusions(), worker.set_aside()) == embedded(facts)  # type: ignore[operator]


def test_a_retry_does_not_undo_what_came_after(embedded: object) -> None:
    bad = read("a", 2024, "崩溃")
    facts = [
        registered("a"), released("9"), released("1", minute=1), bad,
        read("a", 2024, "错误SUM", minute=2), retried(bad.id, minute=9),
    ]  # fmt: skip
    worker = Worker(Topic(facts))

    worker.deliver_all()

    assert (worker.conclusions(), worker.set_aside()) == embedded(facts)  # type: ignore[operator]


def test_poison_is_set_aside_under_its_key_and_the_rest_goes_on() -> None:
    topic = Topic([registered("a")])
    topic.add("a", "newer", encode(read("a", 2024)).replace(b'"version":1', b'"version":99'))
    topic.add("a", "junk", b"\x00\xff")
    last = read("a", 2023, "错误SUM")
    topic.add("a", last.id, encode(last))
    topic.add(EVERYONE, released().id, encode(released()))
    worker = Worker(topic)

    worker.deliver_all()

    assert worker.set_aside() == {("a", "newer"), ("", "junk")}
    assert len(worker.conclusions()) == 2


def test_state_of_a_newer_program_stops_the_worker_with_a_sentence() -> None:
    worker = Worker(Topic([registered("a"), read("a", 2024), released()]))
    worker.deliver_all()
    number = partition_of("a", PARTITIONS)
    newer = b'{"v":%d' % (VERSION + 1)
    worker.table = {
        name: re.sub(rb'{"v":\d+', newer, value, count=1) for name, value in worker.table.items()
    }

    with pytest.raises(StorageError, match="升级") as told:
        worker.deliver(worker.topic.partitions[number][0])

    assert told.value.english


def test_what_waits_is_taken_in_few_steps_and_no_step_is_without_bounds() -> None:
    facts = [registered("a"), released(), *(checked("a", minute=n) for n in range(40))]
    worker = Worker(Topic(facts))
    partition = worker.topic.partitions[partition_of("a", PARTITIONS)]

    worker.deliver(*partition)

    assert worker.done == partition
    assert worker.steps <= 4
    large = [read("a", year, "错误SUM" + "长" * 500_000) for year in range(2015, 2025)]
    worker = Worker(Topic(large))
    worker.deliver(*worker.topic.partitions[partition_of("a", PARTITIONS)])
    assert 3 <= worker.steps <= 10


def test_what_comes_before_a_message_that_cannot_be_taken_is_stored(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = [registered("a"), released(), read("a", 2023), read("a", 2024, "错误SUM")]
    worker = Worker(Topic(facts))
    partition = worker.topic.partitions[partition_of("a", PARTITIONS)]
    key = worker.chain.key

    def fails(event: Event) -> str | None:
        if event.id == facts[3].id:
            raise KeyError("key")
        return key(event)

    monkeypatch.setattr(worker.chain, "key", fails)
    with pytest.raises(KeyError):
        worker.deliver(*partition)

    assert worker.done == partition[:-1]
    again = Worker(worker.topic)
    again.deliver(*partition[:-1])
    assert again.table == worker.table


def test_of_messages_that_were_not_delivered_the_one_at_fault_is_given_up() -> None:
    facts = [registered("a"), released(), read("a", 2023), read("a", 2024)]
    worker = Worker(Topic(facts))
    number = partition_of("a", PARTITIONS)
    partition = worker.topic.partitions[number]
    worker.deliver(partition[0])
    unit = PartitionUnit(
        worker.chain, number, worker.table.get, lambda span: partition[span.begin : span.end]
    )

    taken = unit.give_up(partition[3], ZeroDivisionError())

    assert taken.done == (partition[1],)
    assert [row.event_id for row in taken.set_aside] == [partition[1].id]


def test_a_jump_is_read_again_from_the_log_before_going_on() -> None:
    checks = [checked("a", minute=n) for n in range(450)]
    facts = [registered("a"), read("a", 2021, "错误SUM"), *checks, read("a", 2022), released()]
    every, jumped = Worker(Topic(facts)), Worker(Topic(facts))
    every.deliver_all()

    for partition in jumped.topic.partitions:
        jumped.deliver(partition[-1])

    assert jumped.most_at_once <= 200
    assert jumped.outputs == every.outputs
    assert jumped.table == every.table
