"""From the values in an address to a question put to the index; bad values are a 422."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import Depends, Query
from pydantic import BeforeValidator, Field

from duban.domain.finding import Severity
from duban.domain.view import FindingQuery, Scope, SearchQuery

PER_PAGE = 50
HITS_PER_PAGE = 20

Year = Annotated[
    Annotated[int, Field(ge=2000, le=2100)] | None, BeforeValidator(lambda text: text or None)
]


def scope(year: Year = None, kind: str | None = None) -> Scope:
    """Year and kind of agency; empty form fields mean no filter."""
    return Scope(year=year, kind=kind or None)


def all_seen() -> Scope:
    """Everything the asking user may see; for pages whose address names agency and year."""
    return Scope()


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
