"""Batches are taken in at once where they concern different keys, else one after the other."""

from __future__ import annotations

import threading
import time

import pytest

from duban.adapters.elastic.side_by_side import Batch, side_by_side
from duban.ports import Recorded
from duban.testing.events import checked


def batch(*keys: str) -> list[Recorded]:
    return [Recorded(number, checked(key)) for number, key in enumerate(keys, 1)]


def test_batches_of_other_keys_are_under_way_at_once() -> None:
    together = threading.Barrier(2, timeout=10)

    taken = list(side_by_side([batch("a"), batch("b")], lambda _: together.wait()))

    assert len(taken) == 2


def test_a_key_is_taken_in_order_and_never_twice_at_once() -> None:
    begun: list[str] = []
    under_way: list[str] = []

    def take(one: Batch) -> None:
        keys = [each.event.key for each in one]
        assert not {*keys} & {*under_way}
        under_way.extend(keys)
        begun.append("".join(keys))
        time.sleep(0.02)
        for key in keys:
            under_way.remove(key)

    batches = [batch(*keys) for keys in ("a", "ab", "c", "b", "a")]

    assert len(list(side_by_side(batches, take))) == 5
    assert [keys for keys in begun if "a" in keys] == ["a", "ab", "a"]
    assert [keys for keys in begun if "b" in keys] == ["ab", "b"]


def test_what_fails_is_told() -> None:
    def fails(_: Batch) -> None:
        raise KeyError("a")

    with pytest.raises(KeyError):
        list(side_by_side([batch("a"), batch("b")], fails))
