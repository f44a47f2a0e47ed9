"""Each day is recorded once, in order, whatever happens to the machine or its clock."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from duban.adapters import day_emitter
from duban.adapters.day_emitter import DayEmitter
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import DayBegan
from duban.errors import StorageError
from duban.ports import Step
from duban.testing.clock import MovableClock
from duban.testing.events import sha256

CALENDAR = sha256("calendar 1")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path) as store:
        yield store


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()  # 2 January 2025, nine in the morning


def days(store: EmbeddedStore) -> list[str]:
    bodies = [recorded.event.body for recorded in store.log.read("facts", limit=10_000)]
    return [body.day for body in bodies if isinstance(body, DayBegan)]


def test_the_history_begins_with_the_day_of_the_first_start(store, clock) -> None:
    DayEmitter(store.states, clock, CALENDAR).emit()

    [recorded] = store.log.read("facts")
    assert recorded.event.body == DayBegan(day="2025-01-02", calendar_sha256=CALENDAR)
    assert recorded.event.key == "*"


def test_a_day_is_recorded_once_however_often_it_is_asked_for(store, clock) -> None:
    for _ in range(3):
        emitter = DayEmitter(store.states, clock, CALENDAR)
        emitter.emit()
        emitter.emit()

    assert days(store) == ["2025-01-02"]


def test_days_slept_through_are_recorded_in_order(store, clock) -> None:
    DayEmitter(store.states, clock, CALENDAR).emit()
    clock.move(timedelta(days=3))

    assert DayEmitter(store.states, clock, CALENDAR).emit() == 3

    assert days(store) == ["2025-01-02", "2025-01-03", "2025-01-04", "2025-01-05"]


def test_a_day_begins_at_midnight_in_shanghai(store, clock) -> None:
    emitter = DayEmitter(store.states, clock, CALENDAR)
    emitter.emit()

    clock.move(timedelta(hours=14, minutes=59, seconds=59))
    assert emitter.emit() == 0
    clock.move(timedelta(seconds=1))
    assert emitter.emit() == 1


def test_a_clock_that_was_set_back_says_nothing_until_it_caught_up(store, clock) -> None:
    DayEmitter(store.states, clock, CALENDAR).emit()
    clock.move(timedelta(days=-5))
    emitter = DayEmitter(store.states, clock, CALENDAR)

    assert emitter.emit() == 0
    clock.move(timedelta(days=6))
    assert emitter.emit() == 1
    assert days(store) == ["2025-01-02", "2025-01-03"]


def test_days_that_cannot_be_stored_are_recorded_later(store, clock, monkeypatch) -> None:
    emitter = DayEmitter(store.states, clock, CALENDAR)
    emitter.emit()
    clock.move(timedelta(days=2))

    def full(step: Step) -> None:
        raise StorageError("磁盘已满。")

    with monkeypatch.context() as patch:
        patch.setattr(store.states, "commit", full)
        with pytest.raises(StorageError):
            emitter.emit()
    assert emitter.emit() == 2


def test_it_goes_on_by_itself_until_it_is_stopped(store, clock, monkeypatch) -> None:
    monkeypatch.setattr(day_emitter, "_LOOK_EVERY_S", 0.01)
    emitter = DayEmitter(store.states, clock, CALENDAR)
    emitter.start()
    clock.move(timedelta(days=1))

    wait_until(lambda: days(store) == ["2025-01-02", "2025-01-03"])
    emitter.stop()
    clock.move(timedelta(days=1))

    assert not [one for one in threading.enumerate() if one.name == "days"]
    assert len(days(store)) == 2


def test_what_ends_it_is_kept_and_raised_when_it_is_stopped(store, clock, monkeypatch) -> None:
    monkeypatch.setattr(day_emitter, "_LOOK_EVERY_S", 0.01)
    emitter = DayEmitter(store.states, clock, CALENDAR)
    emitter.start()

    def full(step: Step) -> None:
        raise StorageError("磁盘已满。")

    monkeypatch.setattr(store.states, "commit", full)
    clock.move(timedelta(days=1))

    wait_until(lambda: emitter.error is not None)
    with pytest.raises(StorageError, match="磁盘已满"):
        emitter.stop()


@settings(max_examples=30, deadline=None)
@given(moves=st.lists(st.integers(-72, 200), max_size=8), killed=st.sets(st.integers(0, 7)))
def test_no_day_is_lost_or_doubled_by_kills_and_a_wandering_clock(
    moves: list[int], killed: set[int]
) -> None:
    clock = MovableClock()
    first = latest = clock.now()
    with TemporaryDirectory() as folder, EmbeddedStore(Path(folder)) as store:
        states = Dying(store.states)
        DayEmitter(store.states, clock, CALENDAR).emit()
        for number, hours in enumerate(moves):
            clock.move(timedelta(hours=hours))
            latest = max(latest, clock.now())
            if number in killed:  # the step is stored, but nobody hears of it any more
                with contextlib.suppress(KeyboardInterrupt):
                    DayEmitter(states, clock, CALENDAR).emit()
            DayEmitter(store.states, clock, CALENDAR).emit()
        told = days(store)

    expected = [first.date() + timedelta(n) for n in range((latest.date() - first.date()).days + 1)]
    assert told == [day.isoformat() for day in expected]


class Dying:
    """A store whose process ends right after a step was stored."""

    def __init__(self, states: Any) -> None:
        self._states = states

    def __getattr__(self, name: str) -> Any:
        return getattr(self._states, name)

    def commit(self, step: Step) -> None:
        self._states.commit(step)
        raise KeyboardInterrupt


def wait_until(holds: Any) -> None:
    waited = threading.Event()
    for _ in range(1000):
        if holds():
            return
        waited.wait(0.01)
    pytest.fail("it did not come to pass")
