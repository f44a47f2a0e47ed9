"""One step of a chain of processors: which events it takes in, and all that it changes."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.domain.event import EVERYONE, Event, decode
from duban.errors import EventError, StorageError
from duban.ports import Cursor, Recorded, SetAside, StateRecord, StateStore, Step
from duban.processors.processor import Chain, State

logger = logging.getLogger(__name__)

_EVENTS_AT_ONCE = 64
_KEYS_AT_ONCE = 64


class ChainUnit:
    """Takes facts in order; an event for everyone is handled for the known keys in batches."""

    def __init__(self, log: SqliteEventLog, store: StateStore, chain: Chain) -> None:
        self.name = chain.name
        self._log = log
        self._store = store
        self._chain = chain

    def advance(self) -> bool:
        """Take one step; False when there was nothing to do."""
        before = self._store.cursor(self.name)
        limit = 1 if before.broadcast_after is not None else _EVENTS_AT_ONCE
        rows = self._log.read_raw(("facts",), before.position, limit)
        if not rows:
            return False
        draft = _Draft(self._store, self._chain, before)
        for position, event_id, data in rows:
            try:
                recorded = Recorded(position, decode(data))
            except EventError as error:
                draft.put_aside(position, "", event_id, error)
                draft.after = Cursor(position)
                continue
            if not draft.takes_all_of(recorded):
                break
        self._store.commit(draft.step())
        return True


class _Draft:
    """What a step has come to so far; nothing is stored before it is whole."""

    def __init__(self, store: StateStore, chain: Chain, before: Cursor) -> None:
        self._store = store
        self._chain = chain
        self._before = before
        self.after = before
        self._outputs: list[Event] = []
        self._records: dict[tuple[str, str], StateRecord] = {}
        self._keys: dict[str, None] = {}
        self._broadcasts: dict[str, int] = {}
        self._aside: list[SetAside] = []

    def takes_all_of(self, recorded: Recorded) -> bool:
        """Handle one event; False when more steps are needed for it or the step is full."""
        event = recorded.event
        key = self._chain.key(event) if type(event.body) in self._chain.takes else None
        if key == EVERYONE:
            return self._broadcast(recorded)
        if key is not None:
            self._introduce(key)
            self._handle(key, recorded)
        self.after = Cursor(recorded.position)
        return True

    def put_aside(self, position: int, key: str, event_id: str, error: Exception) -> None:
        """Remember that an event could not be handled, and why."""
        cause = str(error) if isinstance(error, EventError) else f"{type(error).__name__}: {error}"
        self._aside.append(SetAside(position, key, event_id, cause))
        logger.error(
            "an event was set aside",
            exc_info=error,
            extra={"action": "event_set_aside", "event_id": event_id, "key": key},
        )

    def step(self) -> Step:
        """Everything, to be stored at once."""
        return Step(
            unit=self._chain.name,
            before=self._before,
            after=self.after,
            outputs=tuple(self._outputs),
            records=self._records,
            keys=tuple(self._keys),
            broadcasts=self._broadcasts,
            set_aside=tuple(self._aside),
        )

    def _broadcast(self, recorded: Recorded) -> bool:
        if self.after != self._before or self._keys:
            return False  # a step of its own, so that it can be resumed after any key
        done_to = self._before.broadcast_after or ""
        keys = self._store.keys(self._chain.name, done_to, _KEYS_AT_ONCE)
        for key in keys:
            self._handle(key, recorded)
        if len(keys) == _KEYS_AT_ONCE:
            self.after = Cursor(self._before.position, keys[-1])
        else:
            self.after = Cursor(recorded.position)
            self._broadcasts[recorded.event.name] = recorded.position
        return False

    def _introduce(self, key: str) -> None:
        """Tell a key that appears for the first time what was said to everyone before."""
        if key in self._keys or self._store.knows(self._chain.name, key):
            return
        self._keys[key] = None
        for recorded in self._store.broadcasts(self._chain.name):
            self._handle(key, recorded)

    def _handle(self, key: str, recorded: Recorded) -> None:
        state = State(key, recorded.position, lambda part: self._load(key, part))
        try:
            state, outputs = self._chain.handle(recorded.event, state)
            changes: Mapping[str, StateRecord] = state.changes
        except StorageError:
            raise
        except Exception as error:  # whatever it is, later events must go on
            self.put_aside(recorded.position, key, recorded.event.id, error)
            return
        self._outputs.extend(outputs)
        self._records.update({(key, part): record for part, record in changes.items()})

    def _load(self, key: str, part: str) -> StateRecord | None:
        if (key, part) in self._records:
            return self._records[key, part]
        return self._store.record(self._chain.name, key, part)
