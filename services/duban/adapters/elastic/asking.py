"""Questions to the indices that are read: searches, several in one request, pages of any depth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic.failure import by_status, told
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.mappings import Model, alias
from duban.adapters.embedded.moment import micros
from duban.config import ElasticSettings
from duban.domain.view import Scope

Query = Mapping[str, Any]
_STILL_AT_MOST = "5m"  # between two parts of an export
_OF_COLUMN = "hits.hits.sort,hits.hits.fields"
_WINDOW = 10_000  # the server pages no deeper than this by counting


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """One search: what is sought, and how the answer is cut.

    `sort` tells any two documents apart. `fields` are those that are wanted.
    """

    model: Model
    filters: Sequence[Query] = ()
    sort: Sequence[str] = ("subject",)
    fields: Sequence[str] | bool = True
    limit: int = 0
    offset: int = 0
    counts: bool = False
    aggs: Mapping[str, Any] = msgspec.field(default_factory=dict)


class Answer(msgspec.Struct, frozen=True):
    """The documents of a search, how many match, and what was counted."""

    sources: Sequence[Mapping[str, Any]]
    total: int
    aggs: Mapping[str, Any]


class Asking:
    """Asks through the aliases, or one set of indices. Raises StorageError; for many threads."""

    def __init__(
        self,
        client: Elasticsearch,
        settings: ElasticSettings,
        generation: Generation | None = None,
    ) -> None:
        self._client = client
        self.settings = settings
        self._generation = generation

    def one(self, search: Search) -> Answer:
        """The answer to one search."""
        if search.offset + search.limit > _WINDOW:
            return self._deep(search)
        return self.several(search)[0]

    def several(self, *searches: Search) -> list[Answer]:
        """The answers to several searches, asked together; none may reach deep."""
        lines: list[Any] = []
        for one in searches:
            lines += [{"index": self._index(one)}, _body(one)]
        with told(self.settings):
            answer = self._client.msearch(searches=lines)
        made = []
        for found in answer["responses"]:
            if (error := found.get("error")) is not None:
                raise by_status(self.settings, found["status"], error.get("type", ""))
            made.append(_answer(found))
        return made

    def every(self, search: Search) -> Iterator[Mapping[str, Any]]:
        """All documents of a search in order, however many; memory does not grow."""
        for found in self._walk(search, search.fields):
            yield found["_source"]

    def column(self, search: Search, name: str) -> Iterator[tuple[Sequence[Any], Any]]:
        """What each document is sorted by, in order, and one field of it; no document is read."""
        body = _body(msgspec.structs.replace(search, limit=_WINDOW, fields=False))
        del body["_source"]  # even a document's id lies packed with all the rest of it
        more = {
            "docvalue_fields": [name],
            "stored_fields": "_none_",
            "track_total_hits": False,
        }
        for found in self._pages(body | more, self._index(search), _OF_COLUMN):
            yield found["sort"], found.get("fields", {}).get(name, [None])[0]

    @contextmanager
    def still(self, search: Search) -> Iterator[tuple[int, Iterator[Mapping[str, Any]]]]:
        """How many documents match, and each in order, as all stood at one moment."""
        with told(self.settings):
            opened = self._client.open_point_in_time(
                index=self._index(search), keep_alive=_STILL_AT_MOST
            )
        try:
            counting = _body(msgspec.structs.replace(search, limit=0, counts=True))
            with told(self.settings):
                counted = self._client.search(body={**counting, "pit": _still(opened["id"])})
            found = self._walk(search, search.fields, still=opened["id"])
            yield counted["hits"]["total"]["value"], (one["_source"] for one in found)
        finally:
            with told(self.settings):
                self._client.close_point_in_time(id=opened["id"])

    def _deep(self, search: Search) -> Answer:
        """A page that lies deep, or is long: walked to."""
        counting = msgspec.structs.replace(search, limit=0, offset=0)
        total = self.several(counting)[0].total
        sources: list[Mapping[str, Any]] = []
        for number, found in enumerate(self._walk(search, search.fields)):
            if number >= search.offset:
                sources.append(found["_source"])
            if len(sources) == search.limit:
                break
        return Answer(sources, total, {})

    def _walk(
        self, search: Search, fields: Sequence[str] | bool, *, still: str | None = None
    ) -> Iterator[Mapping[str, Any]]:
        at_once = min(_WINDOW, search.limit or _WINDOW)
        body = _body(msgspec.structs.replace(search, limit=at_once, offset=0, fields=fields))
        body["track_total_hits"] = False
        index = self._index(search) if still is None else None
        if still is not None:
            body["pit"] = _still(still)
        return self._pages(body, index)

    def _pages(
        self, body: dict[str, Any], index: str | None, filter_path: str | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """All hits of a sorted search, however many."""
        while True:
            with told(self.settings):
                answer = self._client.search(index=index, body=body, filter_path=filter_path)
            hits = answer.get("hits", {}).get("hits", [])
            yield from hits
            if len(hits) < body["size"]:
                return
            body["search_after"] = hits[-1]["sort"]

    def _index(self, search: Search) -> str:
        if self._generation is not None:
            return self._generation.index(search.model)
        return alias(self.settings.prefix, search.model)


def live(scope: Scope) -> list[Query]:
    """The conditions that a document is the current one, or was at the time asked for."""
    if scope.known_at is None:
        return [{"term": {"current": True}}]
    at_us = micros(scope.known_at)
    still = [{"term": {"current": True}}, {"range": {"to_us": {"gt": at_us}}}]
    return [{"range": {"from_us": {"lte": at_us}}}, {"bool": {"should": still}}]


def of_year(scope: Scope) -> list[Query]:
    """The condition on the year, where one is asked for."""
    return [] if scope.year is None else [{"term": {"year": scope.year}}]


def _body(search: Search) -> dict[str, Any]:
    body: dict[str, Any] = {
        "query": {"bool": {"filter": list(search.filters)}},
        "size": search.limit,
        "track_total_hits": search.counts,
    }
    if search.limit:
        body["sort"] = [_order(one) for one in search.sort]
        body["_source"] = _source(search.fields)
        body["from"] = search.offset
    if search.aggs:
        body["aggs"] = search.aggs
    return body


def _still(opened: str) -> dict[str, str]:
    return {"id": opened, "keep_alive": _STILL_AT_MOST}


def _order(name: str) -> dict[str, Any]:
    return {name.removeprefix("-"): "desc" if name.startswith("-") else "asc"}


def _source(fields: Sequence[str] | bool) -> Any:
    return fields if isinstance(fields, bool) else list(fields)


def _answer(found: Mapping[str, Any]) -> Answer:
    hits = found["hits"]
    total = hits.get("total", {}).get("value", 0)
    return Answer([hit["_source"] for hit in hits["hits"]], total, found.get("aggregations", {}))
