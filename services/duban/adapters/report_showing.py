"""How pages show the report of a year, and bytes that are none, whichever index keeps them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from duban.adapters.embedded.moment import moment
from duban.adapters.embedded.standing import Standing
from duban.domain import event as events
from duban.domain.report import Report
from duban.domain.view import FindingRow, Rejected, ReportRow, ReportState, ReportView


class Told(NamedTuple):
    """The agency of a report, as the roster has it."""

    agency_id: str
    name: str
    kind: str
    parent: str | None


def row(told: Told, year: int, state: ReportState, standing: Standing) -> ReportRow:
    """The report as lists show it."""
    judged, present = standing.judged, standing.present
    stands = present or standing.replaced
    return ReportRow(
        agency_id=told.agency_id,
        agency=told.name,
        kind=told.kind,
        year=year,
        state=state,
        errors=judged.errors if judged else 0,
        warnings=judged.warnings if judged else 0,
        infos=judged.infos if judged else 0,
        sha256=stands.sha256 if stands else None,
        published_on=present.published_on if present else None,
        posted_at=moment(stands.posted_us) if stands else None,
        reason=None if present and judged else standing.reason,
        obligation=standing.obligation,
        parent=told.parent,
    )


def view(
    row: ReportRow,
    standing: Standing,
    findings: Sequence[FindingRow],
    report: Callable[[], Report | None],
) -> ReportView:
    """The report as its page shows it; `report` is asked only where a reading stands there."""
    if standing.judged is None:  # what else is open was found in other bytes than those here
        findings = [one for one in findings if one.sha256 in ("", standing.sha256)]
    shown = ReportView(row=row, findings=tuple(findings))
    if standing.judged is not None:
        judged = standing.judged
        shown = replace(shown, coverage=judged.coverage, rulebook=judged.rulebook)
    if standing.replaced is not None:
        refused = standing.replaced
        return replace(shown, media=refused.media, url=refused.url)
    if standing.read is None:
        return shown
    return replace(
        shown,
        media=standing.read.media,
        url=standing.read.url,
        report=report(),
        document_sha256=standing.read.document_sha256,
    )


def rejected(body: events.ReportRejected, from_us: int) -> Rejected:
    """Bytes that are no report, as lists show them."""
    return Rejected(
        sha256=body.sha256,
        status=body.status,
        reason=body.reason,
        at=moment(from_us),
        media=body.media,
        agency_id=body.agency_id,
        url=body.url,
        title=body.title,
    )
