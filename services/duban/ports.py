"""What duban needs from the outside; adapters keep these promises, contracts test them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Protocol

import msgspec

from duban.domain import view
from duban.domain.event import Event, Topic
from duban.domain.message import Message


class Recorded(msgspec.Struct, frozen=True):
    """An event and its position: a number that grows within a topic, never reused."""

    position: int
    event: Event


class EventLog(Protocol):
    """The history: append-only, kept for ever.

    An append is whole or not at all, and an event whose id the topic already holds is not
    recorded again. Events of one key come back in the order they were appended. Raises
    StorageError when the storage cannot be used.
    """

    def append(self, events: Sequence[Event]) -> int:
        """Record events in their topics; returns how many were new."""
        ...

    def read(self, topic: Topic, after: int = 0, limit: int = 1000) -> list[Recorded]:
        """Events of a topic with a position above `after`, in order."""
        ...

    def head(self, topic: Topic) -> int:
        """The highest position of a topic; 0 when it is empty."""
        ...

    def find(self, topic: Topic, event_id: str) -> Recorded | None:
        """The event of an id, None where the topic has none; EventError when it is unreadable."""
        ...


class StateRecord(msgspec.Struct, frozen=True):
    """One part of what a unit remembers of a key, and the last event it absorbed."""

    position: int
    data: bytes


class Cursor(msgspec.Struct, frozen=True):
    """How far a unit has come.

    `broadcast_after` is set while the event after `position` is being handled for every known
    key: all keys up to it are done.
    """

    position: int = 0
    broadcast_after: str | None = None


class SetAside(msgspec.Struct, frozen=True):
    """An event that could not be handled for a key, and why; the events after it went on.

    `position` is where it was met: its own, or that of the retry that failed again. `settled` is
    the position of the retry that was handled, or that set it aside anew; None until then.
    """

    position: int
    key: str
    event_id: str
    cause: str
    settled: int | None = None


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """All that one step of a unit changes: stored whole, or not at all.

    `records` are set by (key, part); `broadcasts` are the events for everyone that keys which
    appear later must be told of, by name and position.
    """

    unit: str
    before: Cursor
    after: Cursor
    outputs: tuple[Event, ...] = ()
    records: Mapping[tuple[str, str], StateRecord] = msgspec.field(default_factory=dict)
    keys: tuple[str, ...] = ()
    broadcasts: Mapping[str, int] = msgspec.field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    settled: tuple[SetAside, ...] = ()  # set aside before, each with the position that settles it


class StateStore(Protocol):
    """What the units remember: records by key and part, how far they came, what was set aside.

    Outputs, records and cursor of a step are stored together. Raises StorageError when the
    storage cannot be used, or when another process moved the cursor of the unit meanwhile.
    """

    def cursor(self, unit: str) -> Cursor:
        """How far the unit has come; the beginning for a unit never seen."""
        ...

    def record(self, unit: str, key: str, part: str) -> StateRecord | None:
        """One record, or None where nothing was remembered."""
        ...

    def knows(self, unit: str, key: str) -> bool:
        """Whether the unit has handled an event of this key."""
        ...

    def keys(self, unit: str, after: str, limit: int) -> Sequence[str]:
        """Known keys above `after`, in order."""
        ...

    def broadcasts(self, unit: str) -> Sequence[Recorded]:
        """The last event for everyone of each name that the unit has handled, oldest first."""
        ...

    def commit(self, step: Step) -> None:
        """Store everything a step changed."""
        ...

    def set_aside(self) -> Sequence[tuple[str, SetAside]]:
        """Everything that is set aside and not settled since, with its unit, oldest first."""
        ...

    def passed_over(self, unit: str) -> Mapping[tuple[int, str], SetAside]:
        """All that the unit ever set aside, settled or not, by position and key.

        Who derives the conclusions again passes over the same events at the same places.
        """
        ...


class BlobStore(Protocol):
    """Bytes by the SHA-256 of their content; written once, never changed.

    `put` is atomic: a blob is there whole or not at all, also after a crash. `get` checks the
    hash and raises StorageError when the bytes are missing or damaged.
    """

    def put(self, data: bytes) -> str: ...

    def get(self, sha256: str) -> bytes: ...

    def __contains__(self, sha256: object) -> bool: ...


class Index(Protocol):
    """The read models. Answers are computed from events and can be computed again.

    A document is applied with its revision: an older revision never replaces a newer one, and
    applying the same events again changes nothing. `scope.jurisdictions` is enforced here.
    """

    def apply(self, recorded: Iterable[Recorded]) -> None:
        """Take facts and conclusions into the read models, in one step."""
        ...

    def overview(self, scope: view.Scope) -> view.Overview: ...

    def ledger(self, scope: view.Scope, by: view.LedgerBy) -> Sequence[view.LedgerRow]:
        """The coverage ledger by year (newest first), kind (order of the law) or parent (name)."""
        ...

    def ledgers(self, scope: view.Scope) -> Mapping[view.LedgerBy, Sequence[view.LedgerRow]]:
        """The ledger by each of these, all counted from the same reports of one moment."""
        ...

    def years(self, scope: view.Scope) -> Sequence[int]:
        """The years anything is owed or seen for, newest first, whatever year the scope names."""
        ...

    def choices(self, scope: view.Scope) -> view.Choices:
        """What of the overview tells how the findings of a scope can be narrowed."""
        ...

    def matrix(
        self, scope: view.Scope, states: Sequence[view.ReportState] = ()
    ) -> Sequence[view.ReportRow]:
        """One row per agency and year owed or seen, by agency id and year; `states`: only these."""
        ...

    def findings(self, query: view.FindingQuery) -> view.FindingPage: ...

    def all_findings(
        self, query: view.FindingQuery
    ) -> AbstractContextManager[tuple[int, Iterator[view.FindingRow]]]:
        """The number of findings that match, and each, as all stood at one moment.

        They are handed out in order, some at a time, within the block; the query's limit and
        offset mean nothing.
        """
        ...

    def report(self, agency_id: str, year: int, scope: view.Scope) -> view.ReportView | None: ...

    def agency(self, agency_id: str, scope: view.Scope) -> view.AgencyView | None: ...

    def rejected(self, scope: view.Scope, limit: int = 100) -> Sequence[view.Rejected]: ...

    def aside(self, scope: view.Scope, limit: int = 100) -> Sequence[view.Aside]:
        """Events that could not be handled and were not retried since, newest first."""
        ...

    def search(self, query: view.SearchQuery) -> view.SearchPage: ...

    def position(self) -> int:
        """Up to which position the read models know the history; grows with every change."""
        ...


class Page(msgspec.Struct, frozen=True, kw_only=True):
    """What a web server answered. `url` is the address after redirects.

    `not_modified` is true when a conditional request found nothing new; `body` is then empty.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    not_modified: bool = False


class Fetcher(Protocol):
    """Gets pages politely: one request at a time per host, with a pause, within limits.

    Only addresses of hosts it was allowed are asked, redirects included; inner addresses are
    refused unless allowed. Raises FetchError for anything that is not an answer of the server.
    """

    def fetch(
        self,
        url: str,
        *,
        etag: str | None = None,
        last_modified: str | None = None,
    ) -> Page: ...


class Clock(Protocol):
    """The time, aware, in Asia/Shanghai."""

    def now(self) -> datetime: ...


class Notifier(Protocol):
    """A channel: it carries messages to people.

    A message may be handed over again after a crash, with the same id; where the channel can
    tell, it goes out once, else the id in it tells the reader.
    """

    def send(self, message: Message) -> None:
        """Hand a message over; NotifyError where it was not taken. No address is in the error."""
        ...
