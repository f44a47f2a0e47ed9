"""What is rebuilt in the tests, and what is asked of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence

import msgspec
from tests.stack.elastic_world import history

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.history import Part
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.view import FindingQuery, Scope, SearchQuery
from duban.ports import Recorded, SetAside


def told(*_: int) -> None:
    """Hears how far it is, and says nothing."""


class Recording:
    """The history of an embedded store; `meanwhile` happens each time before it is asked."""

    def __init__(self, store: EmbeddedStore) -> None:
        self.store = store
        self.after = 0
        self.meanwhile: list[object] = []
        self.aside: list[tuple[SetAside, str]] = []

    def take(self) -> Iterator[Sequence[Recorded]]:
        if self.meanwhile:
            action = self.meanwhile.pop(0)
            assert callable(action)
            action()
        found = history(self.store, self.after)
        self.after = found[-1].position if found else self.after
        for begin in range(0, len(found), 7):
            yield found[begin : begin + 7]

    def count(self) -> int:
        return self.store.end()

    def parts(self, most: int) -> Sequence[Part]:
        return ()

    def join(self, heard: object) -> None:
        raise AssertionError("nothing was taken in parts")

    def unreadable(self) -> Sequence[tuple[SetAside, str]]:
        return self.aside


def wait_until(is_so: Callable[[], bool], most_s: float = 60.0) -> None:
    end = time.monotonic() + most_s
    while not is_so():
        assert time.monotonic() < end
        time.sleep(0.02)


def answers(index: ElasticIndex) -> dict[str, object]:
    overview = index.overview(Scope())
    return {
        "overview": msgspec.structs.replace(overview, position=0),
        "matrix": index.matrix(Scope()),
        "findings": index.findings(FindingQuery(open_only=False, order="agency", limit=100)),
        "found": index.search(SearchQuery(text="错误")).hits,
    }


def spoil(index: ElasticIndex, agency_id: str, name: str) -> None:
    """Give an agency another name in the indices that are read, as no event does."""
    made = index.indices.ensure()
    found = index._client.get(index=made.index("agencies"), id=agency_id, routing=agency_id)
    index._client.index(
        index=made.index("agencies"),
        id=agency_id,
        routing=agency_id,
        document={**found["_source"], "agency": name, "digest": name},
        version=found["_version"] + 1,
        version_type="external",
    )
    index.indices.refresh(made)
