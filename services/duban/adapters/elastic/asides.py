"""What was set aside, by unit, position and key; a settled one stays known as it was."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from duban.adapters.elastic import canonical, documents
from duban.adapters.elastic.bulk import Bulk, Operation
from duban.adapters.elastic.failure import told
from duban.adapters.elastic.indices import Generation
from duban.adapters.embedded.moment import micros
from duban.config import ElasticSettings
from duban.ports import SetAside

_SET, _SETTLED = 1, 2  # the versions of the document


class Asides:
    """Writes the documents of what is set aside. Raises StorageError."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings, bulk: Bulk) -> None:
        self._client = client
        self._settings = settings
        self._bulk = bulk

    def put(
        self, generation: Generation, unit: str, row: SetAside, name: str, at: datetime | None
    ) -> None:
        """Write a row; `at` is when it was set aside, or settled."""
        subject = f"{unit}/{row.position}/{row.key}/{row.event_id}"
        at_us = micros(at) if at is not None else 0
        fields: Mapping[str, Any] = {
            "position": row.position,
            "key": row.key,
            "event_id": row.event_id,
            "name": name,
            "unit": unit,
            "cause": row.cause,
        }
        version, from_us, ends = _SET, at_us, None
        if row.settled is not None:
            before = self._before(generation, subject, row.key)
            fields, from_us = {**fields, **before}, before.get("from_us", at_us)
            version, ends = _SETTLED, at_us
        whole = {**fields, **documents.life(subject, version, from_us, ends)}
        operation = Operation(
            entry=generation.entry("aside"),
            id=documents.document_id(subject),
            routing=row.key or subject,
            version=version,
            source=canonical.source(whole),
        )
        self._bulk.write([operation])

    def _before(self, generation: Generation, subject: str, key: str) -> Mapping[str, Any]:
        with told(self._settings):
            try:
                found = self._client.get(
                    index=generation.index("aside"),
                    id=documents.document_id(subject),
                    routing=key or subject,
                )
            except NotFoundError:
                return {}
        source: Mapping[str, Any] = found["_source"]
        return source
