"""Events: frozen values with a wire name and a version, never a class path.

Facts are recorded once; conclusions follow from facts alone. A new version of a body is a new
class under the same name with the next number, and a pure step in `RAISES` from the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal

import msgspec

from duban.domain.alert_body import (
    AlertChanged,
    AlertOpened,
    AlertResolved,
    MessageDelivered,
    SilenceLifted,
    SilenceSet,
)
from duban.domain.body import (
    AgencyRegistered,
    AgencyRemoved,
    Aware,
    Body,
    CalendarReleased,
    DayBegan,
    EventRetried,
    PageChecked,
    PageCheckedV1,
    ReportPosted,
    ReportRead,
    ReportRejected,
    ReportWithdrawn,
    RulebookReleased,
)
from duban.domain.conclusion import (
    Because,
    FindingChanged,
    FindingOpened,
    FindingResolved,
    ObligationDue,
    ReportAssessed,
)
from duban.errors import EventError

__all__ = [
    "BODIES",
    "CURRENT",
    "EVERYONE",
    "OFFICE",
    "RAISES",
    "TOPICS",
    "AgencyRegistered",
    "AgencyRemoved",
    "AlertChanged",
    "AlertOpened",
    "AlertResolved",
    "Aware",
    "Because",
    "Body",
    "CalendarReleased",
    "DayBegan",
    "Event",
    "EventRetried",
    "FindingChanged",
    "FindingOpened",
    "FindingResolved",
    "MessageDelivered",
    "ObligationDue",
    "PageChecked",
    "PageCheckedV1",
    "ReportAssessed",
    "ReportPosted",
    "ReportRead",
    "ReportRejected",
    "ReportWithdrawn",
    "RulebookReleased",
    "SilenceLifted",
    "SilenceSet",
    "Topic",
    "decode",
    "derived_id",
    "encode",
    "key_of",
    "record",
]

Topic = Literal["posted", "facts", "conclusions", "alerts"]
EVERYONE = "*"  # key of events that concern every agency (design: broadcast)
OFFICE = "office"  # key of what the office itself does about its alerts


#: Every wire name and version ever written, and the class that reads it.
BODIES: dict[tuple[str, int], type[Body]] = {
    ("agency.registered", 1): AgencyRegistered,
    ("agency.removed", 1): AgencyRemoved,
    ("page.checked", 1): PageCheckedV1,
    ("page.checked", 2): PageChecked,
    ("report.posted", 1): ReportPosted,
    ("report.read", 1): ReportRead,
    ("report.rejected", 1): ReportRejected,
    ("report.withdrawn", 1): ReportWithdrawn,
    ("rulebook.released", 1): RulebookReleased,
    ("calendar.released", 1): CalendarReleased,
    ("day.began", 1): DayBegan,
    ("event.retried", 1): EventRetried,
    ("obligation.due", 1): ObligationDue,
    ("report.assessed", 1): ReportAssessed,
    ("finding.opened", 1): FindingOpened,
    ("finding.changed", 1): FindingChanged,
    ("finding.resolved", 1): FindingResolved,
    ("alert.opened", 1): AlertOpened,
    ("alert.changed", 1): AlertChanged,
    ("alert.resolved", 1): AlertResolved,
    ("silence.set", 1): SilenceSet,
    ("silence.lifted", 1): SilenceLifted,
    ("message.delivered", 1): MessageDelivered,
}
TOPICS: dict[str, Topic] = {
    "agency.registered": "facts",
    "agency.removed": "facts",
    "page.checked": "facts",
    "report.posted": "posted",
    "report.read": "facts",
    "report.rejected": "facts",
    "report.withdrawn": "facts",
    "rulebook.released": "facts",
    "calendar.released": "facts",
    "day.began": "facts",
    "event.retried": "facts",
    "obligation.due": "conclusions",
    "report.assessed": "conclusions",
    "finding.opened": "conclusions",
    "finding.changed": "conclusions",
    "finding.resolved": "conclusions",
    "alert.opened": "alerts",
    "alert.changed": "alerts",
    "alert.resolved": "alerts",
    "silence.set": "alerts",
    "silence.lifted": "alerts",
    "message.delivered": "alerts",
}
CURRENT: dict[type[Body], tuple[str, int]] = {cls: wire for wire, cls in BODIES.items()}
#: (name, version) -> the step that turns a body of that version into one of the next.
RAISES: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {
    # What was recorded of single pages does not show that a whole column was read.
    ("page.checked", 1): lambda body: {**body, "whole": False},
}


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One event. `at` is aware: when a fact was recorded, or its input's time for a conclusion.

    `cause` is the id of the event it follows from. `body` is of the current version.
    """

    id: str
    key: str
    at: Aware
    body: Body
    cause: str | None = None

    @property
    def name(self) -> str:
        """The wire name, `report.read`."""
        return CURRENT[type(self.body)][0]

    @property
    def topic(self) -> Topic:
        """The topic this event belongs to."""
        return TOPICS[self.name]


class _Wire(msgspec.Struct, frozen=True, kw_only=True):
    id: str
    name: str
    version: int
    key: str
    at: Aware
    body: msgspec.Raw
    cause: str | None = None


def key_of(body: Body) -> str:
    """The key a body is recorded under: its agency, all of them, or the hash of its bytes."""
    match body:
        case AgencyRegistered(agency=agency):
            return agency.id
        case RulebookReleased() | CalendarReleased() | DayBegan():
            return EVERYONE
        case EventRetried(key=key):
            return key
        case SilenceSet() | SilenceLifted() | MessageDelivered():
            return OFFICE
        case ReportPosted(sha256=sha256):
            return sha256
        case ReportRejected(agency_id=None, sha256=sha256):
            return sha256
        case _:
            return str(body.agency_id)


def record(body: Body, *, id: str, at: datetime, cause: str | None = None) -> Event:  # noqa: A002 - the field's name
    """A new event about `body` under its proper key; `at` must be aware."""
    if at.tzinfo is None:
        raise EventError(
            f"事件 {id} 的时间没有时区：请给出带时区的时间。",
            f"The time of the event {id} has no time zone: please give one.",
        )
    return Event(id=id, key=key_of(body), at=at, body=body, cause=cause)


def derived_id(cause: str, processor: str, subject: str) -> str:
    """The id of what `processor` makes of the event `cause` about `subject`; the same each time."""
    return hashlib.sha256("\x1f".join((cause, processor, subject)).encode()).hexdigest()[:32]


def encode(event: Event) -> bytes:
    """The event as JSON, with its wire name and version."""
    name, version = CURRENT[type(event.body)]
    return msgspec.json.encode(
        _Wire(
            id=event.id,
            name=name,
            version=version,
            key=event.key,
            at=event.at,
            body=msgspec.Raw(msgspec.json.encode(event.body)),
            cause=event.cause,
        )
    )


def decode(data: bytes) -> Event:
    """Read an event of any version ever written, raised to the current one.

    Raises EventError for damaged bytes, an unknown name, or a version newer than this program.
    """
    try:
        wire = _WIRE.decode(data)
        body = _decode_body(wire)
    except msgspec.MsgspecError as error:
        raise EventError(f"事件无法解读：{error}", f"An event cannot be read: {error}") from error
    return Event(id=wire.id, key=wire.key, at=wire.at, body=body, cause=wire.cause)


_WIRE = msgspec.json.Decoder(_Wire)
_DECODERS: dict[type[Body], msgspec.json.Decoder[Any]] = {
    cls: msgspec.json.Decoder(cls) for cls in CURRENT
}


def _decode_body(wire: _Wire) -> Body:
    if (wire.name, wire.version) not in BODIES:
        raise EventError(
            f"事件 {wire.id} 的类型 {wire.name}（第 {wire.version} 版）本程序不认识："
            "请升级 duban 后再试。",
            f"The event {wire.id} is a {wire.name} of version {wire.version}, which this program "
            "does not know: please upgrade duban.",
        )
    cls, version = BODIES[wire.name, wire.version], wire.version
    if CURRENT.get(cls) == (wire.name, version) and (wire.name, version + 1) not in BODIES:
        body: Body = _DECODERS[cls].decode(wire.body)
        return body
    plain = msgspec.json.decode(wire.body)
    while (wire.name, version + 1) in BODIES:
        plain = RAISES[wire.name, version](plain)
        version += 1
    raised: Body = msgspec.convert(plain, BODIES[wire.name, version])
    return raised
