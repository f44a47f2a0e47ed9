"""Worlds whose read models lie on a real Elasticsearch, beside the embedded ones."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from elasticsearch import Elasticsearch

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.mappings import MODELS
from duban.adapters.embedded.store import EmbeddedStore
from duban.config import ElasticSettings
from duban.domain.event import Topic
from duban.ports import Recorded, SetAside
from duban.processors.processor import Chain
from duban.testing.runner import evaluator
from duban.testing.world import World

TOPICS: tuple[Topic, ...] = ("posted", "facts", "conclusions", "alerts")

_TICK_S = 0.3  # the server's own clock for forgetting what was deleted goes in steps of 0.2 s


def settings(url: str, prefix: str) -> ElasticSettings:
    """Everything is seen at once, so that a test need not wait."""
    return ElasticSettings(url=url, prefix=prefix, refresh_s=0.0, timeout_s=120.0)


@dataclass
class Follower:
    """Takes what an embedded store records into the other index."""

    store: EmbeddedStore
    index: ElasticIndex
    position: int = 0
    told: dict[tuple[int, str], SetAside] = field(default_factory=dict)

    def follow(self) -> None:
        """Take everything new, and what was set aside or settled meanwhile."""
        self.index.apply(history(self.store, self.position))
        self.position = self.store.end()
        by_position = {one.position: one.event for one in history(self.store)}
        for place, row in self.store.states.passed_over("agency").items():
            if self.told.get(place) == row:
                continue
            met = by_position[row.position]
            unsettled = SetAside(row.position, row.key, row.event_id, row.cause)
            self.index.set_aside(unsettled, unit="agency", name=met.name, at=met.at)
            if row.settled is not None:
                at = by_position[row.settled].at
                self.index.set_aside(row, unit="agency", name=met.name, at=at)
            self.told[place] = row


def history(store: EmbeddedStore, after: int = 0) -> list[Recorded]:
    """Everything recorded after a position, in order."""
    found = [one for topic in TOPICS for one in store.log.read(topic, after, 100_000)]
    return sorted(found, key=lambda one: one.position)


class Sets:
    """Two sets of indices, lent in turn and emptied each time: to make them takes seconds."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._prefixes = [f"t{uuid.uuid4().hex[:12]}-" for _ in range(2)]
        self._lent = 0
        for prefix in self._prefixes:
            with ElasticIndex(settings(url, prefix)) as index:
                made = index.indices.ensure()
                for model in MODELS:  # what was deleted is forgotten at once, its version too
                    index._client.indices.put_settings(
                        index=made.index(model), settings={"index.gc_deletes": "0s"}
                    )

    def lend(self) -> ElasticIndex:
        """An index with nothing in it, until the next but one is lent."""
        index = ElasticIndex(settings(self._url, self._prefixes[self._lent % 2]))
        self._lent += 1
        self._empty(index)
        return index

    def remove(self) -> None:
        for prefix in self._prefixes:
            remove(self._url, prefix)

    def _empty(self, index: ElasticIndex) -> None:
        made, client = index.indices.ensure(), index._client
        names = [made.index(model) for model in MODELS]
        client.indices.refresh(index=names)
        found = client.search(index=names, size=10_000, source=False)["hits"]["hits"]
        lines = [
            {"delete": {"_index": hit["_index"], "_id": hit["_id"], "routing": hit["_routing"]}}
            for hit in found
        ]
        if lines:
            assert not client.bulk(operations=lines)["errors"]
            time.sleep(_TICK_S)
            client.indices.refresh(index=names)


@contextmanager
def made_worlds(sets: Sets, folder: Path) -> Iterator[Callable[[], World]]:
    """A maker of empty worlds, of which the last two can be used."""
    stores: list[EmbeddedStore] = []
    indices: list[ElasticIndex] = []

    def make() -> World:
        store, index = EmbeddedStore(folder / f"{len(stores)}"), sets.lend()
        stores.append(store)
        indices.append(index)
        runner = store.runner(Chain("agency", (evaluator(),)))
        follower = Follower(store, index)

        def run() -> None:
            runner.run_until_idle()
            follower.follow()

        return World(log=store.log, states=store.states, index=index, run=run)

    try:
        yield make
    finally:
        for store in stores:
            store.close()
        for index in indices:
            index.close()


def remove(url: str, prefix: str) -> None:
    """Remove all indices of a prefix of ours."""
    with Elasticsearch(url, request_timeout=60) as client:
        found = client.indices.get(index=f"{prefix}*", features="aliases")
        if found.body:
            client.indices.delete(index=list(found))
