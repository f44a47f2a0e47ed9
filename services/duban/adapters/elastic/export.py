"""Two sets of indices side by side: every current document by its checksum, in order.

Sets are equal when the checksums of all documents are. What was so before depends, by moments, on
whether the conclusions of an event were taken in before the next event: it is counted, not
compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic import canonical
from duban.adapters.elastic.asking import Asking, Query, Search
from duban.adapters.elastic.failure import told
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.mappings import MODELS, Model
from duban.adapters.embedded.views_compare import Comparison, Difference, compare_lines
from duban.adapters.embedded.views_export import Line
from duban.config import ElasticSettings

COMPARED: tuple[Model, ...] = tuple(one for one in MODELS if one not in ("state", "progress"))
_BETWEEN = "\t"  # a subject and its checksum; in no subject


def compare(
    client: Elasticsearch, settings: ElasticSettings, before: Generation, after: Generation
) -> tuple[Comparison, ...]:
    """All kinds of document of two sets, by the name of the kind. Raises StorageError."""
    mine, theirs = (Asking(client, settings, one) for one in (before, after))
    return tuple(_compared(mine, theirs, model) for model in sorted(COMPARED))


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


def _compared(before: Asking, after: Asking, model: Model) -> Comparison:
    found = compare_lines(model, _checksums(before, model), _checksums(after, model))
    first = [
        Difference(_whole(before, model, one.before), _whole(after, model, one.after))
        for one in found.first
    ]
    return msgspec.structs.replace(found, first=tuple(first))


def _checksums(asking: Asking, model: Model) -> Iterator[Line]:
    """The current documents in order; memory does not grow with their number."""
    search = Search(model=model, filters=[{"term": {"current": True}}])
    for (subject,), checksum in asking.column(search, "digest"):
        yield Line(model, ((True, subject),), f"{subject}{_BETWEEN}{checksum}".encode())


def _whole(asking: Asking, model: Model, line: str | None) -> str | None:
    """The document of a line, for people."""
    if line is None:
        return None
    subject = line.partition(_BETWEEN)[0]
    of_it: list[Query] = [{"term": {"current": True}}, {"term": {"subject": subject}}]
    found = asking.one(Search(model=model, filters=of_it, limit=1)).sources
    return canonical.text(found[0]).decode() if found else line
