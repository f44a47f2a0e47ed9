"""What the calendar remembers of an agency and of each of its years.

The processors after it in the chain read the obligations here.
"""

from __future__ import annotations

from datetime import datetime

import msgspec

from duban.domain.agency import Agency, Kind
from duban.domain.obligation import Obligation
from duban.processors.processor import State

WATCH = "calendar/agency"


class Duty(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The obligation as it was last told; `revision` counts from 1."""

    obligation: Obligation
    revision: int = 1


class Column(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A column as it was last read: `whole_on` is the day on which all of it was.

    What a reading in part lists is added to what the last whole one listed.
    """

    whole_on: str | None = None
    announced: tuple[int, ...] = ()
    unclear: int = 0


class Seen(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What was seen of the report of one year.

    `places` are the addresses where it stands (uploads by hash), each with whether its bytes
    could be read; `bytes` tells their hashes. `missed_on` is the last day on which all columns
    were read without it, before `first_on`, the day it was first seen on the web, and before
    `announced_on`, when a column listed it and it could not be fetched; `printed_on` is the
    earliest day it ever bore.
    """

    places: dict[str, bool] = msgspec.field(default_factory=dict)
    bytes: dict[str, str] = msgspec.field(default_factory=dict)
    announced_on: str | None = None
    missed_on: str | None = None
    first_on: str | None = None
    printed_on: str | None = None
    withdrawn_on: str | None = None


class Doubt(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Bytes that may be a report of the agency: of a year, or (None) of a year nobody knows."""

    sha256: str
    year: int | None = None


class Former(msgspec.Struct, frozen=True):
    """What an agency was until a day, as far as its terms depend on it."""

    kind: Kind
    region: str
    until: str


class Watch(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that is known of an agency's duties; `position` is that of the last event absorbed.

    `today` is the latest day of any of these events, `since` the day the agency came under
    watch, `removed` why it no longer is, `almanac` the hash of the calendar in force. `doubts`
    are kept by address, or by hash where there is none; `told` are the years that have a `Duty`.
    `came` says when bytes were last found at an address, `gone` when the report there was found
    withdrawn: what the crawler saw one after the other may be heard of in another order. `broken`
    are the addresses of reports that could not be fetched when they were last asked for.
    """

    position: int = 0
    today: str = ""
    since: str = ""
    agency: Agency | None = None
    formers: tuple[Former, ...] = ()
    removed: str | None = None
    almanac: str | None = None
    columns: dict[str, Column] = msgspec.field(default_factory=dict)
    years: dict[int, Seen] = msgspec.field(default_factory=dict)
    doubts: dict[str, Doubt] = msgspec.field(default_factory=dict)
    told: tuple[int, ...] = ()
    came: dict[str, datetime] = msgspec.field(default_factory=dict)
    gone: dict[str, datetime] = msgspec.field(default_factory=dict)
    broken: tuple[str, ...] = ()

    def is_gone(self, url: str | None, found_at: datetime) -> bool:
        """Whether what was found at an address then was withdrawn later."""
        return url in self.gone and found_at < self.gone[url]

    def is_back(self, url: str | None) -> bool:
        """Whether bytes were found at an address since the report there was withdrawn."""
        return url in self.came and not self.is_gone(url, self.came[url])

    @property
    def years_seen(self) -> tuple[int, ...]:
        """The years of which a report was ever seen."""
        return tuple(year for year, seen in self.years.items() if seen.places or seen.first_on)


def duty_part(year: int) -> str:
    """The part that holds a `Duty`."""
    return f"calendar/{year}"


def obligation_of(state: State, year: int) -> Obligation | None:
    """How the agency stands with its duty of a year; None where nothing is owed or known."""
    duty = state.get(duty_part(year), Duty)
    return duty.obligation if duty else None
