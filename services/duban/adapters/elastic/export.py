"""Two sets of indices side by side: every current document by its checksum, in order.

Sets are equal when the checksums of all documents are. What was so before depends, by moments, on
whether the conclusions of an event were taken in before the next event: it is counted, not
compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic import canonical
from duban.adapters.elastic.asking import Asking, Query, Search
from duban.adapters.elastic.failure import told
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.mappings import MODELS, Model
from duban.adapters.elastic.state import is_of_bytes, sha256_of
from duban.adapters.embedded.views_compare import Comparison, Difference, compare_lines
from duban.adapters.embedded.views_export import Line
from duban.config import ElasticSettings

COMPARED: tuple[Model, ...] = tuple(one for one in MODELS if one not in ("state", "progress"))
_CURRENT: Query = {"term": {"current": True}}
_TERMS = 50_000  # the server takes 65,536 in one condition
_BETWEEN = "\t"  # a subject and its checksum; in no subject


def compare(
    client: Elasticsearch,
    settings: ElasticSettings,
    before: Generation,
    after: Generation,
    *,
    without: Sequence[str] = (),
) -> tuple[Comparison, ...]:
    """All kinds of document of two sets, by the name of the kind; not those of some keys.

    Raises StorageError.
    """
    mine, theirs = (Asking(client, settings, one) for one in (before, after))
    return tuple(_compared(mine, theirs, model, without) for model in sorted(COMPARED))


def count(
    client: Elasticsearch, settings: ElasticSettings, generation: Generation, keys: Sequence[str]
) -> int:
    """How many current documents are of some keys. Raises StorageError."""
    made = 0
    for model in COMPARED:
        if of_keys := _of(model, keys):
            query = {"bool": {"filter": [_CURRENT], "should": of_keys, "minimum_should_match": 1}}
            with told(settings):
                made += client.count(index=generation.index(model), query=query)["count"]
    return made


def past(
    client: Elasticsearch, settings: ElasticSettings, generation: Generation
) -> Mapping[str, int]:
    """How many documents of each kind tell of what was so before."""
    with told(settings):
        return {
            model: client.count(index=generation.index(model), query={"term": {"current": False}})[
                "count"
            ]
            for model in COMPARED
        }


def _compared(before: Asking, after: Asking, model: Model, without: Sequence[str]) -> Comparison:
    mine, theirs = (_checksums(one, model, without) for one in (before, after))
    found = compare_lines(model, mine, theirs)
    first = [
        Difference(_whole(before, model, one.before), _whole(after, model, one.after))
        for one in found.first
    ]
    return msgspec.structs.replace(found, first=tuple(first))


def _checksums(asking: Asking, model: Model, without: Sequence[str]) -> Iterator[Line]:
    """The current documents in order; memory does not grow with their number."""
    filters = [_CURRENT, {"bool": {"must_not": _of(model, without)}}]
    search = Search(model=model, filters=filters)
    for (subject,), checksum in asking.column(search, "digest"):
        yield Line(model, ((True, subject),), f"{subject}{_BETWEEN}{checksum}".encode())


def _whole(asking: Asking, model: Model, line: str | None) -> str | None:
    """The document of a line, for people."""
    if line is None:
        return None
    subject = line.partition(_BETWEEN)[0]
    of_it: list[Query] = [_CURRENT, {"term": {"subject": subject}}]
    found = asking.one(Search(model=model, filters=of_it, limit=1)).sources
    return canonical.text(found[0]).decode() if found else line


def _of(model: Model, keys: Sequence[str]) -> list[Query]:
    """The conditions of which one holds for the documents of some keys."""
    match model:
        case "aside":  # of no event; they are the same on both sides
            return []
        case "rejected":
            field, values = "sha256", [sha256_of(key) for key in keys if is_of_bytes(key)]
        case _:
            field, values = "agency_id", [key for key in keys if not is_of_bytes(key)]
    parts = (values[begin : begin + _TERMS] for begin in range(0, len(values), _TERMS))
    return [{"terms": {field: part}} for part in parts]
