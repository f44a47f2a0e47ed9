"""What was written is shown together and soon, and not for every few documents anew."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from typing import cast

import pytest

pytest.importorskip("elasticsearch")

from duban.adapters.elastic.bulk import Bulk, Operation
from duban.adapters.elastic.indices import Generation, Indices
from duban.adapters.elastic.showing import Showing
from duban.errors import StorageError
from duban.ports import Recorded
from duban.testing.events import registered

GENERATION = Generation("t-", 1)


class Server:
    """Notes when everything was refreshed, and how far was told then."""

    def __init__(self) -> None:
        self.shown: list[float] = []
        self.told: list[int] = []
        self.failing: list[StorageError] = []
        self.asked = threading.Event()
        self.answers = threading.Event()
        self.answers.set()

    def refresh(self, _: Generation, *models: str) -> None:
        self.asked.set()
        assert self.answers.wait(30)
        if self.failing:
            raise self.failing.pop()
        if not models:
            self.shown.append(time.monotonic())

    def write(self, operations: Sequence[Operation]) -> None:
        self.told += [one.version for one in operations]

    def showing(self, every_s: float) -> Showing:
        return Showing(cast("Indices", self), cast("Bulk", self), lanes=1, every_s=every_s)


def until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.005)


def wrote(showing: Showing, position: int) -> None:
    showing.wrote(GENERATION, [Recorded(position, registered("a"))])


def test_what_is_written_in_several_requests_is_shown_together() -> None:
    server = Server()
    showing = server.showing(0.01)

    for position in (1, 2, 3):
        wrote(showing, position)
    until(lambda: bool(server.told))
    showing.end()

    assert len(server.shown) == 1
    assert server.told == [3]


def test_between_two_showings_there_is_the_time_that_was_asked_for() -> None:
    server = Server()
    showing = server.showing(0.5)
    begun = time.monotonic()

    wrote(showing, 1)
    until(lambda: server.told == [1])
    wrote(showing, 2)
    until(lambda: server.told == [1, 2])

    first, second = server.shown
    assert first - begun >= 0.4
    assert second - first >= 0.4


def test_after_a_pause_it_is_shown_soon() -> None:
    server = Server()
    showing = server.showing(3600.0)
    wrote(showing, 1)
    showing.show()
    showing._next = time.monotonic()  # as if an hour had gone by
    wrote(showing, 2)
    until(lambda: server.told == [1, 2])
    showing.end()


def test_who_ends_waits_for_what_is_being_shown() -> None:
    server = Server()
    server.answers.clear()
    showing = server.showing(0.01)
    wrote(showing, 1)
    assert server.asked.wait(30)

    ending = threading.Thread(target=showing.end)
    ending.start()
    ending.join(0.2)
    assert ending.is_alive()
    server.answers.set()
    ending.join(30)

    assert server.told == [1]
    assert len(server.shown) == 1


def test_what_could_not_be_shown_is_shown_at_the_end() -> None:
    server = Server()
    server.answers.clear()
    server.failing.append(StorageError("away", "away"))
    showing = server.showing(0.01)
    wrote(showing, 1)
    assert server.asked.wait(30)

    ending = threading.Thread(target=showing.end)
    ending.start()
    server.answers.set()
    ending.join(30)

    assert server.told == [1]
