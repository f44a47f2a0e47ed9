"""Who is told of what, and how: what the office writes into its alerts file."""

from __future__ import annotations

from datetime import timedelta
from fnmatch import fnmatchcase
from pathlib import Path

import msgspec

from duban.domain.alert import AlertKind, AlertLine
from duban.domain.event import AlertOpened
from duban.domain.severity import Severity


class Address:
    """The address of a channel; it holds passwords, so it is shown nowhere."""

    __slots__ = ("_url",)

    def __init__(self, url: str) -> None:
        self._url = url

    def reveal(self) -> str:
        """The address itself, for who sends."""
        return self._url

    @property
    def scheme(self) -> str:
        """What stands before `://`, which tells no secret."""
        return self._url.partition("://")[0]

    def __repr__(self) -> str:
        return f"{self.scheme}://***"


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """Where messages go: an address, or a folder of this machine or network."""

    name: str
    address: Address | None = None
    folder: Path | None = None


class Route(msgspec.Struct, frozen=True, kw_only=True):
    """Which alerts go to a channel; what is empty does not limit.

    `jurisdictions` are ids of agencies, of their parents, or the beginnings of regions; `rules`
    may hold `*`. `severity` is the least that is told.
    """

    name: str
    channel: str
    jurisdictions: tuple[str, ...] = ()
    kinds: tuple[AlertKind, ...] = ()
    severity: Severity = "warning"
    rules: tuple[str, ...] = ()

    def takes(self, alert: AlertOpened) -> bool:
        """Whether alerts of this agency and kind go this way."""
        if self.kinds and alert.kind not in self.kinds:
            return False
        return not self.jurisdictions or any(
            within(one, alert.agency_id, alert.parent, alert.region) for one in self.jurisdictions
        )

    def takes_line(self, line: AlertLine) -> bool:
        """Whether a fault is told this way."""
        if self.severity == "error" and line.severity != "error":
            return False
        return not self.rules or any(fnmatchcase(line.rule, one) for one in self.rules)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """Channels and routes, and the pace: what comes within `window` is one message.

    More than `most` messages within an hour to one channel become one digest. An alert that
    stays open is told again after `repeat`; None: never. `page` is where the pages are.
    """

    channels: tuple[Channel, ...]
    routes: tuple[Route, ...]
    window: timedelta = timedelta(minutes=10)
    repeat: timedelta | None = timedelta(days=7)
    most: int = 6
    page: str = ""


def within(jurisdiction: str, agency_id: str, parent: str | None, region: str) -> bool:
    """Whether an agency is in a jurisdiction: itself, its parent, or a region that begins so."""
    return jurisdiction in (agency_id, parent) or region.startswith(jurisdiction)
