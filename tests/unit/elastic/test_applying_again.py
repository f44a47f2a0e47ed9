"""What was written by one who was killed before saying so is taken again, in any order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import pytest

pytest.importorskip("elasticsearch")

from duban.adapters.elastic.applying import Applying
from duban.adapters.elastic.bulk import Bulk
from duban.adapters.elastic.indices import Generation
from duban.config import ElasticSettings
from duban.ports import Recorded
from duban.testing.alerts import alerted, fault
from duban.testing.events import registered

SETTINGS = ElasticSettings(url="http://elastic:9200", timeout_s=0.5)
HERE = Generation("p-", 1)


class KilledError(BaseException):
    """The writer ends here."""


class Server:
    """Keeps documents with their versions; the writer is killed before its request of a number."""

    def __init__(self) -> None:
        self.documents: dict[tuple[str, str], tuple[int, bytes]] = {}
        self.left = -1

    def mget(self, *, docs: Sequence[Any]) -> dict[str, Any]:
        return {"docs": [self._found(one) for one in docs]}

    def bulk(self, *, operations: Sequence[Any], **_: Any) -> dict[str, Any]:
        if self.left == 0:
            raise KilledError
        self.left -= 1
        pairs = zip(operations[::2], operations[1::2], strict=True)
        return {"items": [self._written(msgspec.json.decode(one), data) for one, data in pairs]}

    def current(self, model: str) -> dict[str, Any]:
        """The documents of a kind that are so now, but for how often they were written."""
        found = {}
        for (entry, name), (_, source) in self.documents.items():
            fields = msgspec.json.decode(source)
            if entry == HERE.entry(model) and fields.get("current"):
                found[name] = {at: one for at, one in fields.items() if at != "number"}
        return found

    def _found(self, wanted: Mapping[str, Any]) -> dict[str, Any]:
        entry = f"{wanted['_index']}-entry"
        found = self.documents.get((entry, wanted["_id"]))
        if found is None:
            return {"found": False}
        fields = msgspec.json.decode(found[1])
        return {"found": True, "_version": found[0], "_source": fields}

    def _written(self, action: Any, source: bytes) -> dict[str, Any]:
        own = action["index"]
        place, version = (own["_index"], own["_id"]), own["version"]
        there = self.documents.get(place, (-1, b""))[0]
        if there > version or (there == version and own["version_type"] == "external"):
            return {"index": {"status": 409, "error": {"type": "conflict"}}}
        self.documents[place] = version, source
        return {"index": {"status": 200}}


def writer(server: Any) -> Applying:
    return Applying(server, SETTINGS, Bulk(server, SETTINGS), lanes=1)


def taken(server: Server, *batches: Sequence[Recorded]) -> None:
    applying = writer(server)
    for batch in batches:
        applying.apply(HERE, batch)


def test_a_change_that_another_order_gave_another_number_is_written() -> None:
    name, first, second = (
        Recorded(1, registered("a")),
        Recorded(1, alerted("a", 1, fault("SUM"))),
        Recorded(2, alerted("a", 2)),
    )
    server = Server()
    server.left = 1  # the documents, and not the state
    with pytest.raises(KilledError):
        taken(server, [first, name])

    server.left = -1
    taken(server, [name], [first], [second])

    (alert,) = server.current("alerts").values()
    assert (alert["revision"], alert["is_open"]) == (2, False)
