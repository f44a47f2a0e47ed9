"""From the values in an address to a question put to the index; bad values are a 422."""

from __future__ import annotations

import re
from datetime import date, datetime, time
from typing import Annotated, Literal

from fastapi import Depends, Path, Query, Request
from pydantic import BeforeValidator, Field

from duban.domain.finding import Severity
from duban.domain.view import FindingQuery, ReportState, Scope, SearchQuery
from duban.web.refusal import Refusal
from duban.web.selection import Selection
from duban.web.site import Site
from duban.web.words import SHANGHAI

PER_PAGE = 50
HITS_PER_PAGE = 20
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}\Z")

Year = Annotated[
    Annotated[int, Field(ge=2000, le=2100)] | None, BeforeValidator(lambda text: text or None)
]
#: A year in the path of an address; any such number may be asked for.
PathYear = Annotated[int, Path(ge=0, le=9999)]


def known_day(request: Request, as_of: str | None = None) -> date | None:
    """The day whose knowledge is asked for, None for now; the page carries it in its links."""
    if not as_of:
        return None
    site: Site = request.app.state.site
    today = site.clock.now().astimezone(SHANGHAI).date()
    try:
        day = date.fromisoformat(as_of) if _DAY.match(as_of) else None
    except ValueError:
        day = None
    if day is None:
        raise Refusal(
            422, "“截至”的日期写法不对：请写成 2026-02-01 这样的年月日。",
            "The day of “as known on” is written wrongly: please write it as 2026-02-01.",
        )  # fmt: skip
    if day > today:
        raise Refusal(
            422, f"“截至”的日期还没有到：今天是 {today}，请选今天或以前的日子。",
            f"The day of “as known on” is still to come: today is {today}; please choose an "
            "earlier one.",
        )  # fmt: skip
    request.state.as_of = day
    return day


Day = Annotated[date | None, Depends(known_day)]


def scope(day: Day, year: Year = None, kind: str | None = None) -> Scope:
    """Year and kind of agency; empty form fields mean no filter."""
    return Scope(year=year, kind=kind or None, known_at=_end(day))


def all_seen(day: Day) -> Scope:
    """Everything the asking user may see; for pages whose address names agency and year."""
    return Scope(known_at=_end(day))


def _end(day: date | None) -> datetime | None:
    return datetime.combine(day, time.max, SHANGHAI) if day else None


Asked = Annotated[Scope, Depends(scope)]
Seen = Annotated[Scope, Depends(all_seen)]


def finding_query(
    asked: Asked,
    severity: Annotated[list[Severity] | None, Query()] = None,
    rule: str | None = None,
    agency: str | None = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    state: Literal["open", "all", ""] = "open",
    order: Literal["newest", "severity", "agency", "rule"] = "severity",
    page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    limit: Annotated[int, Query(ge=1, le=1000)] = PER_PAGE,
) -> FindingQuery:
    """Filters of the findings list."""
    return FindingQuery(
        scope=asked,
        severities=tuple(severity or ()),
        rule=rule or None,
        agency_id=agency or None,
        text=(q or "").strip() or None,
        open_only=state != "all",
        order=order,
        limit=limit,
        offset=(page - 1) * limit,
    )


Findings = Annotated[FindingQuery, Depends(finding_query)]


def selection(
    state: Annotated[ReportState | None, BeforeValidator(lambda text: text or None)] = None,
    q: Annotated[str | None, Query(max_length=100)] = None,
    parent: str | None = None,
    late: Literal["1", ""] = "",
    within: Annotated[int | None, BeforeValidator(lambda text: text or None)] = None,
) -> Selection:
    """Filters of the matrix beside year and kind; `parent=-` means none, `within` counts days."""
    return Selection(
        state=state,
        text=(q or "").strip() or None,
        parent=parent or None,
        is_late=late == "1",
        within=within,
    )


Selected = Annotated[Selection, Depends(selection)]


def search_query(
    asked: Asked,
    q: Annotated[str, Query(max_length=200)] = "",
    page: Annotated[int, Query(ge=1, le=5000)] = 1,
) -> SearchQuery:
    """A full-text question."""
    return SearchQuery(
        text=q.strip(), scope=asked, limit=HITS_PER_PAGE, offset=(page - 1) * HITS_PER_PAGE
    )


Searched = Annotated[SearchQuery, Depends(search_query)]
