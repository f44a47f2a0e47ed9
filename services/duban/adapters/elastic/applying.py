"""Takes events into the indices: states read, events folded, documents written, states last.

A stop between any two of these is mended when the events come again: what was written already is
recognised by its number and left as it is. Where another program wrote a state meanwhile, the
events are folded anew over what it left.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic import canonical, documents
from duban.adapters.elastic.bulk import Bulk, Operation, Refused
from duban.adapters.elastic.changes import Change, Subject
from duban.adapters.elastic.failure import NO_INDEX, told, unseen
from duban.adapters.elastic.fold import Fold, keys_of
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.state import ENCODER, KeyState
from duban.config import ElasticSettings
from duban.errors import StorageError
from duban.ports import Recorded

logger = logging.getLogger(__name__)
_ATTEMPTS = 8
_NOTHING = ENCODER.encode(KeyState())
_PAUSE_S = 0.2
_AT_ONCE = 200  # documents asked for by id; a reading may be large


class Head(msgspec.Struct, frozen=True):
    """The current document of a subject as it lies in the index."""

    number: int
    fields: Mapping[str, Any]


class Unwritable(msgspec.Struct, frozen=True):
    """An event whose document the server refuses, and why."""

    recorded: Recorded
    cause: str


class Applying:
    """Writes into one set of indices. Raises StorageError."""

    def __init__(
        self, client: Elasticsearch, settings: ElasticSettings, bulk: Bulk, lanes: int
    ) -> None:
        self._client = client
        self._settings = settings
        self._bulk = bulk
        self._lanes = lanes

    def apply(self, generation: Generation, batch: Sequence[Recorded]) -> list[Unwritable]:
        """Take events in; those whose documents were refused."""
        for _ in range(_ATTEMPTS):
            before = self._states(generation, batch)
            fold = Fold({key: _decoded(data) for key, data in before.items()}, self._lanes)
            for one in batch:
                fold.take(one)
            unwritable = self._write(generation, fold.changes.of)
            if self._remember(generation, before, fold.states):
                return unwritable
        raise StorageError(
            f"Elasticsearch（{self._settings.url}）上另有程序在写同样的内容："
            "请检查是否有几组索引程序在用同一个 DUBAN_ELASTIC_PREFIX。",
            f"Another program writes the same on Elasticsearch at {self._settings.url}: please "
            "check whether several indexers use one DUBAN_ELASTIC_PREFIX.",
        )

    def _states(
        self, generation: Generation, batch: Sequence[Recorded]
    ) -> Mapping[str, bytes | None]:
        keys = dict.fromkeys(key for one in batch for key in keys_of(one.event))
        index = generation.index("state")
        wanted = [_reference(index, documents.document_id(key), key) for key in keys]
        found = self._get(wanted)
        return {
            key: msgspec.json.encode(one["_source"]["data"]) if one.get("found") else None
            for key, one in zip(keys, found, strict=True)
        }

    def _write(
        self, generation: Generation, changes: Mapping[Subject, Sequence[Change]]
    ) -> list[Unwritable]:
        heads = self._heads(generation, changes)
        history: list[Operation] = []
        current: list[Operation] = []
        of: dict[tuple[str, str], Recorded] = {}
        for subject, made in changes.items():
            entry = generation.entry(subject.model)
            for operation in _operations(entry, subject, made, heads.get(subject)):
                is_past = documents.PAST in operation.id
                (history if is_past else current).append(operation)
                of[operation.entry, operation.id] = made[-1].recorded
        written = self._bulk.write([*history, *current])
        return [_unwritable(one, of) for one in written.refused]

    def _heads(
        self, generation: Generation, changes: Mapping[Subject, Sequence[Change]]
    ) -> Mapping[Subject, Head]:
        """The current documents of those that stay as history or keep some of their fields."""
        needed = [
            subject
            for subject, made in changes.items()
            if made[0].number > 1 and any(one.is_patch or one.ends is not None for one in made)
        ]
        wanted = [
            _reference(
                generation.index(subject.model), documents.document_id(subject.id), subject.key
            )
            for subject in needed
        ]
        return {
            subject: Head(one["_version"], one["_source"])
            for subject, one in zip(needed, self._get(wanted), strict=True)
            if one.get("found")
        }

    def _remember(
        self,
        generation: Generation,
        before: Mapping[str, bytes | None],
        states: Mapping[str, KeyState],
    ) -> bool:
        """Write the states that changed; False where another program was faster."""
        operations = []
        for key, state in states.items():
            if ENCODER.encode(state) == (before[key] or _NOTHING):
                continue
            state.number += 1
            operations.append(
                Operation(
                    entry=generation.entry("state"),
                    id=documents.document_id(key),
                    routing=key,
                    version=state.number,
                    source=msgspec.json.encode({"number": state.number, "data": state}),
                    is_strict=True,
                )
            )
        return not self._bulk.write(operations).conflicts

    def _get(self, wanted: Sequence[Mapping[str, Any]]) -> list[Any]:
        """The documents; asked again for a while where shards are not there yet."""
        last = time.monotonic() + self._settings.timeout_s
        while True:
            found: list[Any] = []
            with told(self._settings):
                for part in _parts(wanted):
                    found += self._client.mget(docs=part)["docs"]
            # What cannot be seen may well be there.
            kinds = [one["error"]["type"] for one in found if one.get("error") is not None]
            if not kinds:
                return found
            if NO_INDEX in kinds or time.monotonic() > last:
                raise unseen(self._settings, NO_INDEX if NO_INDEX in kinds else kinds[0])
            time.sleep(_PAUSE_S)


def _operations(
    entry: str, subject: Subject, made: Sequence[Change], head: Head | None
) -> Iterable[Operation]:
    """What is to be written of a subject: what ended, and what is so now."""
    known = head.number if head else 0
    fields: Mapping[str, Any] = head.fields if head else {}
    is_whole = head is not None and known == made[0].number - 1
    last: Change | None = None
    for change in made:
        if change.number <= known:  # written before, with all that ended by then
            is_whole = change.number == known
            continue
        if change.ends is not None and is_whole:
            from_us = last.from_us if last else int(fields["from_us"])
            yield _operation(entry, subject, change.number - 1, from_us, fields, change.ends)
        fields = {**fields, **change.fields} if change.is_patch else change.fields
        is_whole, last = True, change
    if last is not None:
        yield _operation(entry, subject, last.number, last.from_us, fields, None)


def _operation(
    entry: str,
    subject: Subject,
    number: int,
    from_us: int,
    fields: Mapping[str, Any],
    ends: int | None,
) -> Operation:
    whole = {
        **fields,
        **documents.derived(subject.model, fields),
        **documents.life(subject.id, number, from_us, ends),
    }
    own = documents.document_id(subject.id)
    return Operation(
        entry=entry,
        id=own if ends is None else f"{own}{documents.PAST}{number}",
        routing=subject.key,
        version=number,
        source=canonical.source(whole),
    )


def _unwritable(one: Refused, of: Mapping[tuple[str, str], Recorded]) -> Unwritable:
    operation = one.operation
    logger.error(
        "Elasticsearch 拒收文档 %s/%s：%s",
        operation.entry,
        operation.id,
        one.cause,
        extra={"action": "document_refused"},
    )
    return Unwritable(of[operation.entry, operation.id], one.cause)


def _decoded(data: bytes | None) -> KeyState:
    return msgspec.json.decode(data, type=KeyState) if data is not None else KeyState()


def _reference(index: str, id_: str, key: str) -> Mapping[str, Any]:
    return {"_index": index, "_id": id_, "routing": key}


def _parts(wanted: Sequence[Mapping[str, Any]]) -> Iterable[Sequence[Mapping[str, Any]]]:
    for begin in itertools.count(0, _AT_ONCE):
        part = wanted[begin : begin + _AT_ONCE]
        if not part:
            return
        yield part
