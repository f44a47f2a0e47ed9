"""What the alerter remembers of an agency and of each of its years."""

from __future__ import annotations

import msgspec

from duban.domain.alert import AlertKind, AlertLine, Moment

ROLL = "alerter/agency"


class Roll(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The years of which anything is kept."""

    years: tuple[int, ...] = ()


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alert as it was last told, with a hash of all of it; its lines follow those kept."""

    revision: int = 0
    digest: str = ""
    is_open: bool = False
    since: Moment | None = None


class Year(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The open findings of a year that are told, each with its revision, and its alerts.

    `sha256` are the bytes read last, `refused` what was last not readable.
    """

    lines: dict[str, AlertLine] = msgspec.field(default_factory=dict)
    revisions: dict[str, int] = msgspec.field(default_factory=dict)
    refused: AlertLine | None = None
    sha256: str = ""
    told: dict[AlertKind, Told] = msgspec.field(default_factory=dict)


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """An alert as it stands; without lines where nothing of it does."""

    agency_id: str
    year: int
    kind: AlertKind
    agency: str
    region: str
    parent: str | None
    since: Moment
    lines: tuple[AlertLine, ...]
    sha256: str
    url: str | None
    due_on: str | None


def alert_part(year: int) -> str:
    """The part that holds a `Year`."""
    return f"alerter/{year}"
