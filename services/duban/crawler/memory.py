"""What the crawler remembers between rounds, stored together with the facts it leads to."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import datetime

import msgspec

from duban.crawler.follow import File
from duban.crawler.listing import Announced
from duban.domain.event import Event
from duban.ports import Cursor, StateRecord, StateStore, Step

UNIT = "crawler"


class ListPage(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A list page as it was last read."""

    etag: str | None = None
    last_modified: str | None = None
    sha256: str | None = None
    reports: tuple[Announced, ...] = ()
    next_page: str | None = None


class Followed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An announced report as it was last followed; `failures` counts those in a row."""

    files: tuple[File, ...] = ()
    due: datetime | None = None
    failures: int = 0


class Memory:
    """Records by address; each `store` is one step, whole or not at all."""

    def __init__(self, store: StateStore) -> None:
        self._store = store
        self._cursor = store.cursor(UNIT)
        self._lock = threading.Lock()

    def list_page(self, url: str) -> ListPage:
        """What is remembered of a list page."""
        data = self._store.record(UNIT, url, "list")
        return msgspec.json.decode(data.data, type=ListPage) if data else ListPage()

    def followed(self, url: str) -> Followed:
        """What is remembered of an announced report."""
        data = self._store.record(UNIT, url, "report")
        return msgspec.json.decode(data.data, type=Followed) if data else Followed()

    def store(self, events: Sequence[Event], records: Mapping[str, ListPage | Followed]) -> None:
        """Record facts and what to remember of them in one step."""
        with self._lock:
            after = Cursor(self._cursor.position + 1)
            self._store.commit(
                Step(
                    unit=UNIT,
                    before=self._cursor,
                    after=after,
                    outputs=tuple(events),
                    records={
                        (url, "list" if isinstance(value, ListPage) else "report"): StateRecord(
                            after.position, msgspec.json.encode(value)
                        )
                        for url, value in records.items()
                    },
                )
            )
            self._cursor = after
