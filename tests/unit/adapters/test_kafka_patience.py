"""A partition that was just made is waited for; one that is not there is told in time."""

from __future__ import annotations

import pytest

pytest.importorskip("kafka")

from kafka import errors

from duban.adapters.kafka.connection import patiently
from duban.config import KafkaSettings

SETTINGS = KafkaSettings(addresses=("k:1",), timeout_s=0.3)


def test_a_server_that_does_not_know_yet_is_asked_again() -> None:
    answers = iter([errors.UnknownTopicOrPartitionError(), errors.LeaderNotAvailableError(), 7])

    def ask() -> int:
        found = next(answers)
        if isinstance(found, errors.KafkaError):
            raise found
        return found

    settings = KafkaSettings(addresses=("k:1",), timeout_s=10)

    assert patiently(settings, ask) == 7


def test_it_is_not_asked_for_ever() -> None:
    def ask() -> int:
        raise errors.UnknownTopicOrPartitionError

    with pytest.raises(errors.UnknownTopicOrPartitionError):
        patiently(SETTINGS, ask)


def test_every_other_fault_is_told_at_once() -> None:
    asked = []

    def ask() -> int:
        asked.append(1)
        raise errors.TopicAuthorizationFailedError

    with pytest.raises(errors.TopicAuthorizationFailedError):
        patiently(SETTINGS, ask)

    assert len(asked) == 1
