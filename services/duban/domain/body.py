"""What the events of each kind say: the bodies, of the current version.

Facts are recorded once; conclusions follow from facts alone. A new version of a body is a new
class under the same wire name with the next number (see duban.domain.event).
"""

from __future__ import annotations

from typing import Literal

import msgspec

from duban.domain.agency import Agency
from duban.domain.finding import Coverage, Finding, Outcome
from duban.domain.report import Reason, Report


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
    tables); `assigned_by` says how agency and year were found.
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
