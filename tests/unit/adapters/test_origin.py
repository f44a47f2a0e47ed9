"""Topics that are made anew under a running process are noticed, and Kafka is asked seldom."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

pytest.importorskip("kafka")

from kafka.errors import KafkaConnectionError

from duban.adapters.kafka import origin
from duban.adapters.kafka.origin import Origin, Origins, OtherTopicsError, Watch
from duban.config import KafkaSettings
from duban.errors import StorageError

SETTINGS = KafkaSettings(addresses=("k:1",))
KNOWN = Origins((Origin("facts", "1"), Origin("posted", "2")))


class Server:
    """A Kafka that tells the ids of its topics; none is one that is not there."""

    def __init__(self) -> None:
        self.ids: dict[str, str | None] = {"facts": "1", "posted": "2"}
        self.is_away = False
        self.asked = self.opened = self.closed = 0

    @contextmanager
    def administration(self, settings: KafkaSettings) -> Iterator[Server]:
        self.opened += 1
        try:
            yield self
        finally:
            self.closed += 1

    def describe_topics(self, names: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        self.asked += 1
        if self.is_away:
            raise KafkaConnectionError
        return [
            {"name": one, "topic_id": self.ids[one], "error_code": 0 if self.ids[one] else 3}
            for one in names
        ]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Server:
    found = Server()
    monkeypatch.setattr(origin, "administration", found.administration)
    return found


def watch(now: list[float] | None = None) -> Watch:
    def refused(found: Origins) -> OtherTopicsError:
        return OtherTopicsError(KNOWN.others(found))

    clock = now or [0.0]
    return Watch(SETTINGS, KNOWN, refused, now=lambda: clock[0])


def test_it_is_asked_over_one_connection_which_is_ended(server: Server) -> None:
    watching = watch()
    for _ in range(3):
        watching.check()
    assert (server.opened, server.closed, server.asked) == (1, 0, 3)

    watching.close()
    watching.close()
    assert server.closed == 1


def test_topics_made_anew_are_told_by_name_each_time_it_is_asked(server: Server) -> None:
    now = [0.0]
    watching = watch(now)
    watching.check()
    server.ids["facts"] = "3"

    now[0] = 10.0
    for _ in range(2):
        with pytest.raises(OtherTopicsError, match=r"^facts$"):
            watching.check(10.0)


def test_an_answer_that_is_new_enough_does_for_another_one(server: Server) -> None:
    now = [0.0]
    watching = watch(now)
    for moment in (0.0, 5.0, 9.9, 10.0, 19.0):
        now[0] = moment
        watching.check(10.0)

    assert server.asked == 2


@pytest.mark.parametrize("is_away", [True, False])
def test_who_was_disturbed_asks_again_over_a_new_connection(server: Server, is_away: bool) -> None:
    watching = watch()
    watching.check()
    server.is_away, server.ids["facts"] = is_away, None  # removed, and not made anew yet
    with pytest.raises(StorageError):
        watching.check()
    assert server.closed == 1

    server.is_away, server.ids["facts"] = False, "3"
    with pytest.raises(OtherTopicsError):
        watching.check(10.0)
    assert server.opened == 2
