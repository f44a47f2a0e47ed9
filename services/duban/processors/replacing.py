"""Which facts take the place of which: an old one that is retried must not undo a newer one."""

from __future__ import annotations

from duban.domain.event import (
    AgencyRegistered,
    AgencyRemoved,
    Body,
    CalendarReleased,
    DayBegan,
    PageChecked,
    ReportRead,
    ReportRejected,
    ReportWithdrawn,
    RulebookReleased,
)


def replaces(later: Body, earlier: Body) -> bool:
    """Whether `later`, of the same key, leaves nothing of what `earlier` would have told."""
    match earlier, later:
        case (AgencyRegistered() | AgencyRemoved(), AgencyRegistered() | AgencyRemoved()):
            return True
        case (RulebookReleased(), RulebookReleased()):
            return True
        case (CalendarReleased(), CalendarReleased()):
            return True
        case (DayBegan(day=before), DayBegan(day=after)):
            return after >= before
        case (PageChecked(url=before), PageChecked(url=after)):
            return before == after
        case (ReportRead(year=before), ReportRead(year=after)):
            return before == after
        case (ReportRejected(year=before, url=old), ReportRead(year=after, url=new)):
            return (before, old) == (after, new)
        case (ReportRejected() as old, ReportRejected() as new):
            return (old.year, old.url, old.status) == (new.year, new.url, new.status)
        case (ReportRead() as old, ReportRejected(status="unreadable") as new):
            return old.url is not None and (old.year, old.url) == (new.year, new.url)
        case (ReportWithdrawn(url=old), ReportRead(url=new)):
            return old == new
        case (ReportRead(url=old), ReportWithdrawn(url=new)):
            return old == new
    return False
