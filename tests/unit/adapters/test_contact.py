"""An outage of Kafka is told once, then ever more seldom, and so is its end."""

from __future__ import annotations

import pytest

from duban.adapters.kafka.contact import Contact
from duban.errors import StorageError

AWAY = StorageError("连接不上 Kafka", "Kafka cannot be reached.")


class Clock:
    seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


def test_an_outage_of_an_hour_is_told_a_few_times_and_its_end_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    clock = Clock()
    contact = Contact("agency", now=clock)
    for _ in range(720):
        contact.lost(AWAY)
        assert not contact.is_there
        clock.seconds += 5
    told = [one.getMessage() for one in caplog.records]
    contact.had()
    contact.had()

    assert 5 <= len(told) <= 12
    assert all("连接不上 Kafka" in one for one in told)
    assert contact.is_there
    assert [one.getMessage() for one in caplog.records[len(told) :]] == [
        "agency：又连上了 Kafka，接着处理"
    ]


def test_the_next_outage_is_told_at_once(caplog: pytest.LogCaptureFixture) -> None:
    contact = Contact("agency", now=Clock())
    contact.had()
    contact.lost(AWAY)
    contact.had()
    contact.lost(AWAY)

    assert len(caplog.records) == 3
