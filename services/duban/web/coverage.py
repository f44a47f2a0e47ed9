"""The pages of who owes what: front page, ledger, matrix, one agency."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import msgspec
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from duban.domain.view import ReportRow, Scope
from duban.web.questions import Asked, Day, Seen, Selected
from duban.web.refusal import Refusal
from duban.web.selection import by_agency, overdue, reminders, select, years_of
from duban.web.site import Site
from duban.web.vocabulary import KINDS
from duban.web.words import Words

AGENCIES_PER_PAGE = 100
OVERDUE_SHOWN = 12


def router(site: Site, words: Words) -> APIRouter:
    """Each page reads the index anew, so a reload shows what is known now."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/")
    def overview(request: Request, asked: Asked, day: Day) -> Response:
        figures = site.index.overview(asked)
        season = asked.year or (figures.years[0] if figures.years else None)
        rows = _season(site, asked, season)
        return words.page(
            request,
            "overview.html",
            {
                "figures": figures,
                "season": season,
                "reminders": reminders(rows),
                "overdue": overdue(rows),
                "shown": OVERDUE_SHOWN,
                "next_due": _next_due(rows),
                "notices": () if day else site.notices(),
                "rules": site.rules,
                "kinds": KINDS,
                "asked": asked,
                "position": figures.position,
            },
        )

    @routes.get("/ledger")
    def ledger(request: Request, asked: Asked) -> Response:
        told = site.index.ledgers(asked)
        return words.page(
            request,
            "ledger.html",
            {
                "by_year": told["year"],
                "by_kind": told["kind"],
                "by_parent": told["parent"],
                "years": site.index.years(asked),
                "kinds": KINDS,
                "asked": asked,
                "position": site.index.position(),
            },
        )

    @routes.get("/matrix")
    def matrix(
        request: Request,
        asked: Asked,
        selected: Selected,
        page: Annotated[int, Query(ge=1, le=100_000)] = 1,
    ) -> Response:
        rows = select(site.index.matrix(asked), selected)
        agencies = by_agency(rows)
        last = max(1, -(-len(agencies) // AGENCIES_PER_PAGE))
        start = (min(page, last) - 1) * AGENCIES_PER_PAGE
        return words.page(
            request,
            "matrix.html",
            {
                "agencies": agencies[start : start + AGENCIES_PER_PAGE],
                "columns": years_of(rows),
                "reports": len(rows),
                "pages": {"now": min(page, last), "last": last, "total": len(agencies)},
                "parent": _parent(site, selected.parent, asked),
                "years": site.index.years(asked),
                "kinds": KINDS,
                "asked": asked,
                "selected": selected,
                "position": site.index.position(),
            },
        )

    @routes.get("/agencies/{agency_id}")
    def agency(request: Request, agency_id: str, asked: Seen) -> Response:
        view = site.index.agency(agency_id, asked)
        if view is None:
            raise Refusal(
                404, "名录中没有这个机关（或者当时还没有）。",
                "This agency is not in the roster, or was not yet.",
            )  # fmt: skip
        return words.page(request, "agency.html", {"view": view, "position": site.index.position()})

    return routes


def _season(site: Site, asked: Scope, season: int | None) -> Sequence[ReportRow]:
    if season is None:
        return ()
    return site.index.matrix(msgspec.structs.replace(asked, year=season), ("absent", "not_yet_due"))


def _next_due(rows: Sequence[ReportRow]) -> str | None:
    """The nearest last day of what is not yet due."""
    days = [row.obligation.due_on for row in rows if row.obligation and row.state == "not_yet_due"]
    return min(days, default=None)


def _parent(site: Site, parent: str | None, asked: Scope) -> str | None:
    """What to call the supervising agency that the matrix is filtered by."""
    if parent is None or parent == "-":
        return parent
    view = site.index.agency(parent, Scope(known_at=asked.known_at))
    return view.agency.name if view else parent
