"""What an index cannot tell just now is never taken for something that is not there."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest

pytest.importorskip("elasticsearch")

from duban.adapters.elastic.applying import Applying
from duban.adapters.elastic.bulk import Bulk
from duban.adapters.elastic.failure import MissingError
from duban.adapters.elastic.indices import Generation
from duban.config import ElasticSettings
from duban.errors import StorageError
from duban.ports import Recorded
from duban.testing.events import registered

SETTINGS = ElasticSettings(url="http://elastic:9200", timeout_s=0.5)


class Server:
    """Answers every document asked for with an error, so often; nothing may be written."""

    def __init__(self, kind: str, times: float = math.inf) -> None:
        self._kind = kind
        self._times = times

    def mget(self, *, docs: Sequence[Any]) -> dict[str, Any]:
        if self._times == 0:
            raise AskedAgainError
        self._times -= 1
        return {"docs": [{"_id": one["_id"], "error": {"type": self._kind}} for one in docs]}


class AskedAgainError(Exception):
    """It was asked again, once the shard had come."""


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("index_not_found_exception", MissingError),
        ("no_shard_available_action_exception", StorageError),
    ],
)
def test_a_state_that_cannot_be_seen_stops_the_batch(
    kind: str, expected: type[StorageError]
) -> None:
    server: Any = Server(kind)
    applying = Applying(server, SETTINGS, Bulk(server, SETTINGS), lanes=1)

    with pytest.raises(expected):
        applying.apply(Generation("p-", 1), [Recorded(1, registered("a"))])


@pytest.mark.parametrize(
    ("kind", "said"),
    [
        ("security_exception", "may not use the indices"),
        ("index_closed_exception", "refused a request (400 index_closed_exception)"),
    ],
)
def test_what_never_passes_is_told_at_once_as_what_it_is(kind: str, said: str) -> None:
    server: Any = Server(kind, times=1)
    applying = Applying(server, SETTINGS, Bulk(server, SETTINGS), lanes=1)

    with pytest.raises(StorageError) as told:
        applying.apply(Generation("p-", 1), [Recorded(1, registered("a"))])

    assert said in told.value.english


def test_what_is_not_known_to_pass_is_waited_for_and_then_told_by_its_name() -> None:
    server: Any = Server("strange_exception")
    applying = Applying(server, SETTINGS, Bulk(server, SETTINGS), lanes=1)

    with pytest.raises(StorageError) as told:
        applying.apply(Generation("p-", 1), [Recorded(1, registered("a"))])

    assert "strange_exception" in told.value.english
    assert "too busy" not in told.value.english


def test_a_shard_that_is_not_there_yet_is_asked_again() -> None:
    server: Any = Server("no_shard_available_action_exception", times=2)
    applying = Applying(server, SETTINGS, Bulk(server, SETTINGS), lanes=1)

    with pytest.raises(AskedAgainError):
        applying.apply(Generation("p-", 1), [Recorded(1, registered("a"))])
