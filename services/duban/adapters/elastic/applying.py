"""Takes events into the indices: states read, events folded, documents written, states last.

A stop between any two of these is mended when the events come again: what was written already
bears a number that the state does not tell of, and is written once more under a higher one. (It
cannot be left as it is: the events of several topics may come in another order, and what has the
number may then be something else.) Where another program wrote a state meanwhile, the events are
folded anew over what it left; of rejected bytes, which have no one owner, what stands then is
written in any case. What was written last is not asked for again.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping, Sequence
from contextlib import nullcontext

import msgspec
from elasticsearch import Elasticsearch

from duban.adapters.elastic import documents, fold_bytes
from duban.adapters.elastic.alone import Alone
from duban.adapters.elastic.bulk import Bulk, Operation, Refused
from duban.adapters.elastic.changes import Change, Subject
from duban.adapters.elastic.fold import NOTHING, Fold, keys_of
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.lookup import Lookup, Wanted
from duban.adapters.elastic.memory import Memory, Remembered
from duban.adapters.elastic.operations import Head, operations_of
from duban.adapters.elastic.state import ENCODER, KeyState, is_of_bytes
from duban.config import ElasticSettings
from duban.errors import StorageError
from duban.ports import Recorded

logger = logging.getLogger(__name__)
_ATTEMPTS = 8
_NOTHING = ENCODER.encode(KeyState())
_STATE = msgspec.json.Decoder(KeyState)
_KEPT_BYTES = 32 << 20  # an agency with the reports of ten years has some 30 KB


class Unwritable(msgspec.Struct, frozen=True):
    """An event whose document the server refuses, and why."""

    recorded: Recorded
    cause: str


class _Written(msgspec.Struct, frozen=True):
    """The events whose documents were refused, and the current documents as they stand now."""

    unwritable: list[Unwritable]
    current: Mapping[Subject, bytes | None]


class Applying:
    """Writes into one set of indices at a time. Raises StorageError.

    With `alone` nothing was in it before.
    """

    def __init__(
        self,
        client: Elasticsearch,
        settings: ElasticSettings,
        bulk: Bulk,
        lanes: int,
        *,
        alone: Alone | None = None,
    ) -> None:
        self._settings = settings
        self._bulk = bulk
        self._lanes = lanes
        self._lookup = Lookup(client, settings)
        self._memory = Memory(_KEPT_BYTES)
        self._alone = alone

    def apply(self, generation: Generation, batch: Sequence[Recorded]) -> list[Unwritable]:
        """Take events in; those whose documents were refused."""
        try:
            with self._alone.holding(batch) if self._alone is not None else nullcontext():
                return self._apply(generation, batch)
        except BaseException:
            self.forget()  # some of it may be written
            raise

    def forget(self) -> None:
        """Ask for everything again: others may have written the same keys."""
        self._memory.forget()

    def _apply(self, generation: Generation, batch: Sequence[Recorded]) -> list[Unwritable]:
        overtaken: set[str] = set()  # rejected bytes of which another indexer told first
        for _ in range(_ATTEMPTS):
            since = self._memory.since
            before, asked = self._before(generation, batch)
            fold = self._folded(before, batch, overtaken)
            heads = self._heads(generation, fold.changes.of, before)
            there = self._there(generation, fold.changes.of, heads, asked)
            if there:
                fold = self._folded(before, batch, overtaken, there)
            written = self._write(generation, fold.changes.of, heads)
            after = self._remember(generation, before, fold.states)
            if after is not None:
                self._keep(generation, before, written, after, since)
                return written.unwritable
            overtaken |= {one.key for one in fold.changes.of if one.model == "rejected"}
            self.forget()
        raise StorageError(
            f"Elasticsearch（{self._settings.url}）上另有程序在写同样的内容："
            "请检查是否有几组索引程序在用同一个 DUBAN_ELASTIC_PREFIX。",
            f"Another program writes the same on Elasticsearch at {self._settings.url}: please "
            "check whether several indexers use one DUBAN_ELASTIC_PREFIX.",
        )

    def _folded(
        self,
        before: Mapping[str, Remembered],
        batch: Sequence[Recorded],
        overtaken: Collection[str],
        there: Mapping[Subject, int] = NOTHING,
    ) -> Fold:
        states = {key: _decoded(one.state) for key, one in before.items()}
        fold = Fold(states, self._lanes, there)
        for one in batch:
            fold.take(one)
        for key in overtaken:
            fold_bytes.restore(fold, batch[-1], key)
        return fold

    def _before(
        self, generation: Generation, batch: Sequence[Recorded]
    ) -> tuple[Mapping[str, Remembered], Collection[str]]:
        """The keys of a batch as they stand; those that are not remembered are asked for: which."""
        keys = dict.fromkeys(key for one in batch for key in keys_of(one.event))
        known = {key: self._memory.get(generation, key) for key in keys}
        asked = [key for key, one in known.items() if one is None and self._may_be_there(key)]
        index = generation.index("state")
        found = self._lookup.get([Wanted(index, key, key) for key in asked])
        fresh = {
            key: Remembered(
                msgspec.json.encode(one["_source"]["data"]) if one.get("found") else None
            )
            for key, one in zip(asked, found, strict=True)
        }
        if self._alone is not None:
            self._alone.wrote(keys)
        return {key: one or fresh.get(key, Remembered()) for key, one in known.items()}, fresh

    def _may_be_there(self, key: str) -> bool:
        return self._alone is None or self._alone.may_hold(key)

    def _write(
        self,
        generation: Generation,
        changes: Mapping[Subject, Sequence[Change]],
        heads: Mapping[Subject, Head],
    ) -> _Written:
        """Write what ended before what is so now."""
        history: list[Operation] = []
        current: dict[Subject, Operation] = {}
        of: dict[tuple[str, str], Recorded] = {}
        for subject, made in changes.items():
            entry = generation.entry(subject.model)
            for operation in operations_of(entry, subject, made, heads.get(subject)):
                of[operation.entry, operation.id] = made[-1].recorded
                if documents.PAST in operation.id:
                    history.append(operation)
                else:
                    current[subject] = operation
        written = self._bulk.write([*history, *current.values()])
        failed = {id(one.operation) for one in written.refused}
        failed |= {id(one) for one in written.conflicts}
        stands = {
            subject: None if id(operation) in failed else operation.source
            for subject, operation in current.items()
        }
        return _Written([_unwritable(one, of) for one in written.refused], stands)

    def _heads(
        self,
        generation: Generation,
        changes: Mapping[Subject, Sequence[Change]],
        before: Mapping[str, Remembered],
    ) -> Mapping[Subject, Head]:
        """The current documents of those that stay as history or keep some of their fields."""
        needed = [
            subject
            for subject, made in changes.items()
            if made[0].number > 1 and any(one.is_patch or one.ends is not None for one in made)
        ]
        heads: dict[Subject, Head] = {}
        asked: list[Subject] = []
        for subject in needed:
            source = before[subject.key].documents.get(subject)
            if source is None:
                asked.append(subject)
            else:
                fields = msgspec.json.decode(source)
                heads[subject] = Head(fields["number"], fields)
        found = self._lookup.get(
            [Wanted(generation.index(one.model), one.id, one.key) for one in asked]
        )
        for subject, one in zip(asked, found, strict=True):
            if one.get("found"):
                heads[subject] = Head(one["_version"], one["_source"])
        return heads

    def _there(
        self,
        generation: Generation,
        changes: Mapping[Subject, Sequence[Change]],
        heads: Mapping[Subject, Head],
        asked: Collection[str],
    ) -> Mapping[Subject, int]:
        """The documents that somebody wrote who did not come to telling so, and their numbers."""
        others = [one for one in changes if one.key in asked and one not in heads]
        found = self._lookup.get(
            [Wanted(generation.index(one.model), one.id, one.key, version=True) for one in others]
        )
        numbers = {subject: head.number for subject, head in heads.items()}
        for subject, one in zip(others, found, strict=True):
            if one.get("found"):
                numbers[subject] = one["_version"]
        return {one: number for one, number in numbers.items() if number >= changes[one][0].number}

    def _remember(
        self,
        generation: Generation,
        before: Mapping[str, Remembered],
        states: Mapping[str, KeyState],
    ) -> Mapping[str, bytes | None] | None:
        """Write the states that changed; all of them, or None where another program was faster."""
        after = {key: one.state for key, one in before.items()}
        operations = []
        for key, state in states.items():
            if ENCODER.encode(state) == (after[key] or _NOTHING):
                continue
            if self._alone is not None and is_of_bytes(key) and state.rejection is None:
                continue  # others may have read them too; all readings are told of after all
            state.number += 1
            data = after[key] = ENCODER.encode(state)
            operations.append(
                Operation(
                    entry=generation.entry("state"),
                    id=documents.document_id(key),
                    routing=key,
                    version=state.number,
                    source=b'{"number":%d,"data":%b}' % (state.number, data),
                    is_strict=True,
                )
            )
        return None if self._bulk.write(operations).conflicts else after

    def _keep(
        self,
        generation: Generation,
        before: Mapping[str, Remembered],
        written: _Written,
        after: Mapping[str, bytes | None],
        since: int,
    ) -> None:
        """Remember how everything stands now; a document that was not written is not known.

        Rejected bytes may be those of an agency that another indexer has.
        """
        known = {key: dict(one.documents) for key, one in before.items()}
        for subject, source in written.current.items():
            known[subject.key].pop(subject, None)
            if source is not None:
                known[subject.key][subject] = source
        for key, state in after.items():
            if not is_of_bytes(key):
                self._memory.put(generation, key, Remembered(state, known[key]), since)


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
    return _STATE.decode(data) if data is not None else KeyState()
