"""What pages, exports and the API show: the answers of the index, and the questions put to it.

Every answer is computed from events; `known_at` (an aware time) asks for what was known then,
None for now.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal, get_args

import msgspec

from duban.domain.agency import Agency
from duban.domain.body import PageChecked
from duban.domain.finding import Coverage, Finding, Severity
from duban.domain.obligation import Obligation
from duban.domain.report import Reason, Report

ReportState = Literal[
    "compliant", "failing", "unreadable", "blocked", "absent", "waived", "not_yet_due"
]
STATES: tuple[ReportState, ...] = get_args(ReportState)


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """Which agencies and years a question is about; None or empty means all that may be seen.

    `jurisdictions` are the roster ids under which the asking user may look (None: everywhere);
    it is applied where data is read, never in a page.
    """

    jurisdictions: tuple[str, ...] | None = None
    year: int | None = None
    kind: str | None = None
    known_at: datetime | None = None


class FindingQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Filters of the findings page; empty means no filter. Newest first unless `order` says."""

    scope: Scope = Scope()
    severities: tuple[Severity, ...] = ()
    rule: str | None = None
    agency_id: str | None = None
    text: str | None = None
    open_only: bool = True
    order: Literal["newest", "severity", "agency", "rule"] = "newest"
    limit: int = 50
    offset: int = 0


class FindingRow(msgspec.Struct, frozen=True, kw_only=True):
    """One finding in a list."""

    agency_id: str
    agency: str
    year: int
    finding: Finding
    revision: int
    is_open: bool
    since: datetime
    sha256: str
    rulebook: str


class FindingPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of findings and the number of all that match."""

    rows: tuple[FindingRow, ...]
    total: int


class Ledger(msgspec.Struct, frozen=True, kw_only=True):
    """How many reports are owed, and how each of them stands; the seven add up to `owed`.

    compliant: read, and no error proved; failing: at least one error; unreadable: there, but not
    read or not judged; blocked: after the last day, nothing proved; absent: proved not there.
    """

    owed: int = 0
    compliant: int = 0
    failing: int = 0
    unreadable: int = 0
    blocked: int = 0
    absent: int = 0
    waived: int = 0
    not_yet_due: int = 0


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """The ledger of one year, one kind of agency or one supervising agency.

    `key` is the year, the kind or the agency's id; `name` what to print. `late` counts the
    reports that were posted after their last day.
    """

    key: str
    name: str
    ledger: Ledger
    late: int = 0


LedgerBy = Literal["year", "kind", "parent"]
LEDGERS: tuple[LedgerBy, ...] = get_args(LedgerBy)


class ReportRow(msgspec.Struct, frozen=True, kw_only=True):
    """One agency and year in the matrix and on the agency's page.

    `obligation` is None where a report was seen for a year that nothing was owed for. `parent` is
    the supervising agency's id, the key of the row in the ledger by parent.
    """

    agency_id: str
    agency: str
    kind: str
    year: int
    state: ReportState
    errors: int = 0
    warnings: int = 0
    infos: int = 0
    sha256: str | None = None
    published_on: str | None = None
    posted_at: datetime | None = None
    reason: Reason | None = None
    obligation: Obligation | None = None
    parent: str | None = None


class ReportView(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one agency's report of one year."""

    row: ReportRow
    media: str | None = None
    url: str | None = None
    report: Report | None = None
    document_sha256: str | None = None
    coverage: Coverage | None = None
    rulebook: str | None = None
    findings: tuple[FindingRow, ...] = ()


class RuleCount(msgspec.Struct, frozen=True, kw_only=True):
    """How many open findings a rule has, and in how many reports."""

    rule: str
    severity: Severity
    findings: int
    reports: int


class Rejected(msgspec.Struct, frozen=True, kw_only=True):
    """Posted bytes that are no report, cannot be read or cannot be assigned."""

    sha256: str
    status: str
    reason: Reason
    at: datetime
    media: str
    agency_id: str | None = None
    url: str | None = None
    title: str | None = None


class Crawl(msgspec.Struct, frozen=True, kw_only=True):
    """The last look at each address, summed up."""

    pages: int = 0
    failed: int = 0
    last_checked: datetime | None = None


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """The figures of the front page.

    `ledger` is the sum of `by_year` (newest year first); `years` are those in which anything is
    owed or was seen, newest first, whatever the scope's year.
    """

    agencies: int
    years: tuple[int, ...]
    ledger: Ledger
    open_errors: int
    open_warnings: int
    open_infos: int
    rejected: int
    set_aside: int
    by_rule: tuple[RuleCount, ...]
    by_year: tuple[LedgerRow, ...]
    recent: tuple[FindingRow, ...]
    crawl: Crawl
    position: int
    as_of: datetime


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """What findings can be narrowed to: `years` and `by_rule` are those of the `Overview`."""

    years: tuple[int, ...]
    by_rule: tuple[RuleCount, ...]
    position: int


class SearchQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Full text: `text` is split at blanks, every piece must occur, each as an exact phrase."""

    text: str
    scope: Scope = Scope()
    limit: int = 20
    offset: int = 0


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A report that holds the searched phrases.

    `snippets` are passages as (text, is_match) runs, so that nobody has to trust markup.
    """

    agency_id: str
    agency: str
    year: int
    title: str
    snippets: tuple[tuple[tuple[str, bool], ...], ...]


class SearchPage(msgspec.Struct, frozen=True, kw_only=True):
    """A page of hits, the number of all, and how long it took in milliseconds."""

    hits: tuple[Hit, ...]
    total: int
    took_ms: float


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """The last look at one address of an agency."""

    check: PageChecked
    at: datetime


class Aside(msgspec.Struct, frozen=True, kw_only=True):
    """An event that could not be handled, and is shown until it was (after a retry)."""

    position: int
    event_id: str
    name: str
    unit: str
    key: str
    cause: str
    at: datetime
    agency: str | None = None


class AgencyView(msgspec.Struct, frozen=True, kw_only=True):
    """An agency with its reports of all years, newest first, and what stands in their way.

    `above` are the supervising agencies up to the top as (id, name), the next one first;
    `below` counts the agencies it supervises.
    """

    agency: Agency
    reports: tuple[ReportRow, ...]
    above: tuple[tuple[str, str], ...] = ()
    below: int = 0
    looks: tuple[Look, ...] = ()
    rejected: tuple[Rejected, ...] = ()
    aside: tuple[Aside, ...] = ()
