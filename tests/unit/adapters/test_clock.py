"""Time never runs backwards in the history, and a clock that cannot be right is not believed."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from duban.adapters.clock import MOST_AHEAD, SystemClock, last_recorded
from duban.adapters.embedded.store import EmbeddedStore
from duban.testing.clock import MovableClock
from duban.testing.events import at, checked, posted, registered

LAST = datetime(2025, 1, 2, 9, 0, tzinfo=timezone(timedelta(hours=8)))


@pytest.fixture
def wall() -> MovableClock:
    return MovableClock()


def test_the_time_is_that_of_the_machine_told_in_shanghai() -> None:
    before = datetime.now().astimezone()
    told = SystemClock().now()

    assert before <= told <= datetime.now().astimezone()
    assert told.utcoffset() == timedelta(hours=8)
    assert SystemClock().problem() is None


def test_a_clock_set_back_stands_still_until_it_has_caught_up(wall, caplog) -> None:
    wall.move(timedelta(hours=-30))
    clock = SystemClock(LAST, wall=wall.now)

    with caplog.at_level(logging.ERROR):
        assert clock.now() == clock.now() == LAST
    assert len(caplog.records) == 1  # told once, not with every question
    problem = clock.problem()
    assert problem is not None
    assert "慢 30.0 小时" in problem.zh
    assert "2025-01-02 09:00" in problem.zh
    assert "30.0 hours behind" in problem.en

    wall.move(timedelta(hours=30, minutes=1))
    assert clock.now() == wall.now()
    assert clock.problem() is None


def test_a_clock_set_back_while_it_runs_stands_still_too(wall) -> None:
    clock = SystemClock(wall=wall.now)
    told = clock.now()
    wall.move(timedelta(days=-40))

    assert clock.now() == told
    assert "40 天" in clock.problem().zh


def test_a_clock_put_right_by_moments_is_no_problem_but_never_runs_back(wall) -> None:
    clock = SystemClock(LAST, wall=wall.now)
    wall.move(timedelta(seconds=-5))

    assert clock.now() == LAST
    assert clock.problem() is None


def test_a_clock_years_ahead_is_not_believed(wall) -> None:
    wall.move(timedelta(days=9 * 365))
    clock = SystemClock(LAST, wall=wall.now)

    assert clock.now() == LAST
    assert "--accept-clock" in clock.problem().zh

    wall.move(timedelta(days=-9 * 365))
    assert clock.now() == wall.now()


def test_a_clock_years_ahead_is_believed_when_somebody_says_so(wall) -> None:
    wall.move(timedelta(days=9 * 365))
    clock = SystemClock(LAST, accept=True, wall=wall.now)

    assert clock.now() == wall.now()
    wall.move(timedelta(days=9 * 365))  # this once, not for ever
    assert clock.problem() is not None


def test_a_machine_that_was_off_for_a_year_is_believed(wall) -> None:
    wall.move(MOST_AHEAD)

    assert SystemClock(LAST, wall=wall.now).now() == wall.now()


@given(moves=st.lists(st.integers(-(10**7), 10**7), max_size=20))
def test_the_time_told_never_runs_backwards(moves: list[int]) -> None:
    wall = MovableClock()
    clock = SystemClock(LAST, wall=wall.now)

    told = []
    for seconds in moves:
        wall.move(timedelta(seconds=seconds))
        told.append(clock.now())

    assert told == sorted(told)


def test_the_last_record_is_the_latest_fact_or_posting(tmp_path) -> None:
    with EmbeddedStore(tmp_path) as store:
        assert last_recorded(store.log) is None
        store.log.append([registered("a"), posted("x", minute=7)])
        assert last_recorded(store.log) == at(7)
        store.log.append([checked("a", minute=9)])
        assert last_recorded(store.log) == at(9)
