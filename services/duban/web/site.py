"""What the pages are given to work with."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol

import msgspec

from duban.domain.agency import Agency
from duban.domain.event import Event, ReportRead, ReportRejected
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


class Notice(msgspec.Struct, frozen=True):
    """A sentence that the front page shows above all figures: what may make them doubtful."""

    zh: str
    en: str


class Desk(Protocol):
    """What a person may have done from the pages; every act is recorded as a fact."""

    def post(
        self, data: bytes, *, title: str, agency_id: str | None, year: int | None
    ) -> tuple[Event, bool]:
        """Take in an uploaded report; the fact, and whether it is new (the same bytes are not).

        Raises StorageError when it cannot be kept.
        """
        ...

    def mark(self) -> int:
        """Where the history of facts ends now; given to `outcomes` after posting."""
        ...

    def outcomes(
        self, posted: Collection[str], since: int, timeout_s: float
    ) -> Mapping[str, ReportRead | ReportRejected]:
        """What became of postings (by their event id) after `since`, once the pages know it too.

        After `timeout_s` seconds those still missing are left out.
        """
        ...

    def check(self, data: bytes) -> tuple[Reading, Judgement | None]:
        """Read and judge bytes without keeping anything of them."""
        ...

    def retry(self, event_id: str, unit: str, key: str, *, by: str, reason: str) -> bool:
        """Have an event that was set aside handled again; False where it no longer is."""
        ...


class Machinery(Protocol):
    """Figures on the program itself, and whether it is well."""

    def figures(self) -> bytes:
        """The figures, in the text format of Prometheus."""
        ...

    def alive(self) -> Mapping[str, bool]:
        """Checks by name; where one does not hold, the process should be started anew."""
        ...

    def ready(self) -> Mapping[str, bool]:
        """Checks by name; where one does not hold, the pages may mislead for the moment."""
        ...


def _none() -> tuple[()]:
    return ()


class Site(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the pages reach.

    `wait(position, timeout_s)` returns the index's position once it moved past `position`.
    `rules` are the cards of the rules in force, and `rulebook_version` says which those are.
    `roster` are the agencies that an upload may be for, `notices` what the front page must say
    now (a clock that was set back, holidays nobody has announced yet). `most_bytes` is the
    largest file that is read. `machinery` tells of the program itself, to this machine and to
    `scrapers`.
    """

    index: Index
    blobs: BlobStore
    clock: Clock
    rules: Mapping[str, RuleCard]
    rulebook_version: Callable[[], str]
    wait: Callable[[int, float], int]
    desk: Desk
    most_bytes: int
    hosts: Sequence[str] = ("127.0.0.1", "localhost", "[::1]")
    roster: Callable[[], Sequence[Agency]] = _none
    notices: Callable[[], Sequence[Notice]] = _none
    machinery: Machinery | None = None
    scrapers: Sequence[IPv4Network | IPv6Network] = ()
