"""Alerts: what an office is told of an agency and year, and for how long it keeps it quiet."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from duban.domain.place import Place
from duban.domain.severity import Severity

AlertKind = Literal["report", "absent", "unreadable"]
"""What an alert is about:

`report`      errors and warnings of the report that stands
`absent`      no report stands, and the rules find fault with that
`unreadable`  bytes stand there that we cannot read: a person must look, nothing is proved
"""
Purpose = Literal["alert", "digest", "repeat", "test"]
Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class AlertLine(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One fault in its finding's own words; `rule` is "" where no rule speaks (unreadable bytes).

    `evidence` is the hash of its grounds. A line of severity "warning" is a suspicion (疑似).
    """

    fingerprint: str
    severity: Severity
    message: str
    message_en: str
    rule: str = ""
    evidence: str = ""
    cells: tuple[str, ...] = ()
    at: Place | None = None


class Silence(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Alerts about which nothing is sent until a moment; what is not named is not limited.

    `jurisdiction` is the id of an agency's parent, or the beginning of its region.
    """

    id: str
    by: str
    reason: str
    until: Moment
    agency_id: str | None = None
    jurisdiction: str | None = None
    year: int | None = None
    kind: AlertKind | None = None
    rule: str | None = None


def alert_key(agency_id: str, year: int, kind: AlertKind) -> str:
    """The name of an alert: there is one of each agency, year and kind."""
    return f"{agency_id}/{year}/{kind}"
