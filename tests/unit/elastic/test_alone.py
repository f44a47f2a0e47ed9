"""What a process that fills empty indices asks for, and what it keeps from others meanwhile."""

from __future__ import annotations

import threading

from duban.adapters.elastic.alone import Alone
from duban.adapters.elastic.state import key_of_bytes
from duban.domain.event import Event
from duban.ports import Recorded
from duban.testing.events import read, registered, rejected


def batch(*events: Event) -> list[Recorded]:
    return [Recorded(number, event) for number, event in enumerate(events, 1)]


def is_held(alone: Alone, lock: threading.Lock, *events: Event) -> bool:
    with alone.holding(batch(*events)):
        return lock.locked()


def test_an_agency_is_asked_for_once_it_was_written() -> None:
    alone = Alone()
    before = alone.may_hold("a")
    alone.wrote(["a"])

    assert (before, alone.may_hold("a"), alone.may_hold("b")) == (False, True, False)


def test_rejected_bytes_are_asked_for_from_the_first_time_on_as_others_may_have_told_of_them() -> (
    None
):
    alone = Alone()
    one = rejected("x", "unassigned")
    alone.holding(batch(one))

    assert alone.may_hold(key_of_bytes(one.body.sha256))  # type: ignore[union-attr]


def test_bytes_that_were_only_read_are_not_asked_for() -> None:
    alone = Alone()
    one = read("a", 2024, "一", bytes_="x")
    alone.holding(batch(one))
    alone.wrote([key_of_bytes(one.body.sha256)])  # type: ignore[union-attr]

    assert not alone.may_hold(key_of_bytes(one.body.sha256))  # type: ignore[union-attr]


def test_only_what_tells_of_rejected_bytes_is_written_one_process_at_a_time() -> None:
    lock = threading.Lock()
    alone = Alone(lock)

    assert not is_held(alone, lock, registered("a"), read("a", 2024, "一", bytes_="x"))
    assert is_held(alone, lock, registered("b"), rejected("x", "unassigned"))
    assert is_held(alone, lock, read("a", 2024, "一", bytes_="x"))
    assert not is_held(alone, lock, read("a", 2024, "一", bytes_="y"))
