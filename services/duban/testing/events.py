"""Events for tests: small, valid, and each told by what matters in it."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Literal

from duban.domain import event as events
from duban.domain.agency import Agency, Kind
from duban.domain.event import Event, derived_id, record
from duban.domain.obligation import Obligation
from duban.domain.place import Place
from duban.domain.report import Passage, Reason, Report
from duban.testing.clock import SHANGHAI

START = datetime(2025, 1, 2, 9, 0, tzinfo=SHANGHAI)


def at(minute: int) -> datetime:
    """So many minutes after the start of the test's time."""
    return START + timedelta(minutes=minute)


def sha256(text: str) -> str:
    """The hash of some bytes that a test only names."""
    return hashlib.sha256(text.encode()).hexdigest()


def registered(
    agency_id: str,
    name: str = "",
    *,
    parent: str | None = None,
    kind: Kind = "dept_county",
    minute: int = 0,
) -> Event:
    """The roster names an agency."""
    agency = Agency(id=agency_id, name=name or f"{agency_id}县财政局", kind=kind, parent=parent)
    fact_id = derived_id("roster", "test", f"{agency_id}/{agency.name}/{minute}")
    return record(events.AgencyRegistered(agency=agency), id=fact_id, at=at(minute))


def removed(agency_id: str, *, minute: int = 0) -> Event:
    """The roster drops an agency."""
    body = events.AgencyRemoved(agency_id=agency_id, reason="机构撤并")
    return record(body, id=derived_id("roster", "test", f"-{agency_id}/{minute}"), at=at(minute))


def released(version: str = "1", *, minute: int = 0) -> Event:
    """A rulebook whose hash is that of its version."""
    body = events.RulebookReleased(
        version=version, sha256=sha256(f"rulebook {version}"), blob_sha256=sha256("files")
    )
    return record(body, id=derived_id("rules", "test", f"{version}/{minute}"), at=at(minute))


def report(year: int, *lines: str) -> Report:
    """A report that consists of its prose."""
    passages = tuple(Passage(text=text, at=Place(line=n + 1)) for n, text in enumerate(lines))
    title = f"{year}年年度报告"
    return Report(agency=None, year=year, regime="R2021", title=title, passages=passages)


def posted(name: str, *, minute: int = 0, url: str | None = None) -> Event:
    """Bytes called `name` were found."""
    body = events.ReportPosted(sha256=sha256(name), bytes=len(name), source="crawler", url=url)
    return record(body, id=derived_id("post", "test", f"{name}/{minute}"), at=at(minute))


def read(
    agency_id: str,
    year: int,
    *lines: str,
    bytes_: str = "",
    reader: str = "1",
    url: str | None = None,
    minute: int = 1,
) -> Event:
    """The report of an agency and year was read; its bytes are named by its prose if not given."""
    name = bytes_ or "\n".join((agency_id, str(year), *lines))
    post = posted(name, minute=minute, url=url)
    body = events.ReportRead(
        posted_id=post.id,
        sha256=sha256(name),
        media="html",
        reader=reader,
        agency_id=agency_id,
        year=year,
        assigned_by="list",
        report=report(year, *lines),
        document_sha256=sha256(f"document of {name}"),
        url=url,
    )
    fact_id = derived_id(post.id, "intake", f"{agency_id}/{year}/{reader}")
    return record(body, id=fact_id, at=at(minute), cause=post.id)


def rejected(
    name: str,
    status: Literal["other_document", "unreadable", "unassigned"] = "unreadable",
    *,
    agency_id: str | None = None,
    year: int | None = None,
    url: str | None = None,
    minute: int = 1,
) -> Event:
    """Bytes called `name` could not be read, assigned, or are something else."""
    post = posted(name, minute=minute, url=url)
    body = events.ReportRejected(
        posted_id=post.id,
        sha256=sha256(name),
        media="pdf",
        reader="1",
        status=status,
        reason=Reason("scanned", "扫描件，没有文字层。"),
        agency_id=agency_id,
        year=year,
        url=url,
    )
    fact_id = derived_id(post.id, "intake", name)
    return record(body, id=fact_id, at=at(minute), cause=post.id)


def checked(
    agency_id: str,
    url: str = "http://127.0.0.1/list",
    outcome: Literal["read", "unchanged", "failed", "blocked"] = "read",
    *,
    whole: bool = False,
    announced: tuple[int, ...] = (),
    unclear: int = 0,
    minute: int = 0,
) -> Event:
    """A column was asked for; `whole` where all its list pages were read."""
    body = events.PageChecked(
        agency_id=agency_id,
        url=url,
        outcome=outcome,
        whole=whole,
        announced=announced,
        unclear=unclear,
        links=len(announced) + unclear,
    )
    fact_id = derived_id("crawl", "test", f"{agency_id}/{url}/{minute}")
    return record(body, id=fact_id, at=at(minute))


def withdrawn(
    agency_id: str, name: str, url: str = "http://127.0.0.1/report", *, minute: int = 0
) -> Event:
    """The report whose bytes are called `name` is gone from its address."""
    body = events.ReportWithdrawn(
        agency_id=agency_id, url=url, sha256=sha256(name), http_status=404
    )
    fact_id = derived_id("crawl", "test", f"-{agency_id}/{url}/{minute}")
    return record(body, id=fact_id, at=at(minute))


def calendar_released(version: str = "1", *, holidays_until: int = 2026, minute: int = 0) -> Event:
    """A calendar whose hash is that of its version."""
    body = events.CalendarReleased(
        version=version,
        sha256=sha256(f"calendar {version}"),
        blob_sha256=sha256("deadlines"),
        holidays_until=holidays_until,
    )
    fact_id = derived_id("calendar", "test", f"{version}/{minute}")
    return record(body, id=fact_id, at=at(minute))


def began(day: str, calendar: str = "1") -> Event:
    """A day (ISO) began under a calendar; it is recorded one minute after midnight."""
    body = events.DayBegan(day=day, calendar_sha256=sha256(f"calendar {calendar}"))
    midnight = datetime.fromisoformat(day).replace(tzinfo=SHANGHAI)
    fact_id = derived_id("day", "test", f"{day}/{calendar}")
    return record(body, id=fact_id, at=midnight + timedelta(minutes=1))


def due(
    agency_id: str,
    obligation: Obligation,
    *,
    revision: int = 1,
    minute: int = 0,
    cause: str | None = None,
) -> Event:
    """How the duty of an agency stands from now on."""
    body = events.ObligationDue(agency_id=agency_id, revision=revision, obligation=obligation)
    made_id = derived_id("calendar", "test", f"{agency_id}/{obligation.year}/{revision}/{minute}")
    return record(body, id=made_id, at=at(minute), cause=cause)


def retried(
    event_id: str,
    unit: str = "agency",
    key: str = "a",
    *,
    topic: Literal["posted", "facts", "conclusions"] = "facts",
    by: str = "测试员",
    reason: str = "",
    minute: int = 0,
) -> Event:
    """Somebody asks for an event that was set aside to be handled again."""
    body = events.EventRetried(
        event_id=event_id, topic=topic, unit=unit, key=key, by=by, reason=reason
    )
    fact_id = derived_id(event_id, "test", f"{unit}/{key}/{minute}")
    return record(body, id=fact_id, at=at(minute), cause=event_id)
