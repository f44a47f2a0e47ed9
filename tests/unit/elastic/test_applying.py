"""What an index cannot tell just now is never taken for something that is not there."""

from __future__ import annotations

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

SETTINGS = ElasticSettings(url="http://elastic:9200")


class Server:
    """Answers every document asked for with an error; nothing may be written."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def mget(self, *, docs: Sequence[Any]) -> dict[str, Any]:
        return {"docs": [{"_id": one["_id"], "error": {"type": self._kind}} for one in docs]}


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
