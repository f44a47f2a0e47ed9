"""Documents asked for by their ids: also those that no search finds yet."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic import documents
from duban.adapters.elastic.failure import lasts, told, unseen
from duban.config import ElasticSettings

_PAUSE_S = 0.2
_AT_ONCE = 200  # a reading may be large


class Wanted(msgspec.Struct, frozen=True):
    """A document: its index, what it is about, and the key that routes it.

    Where only its `version` is wanted, none of its fields are fetched.
    """

    index: str
    subject: str
    key: str
    version: bool = False


class Lookup:
    """Asks one set of indices, again for a while where shards are not there yet."""

    def __init__(self, client: Elasticsearch, settings: ElasticSettings) -> None:
        self._client = client
        self._settings = settings

    def get(self, wanted: Sequence[Wanted]) -> list[Any]:
        """The documents in order, as the server tells them. Raises StorageError."""
        last = time.monotonic() + self._settings.timeout_s
        while True:
            found: list[Any] = []
            with told(self._settings):
                for part in _parts(wanted):
                    found += self._client.mget(docs=[_reference(one) for one in part])["docs"]
            # What cannot be seen may well be there.
            kinds = [one["error"]["type"] for one in found if one.get("error") is not None]
            if not kinds:
                return found
            lasting = [kind for kind in kinds if lasts(kind)]
            if lasting or time.monotonic() > last:
                raise unseen(self._settings, (lasting or kinds)[0])
            time.sleep(_PAUSE_S)


def _reference(one: Wanted) -> dict[str, Any]:
    own = {"_index": one.index, "_id": documents.document_id(one.subject), "routing": one.key}
    return {**own, "_source": False} if one.version else own


def _parts(wanted: Sequence[Wanted]) -> Iterator[Sequence[Wanted]]:
    for begin in itertools.count(0, _AT_ONCE):
        part = wanted[begin : begin + _AT_ONCE]
        if not part:
            return
        yield part
