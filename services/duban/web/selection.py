"""Rows of the matrix by what a reader asks for, and agency by agency."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from duban.domain.obligation import Obligation
from duban.domain.view import ReportRow, ReportState

NO_PARENT = "-"
_GRAVITY = {"error": 0, "warning": 1, "info": 2, None: 3}


class Selection(msgspec.Struct, frozen=True, kw_only=True):
    """Filters of the matrix; `within` keeps what fell due for a reminder of so many days."""

    state: ReportState | None = None
    text: str | None = None
    parent: str | None = None
    is_late: bool = False
    within: int | None = None

    def holds(self, row: ReportRow) -> bool:
        """Whether the row is one of those asked for."""
        return (
            (self.state is None or row.state == self.state)
            and (self.text is None or self.text in row.agency)
            and (self.parent is None or (row.parent or NO_PARENT) == self.parent)
            and (not self.is_late or is_late(row))
            and (self.within is None or reminder_of(row) == self.within)
        )


class AgencyRows(msgspec.Struct, frozen=True, kw_only=True):
    """The selected rows of one agency, by year."""

    agency_id: str
    name: str
    kind: str
    years: dict[int, ReportRow]


def select(rows: Iterable[ReportRow], selection: Selection) -> list[ReportRow]:
    """The rows asked for, in their order."""
    return [row for row in rows if selection.holds(row)]


def by_agency(rows: Iterable[ReportRow]) -> list[AgencyRows]:
    """The rows agency by agency, in their order."""
    agencies: dict[str, AgencyRows] = {}
    for row in rows:
        if row.agency_id not in agencies:
            agencies[row.agency_id] = AgencyRows(
                agency_id=row.agency_id, name=row.agency, kind=row.kind, years={}
            )
        agencies[row.agency_id].years[row.year] = row
    return list(agencies.values())


def years_of(rows: Iterable[ReportRow]) -> list[int]:
    """The years that occur, newest first."""
    return sorted({row.year for row in rows}, reverse=True)


def is_late(row: ReportRow) -> bool:
    """Whether the report was proved to be posted after its last day."""
    duty = row.obligation
    return duty is not None and duty.stage == "present" and duty.gravity is not None


def days_late(duty: Obligation) -> int | None:
    """By how many days the report was late at the least; None where it was not, or is absent."""
    if duty.stage != "present" or duty.gravity is None or duty.posted is None:
        return None
    posted = date.fromisoformat(duty.posted.earliest or duty.posted.latest)
    return max(1, (posted - date.fromisoformat(duty.due_on)).days)


def reminder_of(row: ReportRow) -> int | None:
    """The reminder that was passed, in days before the last day."""
    if row.state != "not_yet_due" or row.obligation is None:
        return None
    return row.obligation.reminder


def overdue(rows: Iterable[ReportRow]) -> list[ReportRow]:
    """What is proved not to be there, the gravest and oldest first."""
    return sorted((row for row in rows if row.state == "absent"), key=_by_gravity)


def _by_gravity(row: ReportRow) -> tuple[int, str, str]:
    duty = row.obligation
    if duty is None:
        return (_GRAVITY[None], "", row.agency_id)
    return (_GRAVITY[duty.gravity], duty.due_on, row.agency_id)


class Reminder(msgspec.Struct, frozen=True):
    """Reports that fall due on one day, while none of them was seen."""

    days: int
    due_on: str
    rows: Sequence[ReportRow]


def reminders(rows: Iterable[ReportRow]) -> list[Reminder]:
    """What will soon be due, the nearest day first."""
    groups: dict[tuple[str, int], list[ReportRow]] = {}
    for row in rows:
        days = reminder_of(row)
        if days is not None and row.obligation is not None:
            groups.setdefault((row.obligation.due_on, days), []).append(row)
    return [Reminder(days, due_on, group) for (due_on, days), group in sorted(groups.items())]
