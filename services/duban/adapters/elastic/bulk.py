"""Writing many documents: in order, again where the server was too busy, never one left out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec
from elasticsearch import ApiError, Elasticsearch, TransportError

from duban.adapters.elastic.failure import PASSING, by_status, failure, told
from duban.adapters.elastic.patience import passes, pauses_s
from duban.config import ElasticSettings
from duban.errors import StorageError

_AT_ONCE = 500
_BYTES_AT_ONCE = 8 << 20  # what a node with little memory still takes
_OF_ANSWER = "items.*.status,items.*.error"
_CONFLICT, _FORBIDDEN, _MISSING = 409, 403, 404


class Operation(msgspec.Struct, frozen=True, kw_only=True):
    """One document as it is to stand; a newer version that stands there stays.

    `entry` is the alias that an index is written by. `is_strict`: also the same version is a
    conflict.
    """

    entry: str
    id: str
    routing: str
    version: int
    source: bytes
    is_strict: bool = False


class Refused(msgspec.Struct, frozen=True):
    """A document that the server will never take, and why."""

    operation: Operation
    cause: str


class Written(msgspec.Struct):
    """What became of the documents that were not written: refused, or older than what stands."""

    refused: list[Refused] = msgspec.field(default_factory=list)
    conflicts: list[Operation] = msgspec.field(default_factory=list)


class Bulk:
    """Sends documents and waits for the answer before it sends more. No index is ever made by it.

    What the server is too busy for, and what a lost connection leaves untold, is sent again with
    growing pauses before anything after it; with versions that is harmless. After `patience_s`
    without success it raises StorageError.
    """

    def __init__(
        self,
        client: Elasticsearch,
        settings: ElasticSettings,
        *,
        patience_s: float = 60.0,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._client = client
        self._settings = settings
        self._patience_s = patience_s
        self._sleep = sleep

    def write(self, operations: Sequence[Operation]) -> Written:
        """Write all, those of one index and routing in the order given."""
        written = Written()
        for part in _parts(operations):
            self._write(part, written)
        return written

    def _write(self, part: list[Operation], written: Written) -> None:
        end = time.monotonic() + self._patience_s
        for pause_s in pauses_s():
            part, cause = self._send(part, written)
            if cause is None:
                return
            if time.monotonic() >= end:
                raise cause
            self._sleep(pause_s)

    def _send(
        self, part: Sequence[Operation], written: Written
    ) -> tuple[list[Operation], StorageError | None]:
        """Those that are to be sent again, and what stands in their way."""
        lines: list[Any] = []
        for operation in part:
            lines += [_action(operation), operation.source]
        with told(self._settings):
            try:
                answer = self._client.bulk(
                    operations=lines, require_alias=True, filter_path=_OF_ANSWER
                )
            except (ApiError, TransportError) as error:
                if not passes(error):
                    raise
                return list(part), failure(self._settings, error)
        left: list[Operation] = []
        cause: StorageError | None = None
        for operation, item in zip(part, answer["items"], strict=True):
            (result,) = item.values()
            passing = self._settle(operation, result, written)
            if passing is not None:
                left.append(operation)
                cause = passing
        return left, cause

    def _settle(self, operation: Operation, result: Any, written: Written) -> StorageError | None:
        """What became of a document; an error where it is to be sent again."""
        status, error = result["status"], result.get("error")
        if error is None:
            return None
        if status == _CONFLICT:
            written.conflicts.append(operation)
        elif status in PASSING:
            return by_status(self._settings, status, error.get("type", ""))
        elif status in (_FORBIDDEN, _MISSING):
            raise by_status(self._settings, status, error.get("type", ""))
        else:
            written.refused.append(Refused(operation, _cause(error)))
        return None


def _parts(operations: Sequence[Operation]) -> Iterator[list[Operation]]:
    part: list[Operation] = []
    size = 0
    for operation in operations:
        if part and (len(part) == _AT_ONCE or size + len(operation.source) > _BYTES_AT_ONCE):
            yield part
            part, size = [], 0
        part.append(operation)
        size += len(operation.source)
    if part:
        yield part


def _action(operation: Operation) -> bytes:
    action = {
        "_index": operation.entry,
        "_id": operation.id,
        "routing": operation.routing,
        "version": operation.version,
        "version_type": "external" if operation.is_strict else "external_gte",
    }
    return msgspec.json.encode({"index": action})


def _cause(error: Any) -> str:
    """What the server says, the innermost cause last."""
    said: list[str] = []
    while isinstance(error, dict):
        said.append(f"{error.get('type')}: {error.get('reason')}")
        error = error.get("caused_by")
    return "；".join(said)
