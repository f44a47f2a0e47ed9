"""What the crawler remembers between rounds, stored together with the facts it leads to."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Literal, TypeVar

import msgspec

from duban.crawler.follow import File
from duban.crawler.listing import Announced
from duban.domain.event import Event
from duban.ports import Cursor, StateRecord, StateStore, Step

UNIT = "crawler"


class Remembered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One record of the crawler."""


class ListPage(Remembered, frozen=True, kw_only=True, omit_defaults=True):
    """A list page as it was last read, and for which agencies; `pages`, `parts` as in Listing."""

    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    reports: tuple[Announced, ...] = ()
    next_page: str | None = None
    pages: int = 1
    parts: tuple[str, ...] = ()
    read_for: str = ""


class Told(msgspec.Struct, frozen=True):
    """What a page.checked last said, and on which day (ISO, Asia/Shanghai)."""

    what: str
    day: str


class Column(Remembered, frozen=True, kw_only=True, omit_defaults=True):
    """The reports a column listed when it was last read whole, and those it listed before."""

    listed: dict[str, Announced] = msgspec.field(default_factory=dict)
    unlisted: dict[str, Announced] = msgspec.field(default_factory=dict)


class Said(Remembered, frozen=True, kw_only=True, omit_defaults=True):
    """What was last told of an address, by agency."""

    agencies: dict[str, Told] = msgspec.field(default_factory=dict)


class Followed(Remembered, frozen=True, kw_only=True, omit_defaults=True):
    """An announced report as it was last followed; `failures` counts those in a row.

    `words` are the agency and year that its link told of then.
    """

    words: tuple[str | None, int | None] | None = None
    files: tuple[File, ...] = ()
    due: datetime | None = None
    failures: int = 0


class Read(Remembered, frozen=True, kw_only=True, omit_defaults=True):
    """What posted bytes turned out to be: a report of an agency and year, or something else."""

    status: Literal["report", "other", "unknown"] = "unknown"
    agency_id: str | None = None
    year: int | None = None


class Tail(Remembered, frozen=True, kw_only=True, omit_defaults=True):
    """Up to which position of the facts the readings were taken note of."""

    position: int = 0


R = TypeVar("R", bound=Remembered)
_PARTS: Mapping[type[Remembered], str] = {
    ListPage: "list",
    Column: "column",
    Said: "said",
    Followed: "report",
    Read: "reading",
    Tail: "tail",
}


class Memory:
    """Records by address or id; each `store` is one step, whole or not at all."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self._cursor = store.cursor(UNIT)
        self._lock = threading.Lock()

    def get(self, key: str, of: type[R]) -> R:
        """What is remembered under a key; an empty record where nothing is."""
        data = self._store.record(UNIT, key, _PARTS[of])
        return msgspec.json.decode(data.data, type=of) if data else of()

    def store(self, events: Sequence[Event], records: Iterable[tuple[str, Remembered]]) -> None:
        """Record facts and what to remember of them in one step; of one record the last counts."""
        with self._lock:
            after = Cursor(self._cursor.position + 1)
            self._store.commit(
                Step(
                    unit=UNIT,
                    before=self._cursor,
                    after=after,
                    outputs=tuple(events),
                    records={
                        (key, _PARTS[type(value)]): StateRecord(
                            after.position, msgspec.json.encode(value)
                        )
                        for key, value in records
                    },
                )
            )
            self._cursor = after
