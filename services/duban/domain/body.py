"""What the events of each kind say: the bodies, of the current version.

Facts are recorded once; what follows from them, and alerts, have modules of their own. A new
version of a body is a new class under the same wire name with the next number (see
duban.domain.event).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from duban.domain.agency import Agency
from duban.domain.alert_body import (
    AlertChanged,
    AlertOpened,
    AlertResolved,
    MessageDelivered,
    SilenceLifted,
    SilenceSet,
)
from duban.domain.conclusion import (
    FindingChanged,
    FindingOpened,
    FindingResolved,
    ObligationDue,
    ReportAssessed,
)
from duban.domain.report import Reason, Report

Aware = Annotated[datetime, msgspec.Meta(tz=True)]


class AgencyRegistered(msgspec.Struct, frozen=True, kw_only=True):
    """The roster names an agency, or names it anew with changed particulars."""

    agency: Agency


class AgencyRemoved(msgspec.Struct, frozen=True, kw_only=True):
    """The roster no longer holds the agency; `reason` as the operator gave it."""

    agency_id: str
    reason: str


class PageChecked(msgspec.Struct, frozen=True, kw_only=True):
    """An address of an agency was asked for; a failure here is never the agency's fault.

    `whole` says that the address is a column of the agency and all its list pages were read:
    only that can show that a report is not there. `announced` are the years of the reports that
    the column lists and that are, or may be, this agency's; `unclear` counts those listed that
    may be this agency's and whose year is not known. `links` counts the links to annual reports.
    """

    agency_id: str
    url: str
    outcome: Literal["read", "unchanged", "failed", "blocked"]
    http_status: int | None = None
    links: int = 0
    error: str | None = None
    whole: bool = False
    announced: tuple[int, ...] = ()
    unclear: int = 0


class PageCheckedV1(msgspec.Struct, frozen=True, kw_only=True):
    """A single list page was asked for; it does not tell whether the whole column was read."""

    agency_id: str
    url: str
    outcome: Literal["read", "unchanged", "failed", "blocked"]
    http_status: int | None = None
    links: int = 0
    error: str | None = None


class ReportWithdrawn(msgspec.Struct, frozen=True, kw_only=True):
    """A report that was posted at `url` is no longer listed, and the address answers "gone".

    `sha256` are the bytes last seen there; `http_status` is the answer (404 or 410).
    """

    agency_id: str
    url: str
    sha256: str
    http_status: int


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
    tables); `assigned_by` says how agency and year were found. `found_at` is when the bytes were
    posted: they may be read much later, when they stand there no more (None: not recorded).
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
    found_at: Aware | None = None


class ReportRejected(msgspec.Struct, frozen=True, kw_only=True):
    """Posted bytes are no report, cannot be read, or cannot be assigned to an agency and year.

    `found_at` is when the bytes were posted (None: not recorded).
    """

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
    found_at: Aware | None = None


class RulebookReleased(msgspec.Struct, frozen=True, kw_only=True):
    """A rulebook judges from now on; its files lie in the blob store under `sha256`."""

    version: str
    sha256: str
    blob_sha256: str


class CalendarReleased(msgspec.Struct, frozen=True, kw_only=True):
    """Deadlines and public holidays hold from now on; they lie in the blob store.

    `holidays_until` is the last year whose public holidays are known.
    """

    version: str
    sha256: str
    blob_sha256: str
    holidays_until: int


class DayBegan(msgspec.Struct, frozen=True, kw_only=True):
    """A day (ISO, Asia/Shanghai) began under a calendar; recorded in order, none left out."""

    day: str
    calendar_sha256: str


class EventRetried(msgspec.Struct, frozen=True, kw_only=True):
    """An event that `unit` had set aside for `key` is to be handled again, here in the order.

    `topic` is the topic of the event; `by` asked for it.
    """

    event_id: str
    topic: Literal["posted", "facts", "conclusions"]
    unit: str
    key: str
    by: str
    reason: str = ""


Body = (
    AgencyRegistered
    | AgencyRemoved
    | PageChecked
    | PageCheckedV1
    | ReportPosted
    | ReportRead
    | ReportRejected
    | ReportWithdrawn
    | RulebookReleased
    | CalendarReleased
    | DayBegan
    | EventRetried
    | ObligationDue
    | ReportAssessed
    | FindingOpened
    | FindingChanged
    | FindingResolved
    | AlertOpened
    | AlertChanged
    | AlertResolved
    | SilenceSet
    | SilenceLifted
    | MessageDelivered
)
