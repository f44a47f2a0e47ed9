"""The canonical text of the read models: every current document as one line of JSON, in order.

What tells only how often or in which order documents were written is left out, so that two sets of
indices are equal when their texts are. What was so before depends, by moments, on whether the
conclusions of an event were taken in before the next event: it is counted, not compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic.asking import Asking, Search
from duban.adapters.elastic.failure import told
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.mappings import MODELS, Model
from duban.adapters.embedded.views_compare import Comparison, compare_lines
from duban.adapters.embedded.views_export import Line
from duban.config import ElasticSettings

COMPARED: tuple[Model, ...] = tuple(one for one in MODELS if one not in ("state", "progress"))
_OF_WRITING = ("number", "position")
_OF_HEARING = ("from_us", "known_from")  # when one who is not shown was first heard of
_AT_ONCE = 1000


def compare(
    client: Elasticsearch, settings: ElasticSettings, before: Generation, after: Generation
) -> tuple[Comparison, ...]:
    """All kinds of document of two sets, by the name of the kind. Raises StorageError."""
    return tuple(
        compare_lines(
            model,
            lines(client, settings, before, model),
            lines(client, settings, after, model),
        )
        for model in sorted(COMPARED)
    )


def lines(
    client: Elasticsearch, settings: ElasticSettings, generation: Generation, model: Model
) -> Iterator[Line]:
    """The current documents of one kind in order; memory does not grow with their number."""
    asking = Asking(client, settings, generation)
    search = Search(model=model, filters=[{"term": {"current": True}}], limit=_AT_ONCE)
    for found in asking.every(search):
        yield Line(model, ((True, found["subject"]),), _text(found))


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


def _text(found: Mapping[str, Any]) -> bytes:
    is_hidden = found.get("shown") is False
    left_out = (*_OF_WRITING, *_OF_HEARING) if is_hidden else _OF_WRITING
    kept = {name: value for name, value in found.items() if name not in left_out}
    return msgspec.json.encode(kept, order="sorted")
