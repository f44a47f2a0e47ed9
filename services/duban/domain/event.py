"""Events: frozen values with a wire name and a version, never a class path.

Facts are recorded once; conclusions follow from facts alone. A new version of a body is a new
class under the same name with the next number, and a pure step in `RAISES` from the old one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, Literal

import msgspec

from duban.domain.agency import Agency
from duban.domain.finding import Coverage, Finding, Outcome
from duban.domain.report import Reason, Report
from duban.errors import EventError

Topic = Literal["posted", "facts", "conclusions"]
Aware = Annotated[datetime, msgspec.Meta(tz=True)]
EVERYONE = "*"  # key of events that concern every agency (design: broadcast)


class AgencyRegistered(msgspec.Struct, frozen=True, kw_only=True):
    """The roster names an agency, or names it anew with changed particulars."""

    agency: Agency


class AgencyRemoved(msgspec.Struct, frozen=True, kw_only=True):
    """The roster no longer holds the agency; `reason` as the operator gave it."""

    agency_id: str
    reason: str


class PageChecked(msgspec.Struct, frozen=True, kw_only=True):
    """A list page of an agency was asked for; a failure here is never the agency's fault.

    `links` counts the links to annual reports found on it (0 where it was not read).
    """

    agency_id: str
    url: str
    outcome: Literal["read", "unchanged", "failed", "blocked"]
    http_status: int | None = None
    links: int = 0
    error: str | None = None


class ReportPosted(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes of a report were found or uploaded; they lie in the blob store under `sha256`.

    The hints say what the list page told; intake decides whose report it is.
    """

    sha256: str
    bytes: int
    source: Literal["crawler", "upload"]
    url: str | None = None
    page_url: str | None = None
    agency_hint: str | None = None
    year_hint: int | None = None
    title: str | None = None
    published_on: str | None = None
    last_modified: str | None = None


class ReportRead(msgspec.Struct, frozen=True, kw_only=True):
    """Posted bytes were read as the report of one agency and year.

    `document_sha256` is the document's blocks in the blob store (the source beside the
    tables); `assigned_by` says how agency and year were found. `revises` is the hash of the
    bytes that stood for the same agency and year before.
    """

    posted_id: str
    sha256: str
    media: str
    reader: str
    agency_id: str
    year: int
    assigned_by: Literal["list", "title", "officer"]
    report: Report
    document_sha256: str
    url: str | None = None
    published_on: str | None = None
    revises: str | None = None


class ReportRejected(msgspec.Struct, frozen=True, kw_only=True):
    """Posted bytes are no report, cannot be read, or cannot be assigned to an agency and year."""

    posted_id: str
    sha256: str
    media: str
    reader: str
    status: Literal["other_document", "unreadable", "unassigned"]
    reason: Reason
    agency_id: str | None = None
    year: int | None = None
    url: str | None = None
    title: str | None = None


class RulebookReleased(msgspec.Struct, frozen=True, kw_only=True):
    """A rulebook judges from now on; its files lie in the blob store under `sha256`."""

    version: str
    sha256: str
    blob_sha256: str


class ReportAssessed(msgspec.Struct, frozen=True, kw_only=True):
    """One report was judged with one rulebook; the whole result, findings included."""

    agency_id: str
    year: int
    sha256: str
    revision: int
    rulebook: str
    rulebook_sha256: str
    coverage: Coverage
    errors: int
    warnings: int
    infos: int
    outcomes: tuple[Outcome, ...] = ()


class FindingOpened(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that was not there at the last judging; `revision` counts its changes from 1."""

    agency_id: str
    year: int
    revision: int
    sha256: str
    rulebook: str
    finding: Finding


class FindingChanged(FindingOpened, frozen=True, kw_only=True):
    """The same fault on other grounds, or told differently."""


class FindingResolved(msgspec.Struct, frozen=True, kw_only=True):
    """A fault that is no longer shown, and what changed: other bytes, another reading of them,
    another rulebook, the report of the year before, or what the roster says of the agency.

    `unreadable`: the bytes that stand there now cannot be read, so nothing is proved of them.
    """

    agency_id: str
    year: int
    revision: int
    fingerprint: str
    sha256: str
    because: Literal["revised", "reread", "rulebook", "prior", "roster", "unreadable"]


Body = (
    AgencyRegistered
    | AgencyRemoved
    | PageChecked
    | ReportPosted
    | ReportRead
    | ReportRejected
    | RulebookReleased
    | ReportAssessed
    | FindingOpened
    | FindingChanged
    | FindingResolved
)

#: Every wire name and version ever written, and the class that reads it.
BODIES: dict[tuple[str, int], type[Body]] = {
    ("agency.registered", 1): AgencyRegistered,
    ("agency.removed", 1): AgencyRemoved,
    ("page.checked", 1): PageChecked,
    ("report.posted", 1): ReportPosted,
    ("report.read", 1): ReportRead,
    ("report.rejected", 1): ReportRejected,
    ("rulebook.released", 1): RulebookReleased,
    ("report.assessed", 1): ReportAssessed,
    ("finding.opened", 1): FindingOpened,
    ("finding.changed", 1): FindingChanged,
    ("finding.resolved", 1): FindingResolved,
}
TOPICS: dict[str, Topic] = {
    "agency.registered": "facts",
    "agency.removed": "facts",
    "page.checked": "facts",
    "report.posted": "posted",
    "report.read": "facts",
    "report.rejected": "facts",
    "rulebook.released": "facts",
    "report.assessed": "conclusions",
    "finding.opened": "conclusions",
    "finding.changed": "conclusions",
    "finding.resolved": "conclusions",
}
CURRENT: dict[type[Body], tuple[str, int]] = {cls: wire for wire, cls in BODIES.items()}
#: (name, version) -> the step that turns a body of that version into one of the next.
RAISES: dict[tuple[str, int], Callable[[dict[str, Any]], dict[str, Any]]] = {}


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
        case RulebookReleased():
            return EVERYONE
        case ReportPosted(sha256=sha256):
            return sha256
        case ReportRejected(agency_id=None, sha256=sha256):
            return sha256
        case _:
            return str(body.agency_id)


def record(body: Body, *, id: str, at: datetime, cause: str | None = None) -> Event:  # noqa: A002 - the field's name
    """A new event about `body` under its proper key; `at` must be aware."""
    if at.tzinfo is None:
        raise EventError(f"事件 {id} 的时间没有时区：请给出带时区的时间。")
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
        raise EventError(f"事件无法解读：{error}") from error
    return Event(id=wire.id, key=wire.key, at=wire.at, body=body, cause=wire.cause)


_WIRE = msgspec.json.Decoder(_Wire)
_DECODERS: dict[type[Body], msgspec.json.Decoder[Any]] = {
    cls: msgspec.json.Decoder(cls) for cls in CURRENT
}


def _decode_body(wire: _Wire) -> Body:
    if (wire.name, wire.version) not in BODIES:
        raise EventError(
            f"事件 {wire.id} 的类型 {wire.name}（第 {wire.version} 版）本程序不认识："
            "请升级 duban 后再试。"
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
