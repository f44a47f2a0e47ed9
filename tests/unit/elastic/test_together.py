"""Batches of several threads are written as one, and each thread is told what became of its own."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

pytest.importorskip("elasticsearch")

from duban.adapters.elastic.together import Together
from duban.errors import StorageError
from duban.ports import Recorded
from duban.testing.events import registered

EVENTS = {name: Recorded(number, registered(name)) for number, name in enumerate("abcdef", 1)}


class Writer:
    """Notes what is written; the first batch waits until `begun` others wait behind it."""

    def __init__(self, refused: Callable[[list[str]], Exception | None] = lambda _: None) -> None:
        self.written: list[list[str]] = []
        self.first = threading.Event()
        self.go_on = threading.Event()
        self._refused = refused

    def __call__(self, batch: Sequence[Recorded]) -> None:
        names = [one.event.key for one in batch]
        self.written.append(names)
        if len(self.written) == 1:
            self.first.set()
            assert self.go_on.wait(30)
        if error := self._refused(names):
            raise error


def outcomes(writer: Writer, names: str) -> dict[str, BaseException | None]:
    """What each thread was told; the first one writes while all others come."""
    together = Together(writer, within_s=0.05)
    with ThreadPoolExecutor(len(names)) as pool:
        futures = {names[0]: pool.submit(together.take, [EVENTS[names[0]]])}
        assert writer.first.wait(30)
        futures |= {name: pool.submit(together.take, [EVENTS[name]]) for name in names[1:]}
        while len(together._brought) < len(names) - 1:
            time.sleep(0.001)
        writer.go_on.set()
        return {name: future.exception(30) for name, future in futures.items()}


def test_what_comes_while_another_is_written_is_written_together() -> None:
    writer = Writer()

    told = outcomes(writer, "abcd")

    assert writer.written[0] == ["a"]
    assert sorted(writer.written[1]) == ["b", "c", "d"]
    assert len(writer.written) == 2
    assert set(told.values()) == {None}


def test_a_fault_of_storage_is_told_to_all_that_were_written_together() -> None:
    away = StorageError("连接不上", "away")
    writer = Writer(lambda names: away if len(names) > 1 else None)

    told = outcomes(writer, "abc")

    assert told == {"a": None, "b": away, "c": away}


def test_a_fault_of_one_batch_is_told_to_its_own_thread_alone() -> None:
    writer = Writer(lambda names: ValueError("坏的") if "c" in names else None)

    told = outcomes(writer, "abcd")

    assert [name for name, error in told.items() if error is not None] == ["c"]
    assert isinstance(told["c"], ValueError)
    assert sorted(names[0] for names in writer.written if len(names) == 1) == ["a", "b", "c", "d"]


def test_the_first_waits_for_those_that_come_within_its_time() -> None:
    writer = Writer()
    writer.go_on.set()
    together = Together(writer, within_s=2.0)

    with ThreadPoolExecutor(3) as pool:
        for future in [pool.submit(together.take, [EVENTS[name]]) for name in "abc"]:
            future.result(30)

    assert [sorted(names) for names in writer.written] == [["a", "b", "c"]]


def test_very_much_is_not_waited_for_nor_written_at_once() -> None:
    writer = Writer()
    writer.go_on.set()
    together = Together(writer, within_s=30.0)
    begun = time.monotonic()

    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(together.take, [EVENTS[name]] * 600) for name in "bc"]:
            future.result(20)

    assert time.monotonic() - begun < 20
    assert [len(names) for names in writer.written] == [600, 600]
