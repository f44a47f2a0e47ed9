"""What is said to be set aside is set aside, whatever happens between the words and the deed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import pytest

from duban.domain.event import Event, encode
from duban.errors import StorageError
from duban.ports import Recorded, SetAside
from duban.testing.events import posted

pytest.importorskip("kafka")

from tests.unit.adapters.delivering import delivered

from duban.adapters.kafka.aside import note_in
from duban.adapters.kafka.effect_steps import EffectSteps
from duban.adapters.kafka.index_steps import IndexSteps
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import PartitionState
from duban.adapters.kafka.publisher import Message

EVENTS = [posted("a"), posted("b")]


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


class Nothing:
    """A log that is never asked, as every message is delivered."""

    def close(self) -> None:
        pass


class World:
    """What outlives a worker: the table of its unit, and what was said."""

    def __init__(self, lives: int = 10**9) -> None:
        self.table: dict[str, bytes] = {}
        self.said: list[Message] = []
        self.lives = lives
        self.fails = 0
        self.asked = 0

    def reading(self, recorded: Recorded) -> Sequence[Event]:
        self.asked += 1
        if self.fails:
            self.fails -= 1
            raise ZeroDivisionError(recorded.event.id)
        return ()

    async def publish(self, messages: Sequence[Message]) -> None:
        self._step()
        self.said += messages

    def get(self, number: int, name: str) -> bytes | None:
        return self.table.get(name)

    async def settle(self, number: int, is_ours: Callable[[], bool]) -> bool:
        return is_ours()

    async def write(
        self, number: int, writes: Mapping[str, bytes], is_ours: Callable[[], bool]
    ) -> bool:
        self._step()
        self.table.update(writes)
        return is_ours()

    def _step(self) -> None:
        self.lives -= 1
        if self.lives < 0:
            raise Killed

    def state(self) -> PartitionState:
        return PartitionState(0, self.table.get)

    def standing(self) -> set[str]:
        """What the notes say is aside."""
        found: set[str] = set()
        for one in self.said:
            row = note_in(one.value).row
            found = found - {row.event_id} if row.settled is not None else found | {row.event_id}
        return found


def raws() -> list[Raw]:
    return [
        Raw(0, place, one.key, one.id, one.name, encode(one), "", "posted")
        for place, one in enumerate(EVENTS)
    ]


def work(world: World, messages: Sequence[Raw], is_ours: Callable[[], bool] = lambda: True) -> bool:
    """A worker that has nothing but what the world kept."""

    steps = EffectSteps("intake", "posted", world.reading, Nothing(), at_once=1)  # type: ignore[arg-type]
    return delivered(steps, world, messages, is_ours)


@pytest.mark.parametrize("lives", range(5))
def test_a_worker_killed_at_any_point_leaves_no_note_of_what_was_handled_after_all(
    lives: int,
) -> None:
    world = World(lives)
    world.fails = 5
    try:
        work(world, raws()[:1])
    except Killed:
        world.lives = 10**9
        work(world, raws()[:1])  # which would succeed now

    kept = world.state().aside(EVENTS[0].key, EVENTS[0].id)
    assert world.standing() == ({EVENTS[0].id} if kept else set())
    assert world.state().cursor() == 1


def test_a_decision_is_carried_out_once() -> None:
    world = World(lives=2)  # it is written down and told
    world.fails = 5
    with pytest.raises(Killed):
        work(world, raws()[:1])
    world.lives = 10**9

    work(world, raws()[:1])
    said = len(world.said)
    work(world, raws())

    assert len({one.id for one in world.said}) == 1
    assert len(world.said) == said
    assert world.asked == 6
    assert world.state().cursor() == 2


def test_a_decision_that_a_program_of_before_passed_over_is_dropped() -> None:
    world = World(lives=1)
    world.fails = 5
    with pytest.raises(Killed):
        work(world, raws()[:1])
    world.lives = 10**9
    state = world.state()  # it handled the event, and went on
    state.move(1)
    world.table.update(state.writes())

    work(world, raws())

    assert world.said == []
    assert world.state().cursor() == 2


def test_kafka_out_of_reach_when_it_is_told_changes_no_decision(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    world = World()
    world.fails = 6
    away = iter([True] * 3)
    publish = world.publish

    async def refused(messages: Sequence[Message]) -> None:
        if next(away, False):
            raise StorageError("Kafka 没有应答")
        await publish(messages)

    monkeypatch.setattr(world, "publish", refused)
    assert work(world, raws())

    assert world.standing() == {EVENTS[0].id}
    assert world.state().cursor() == 2


class Index:
    """Read models that fail as often as they are told; what they show outlives a worker."""

    def __init__(self, fails: int) -> None:
        self.fails = fails
        self.taken: set[str] = set()
        self.shown: set[str] = set()

    def apply(self, recorded: Iterable[Recorded]) -> None:
        if self.fails:
            self.fails -= 1
            raise ZeroDivisionError
        self.taken |= {one.event.id for one in recorded}

    def forget(self) -> None:
        pass

    def set_aside(
        self, one: SetAside, *, unit: str = "", name: str = "", at: datetime | None = None
    ) -> None:
        self.shown.add(one.event_id)


@pytest.mark.parametrize("lives", range(6))
def test_an_indexer_killed_at_any_point_shows_as_aside_what_it_did_not_take(lives: int) -> None:
    world, index = World(lives), Index(fails=5)

    def index_(messages: Sequence[Raw]) -> None:
        steps = IndexSteps(index, Nothing(), 1)  # type: ignore[arg-type]
        delivered(steps, world, messages)

    try:
        index_(raws()[:1])
    except Killed:
        world.lives = 10**9
        index_(raws()[:1])  # which would succeed now
    world.lives = 10**9
    notes = {one.id: one for one in world.said}.values()
    for place, one in enumerate(notes):
        index_([Raw(0, place, one.key, one.id, one.name, one.value, "", "aside")])

    assert {EVENTS[0].id} == index.taken ^ index.shown
