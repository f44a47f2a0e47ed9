"""What the pages are given to work with."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

import msgspec

from duban.domain.event import Event
from duban.domain.finding import Judgement
from duban.domain.report import Reading
from duban.ports import BlobStore, Clock, Index


class RuleCard(msgspec.Struct, frozen=True, kw_only=True):
    """What pages tell of a rule; filled from the rulebook."""

    id: str
    title: str
    title_en: str
    severity: str
    basis: tuple[str, ...]
    remedy: str
    remedy_en: str
    limits: str


class Desk(Protocol):
    """What a person may have done from the pages; every act is recorded as a fact."""

    def post(
        self, data: bytes, *, title: str, agency_id: str | None, year: int | None
    ) -> tuple[Event, bool]:
        """Take in an uploaded report; the fact, and whether it is new (the same bytes are not).

        Raises StorageError when it cannot be kept.
        """
        ...

    def check(self, data: bytes, title: str) -> tuple[Reading, Judgement | None]:
        """Read and judge bytes without keeping anything of them."""
        ...

    def retry(self, event_id: str, unit: str, key: str, *, by: str, reason: str) -> bool:
        """Have an event that was set aside handled again; False where it no longer is."""
        ...


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the pages reach.

    `wait(position, timeout_s)` returns the index's position once it moved past `position`.
    """

    index: Index
    blobs: BlobStore
    clock: Clock
    rules: Mapping[str, RuleCard]
    rulebook_version: str
    wait: Callable[[int, float], int]
    desk: Desk
    hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")
