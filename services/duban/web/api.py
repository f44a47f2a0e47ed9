"""The JSON API under /api/v1: the same questions and answers as the pages.

Success is the answer of the index as JSON; failure is `{"error": {"status", "message",
"message_en"}}`, the same sentence in Chinese and in English.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, FastAPI, Response
from fastapi.openapi.utils import get_openapi

from duban.domain import view
from duban.web.bilingual import describe_both, in_both
from duban.web.checking import Checked
from duban.web.questions import Asked, Findings, PathYear, Searched, Seen, Selected
from duban.web.refusal import NO_AGENCY, NO_REPORT, Refusal
from duban.web.retrying import ASIDE_SHOWN, Retried
from duban.web.selection import select
from duban.web.site import Site
from duban.web.uploading import Uploaded

_REFERENCE = "#/components/schemas/{name}"
ANSWERS: Mapping[str, Any] = {
    "overview": view.Overview,
    "ledger": tuple[view.LedgerRow, ...],
    "matrix": tuple[view.ReportRow, ...],
    "findings": view.FindingPage,
    "report": view.ReportView,
    "agency": view.AgencyView,
    "aside": tuple[view.Aside, ...],
    "search": view.SearchPage,
    "upload": tuple[Uploaded, ...],
    "check": Checked,
    "retry": Retried,
}


def describe(app: FastAPI) -> None:
    """Let the OpenAPI document hold the answers' schemas, made from the structs that are sent."""

    def document() -> dict[str, Any]:
        if app.openapi_schema is None:
            made = get_openapi(title=app.title, version=app.version, routes=app.routes)
            _, components = msgspec.json.schema_components(
                list(ANSWERS.values()), ref_template=_REFERENCE
            )
            describe_both(components)
            made.setdefault("components", {}).setdefault("schemas", {}).update(components)
            app.openapi_schema = made
        return app.openapi_schema

    app.openapi = document  # type: ignore[method-assign] # FastAPI's documented way


def answers(name: str) -> dict[int | str, dict[str, Any]]:
    """The part of a route's description that says what it answers."""
    (schema,), _ = msgspec.json.schema_components([ANSWERS[name]], ref_template=_REFERENCE)
    return {200: {"description": "OK", "content": {"application/json": {"schema": schema}}}}


def as_json(answer: object) -> Response:
    """An answer as it is sent."""
    return Response(msgspec.json.encode(answer), media_type="application/json")


def router(site: Site) -> APIRouter:
    """The routes of the API."""
    routes = APIRouter(prefix="/api/v1")

    @routes.get("/overview", responses=answers("overview"))
    def overview(asked: Asked) -> Response:
        """The figures of the front page."""
        return as_json(site.index.overview(asked))

    @routes.get("/ledger", responses=answers("ledger"))
    def ledger(asked: Asked, by: view.LedgerBy = "year") -> Response:
        """The coverage ledger by year, kind of agency or supervising agency; each row adds up."""
        return as_json(site.index.ledger(asked, by))

    @routes.get("/matrix", responses=answers("matrix"))
    def matrix(asked: Asked, selected: Selected) -> Response:
        """One row per agency and year, by the filters of the page."""
        return as_json(in_both(select(site.index.matrix(asked), selected)))

    @routes.get("/findings", responses=answers("findings"))
    def findings(query: Findings) -> Response:
        """Findings by filters, a page at a time."""
        return as_json(site.index.findings(query))

    @routes.get("/reports/{agency_id}/{year}", responses=answers("report"))
    def report(agency_id: str, year: PathYear, asked: Seen) -> Response:
        """One report: cells, facts, findings."""
        answer = site.index.report(agency_id, year, asked)
        if answer is None:
            raise Refusal(404, *NO_REPORT)
        return as_json(in_both(answer))

    @routes.get("/agencies/{agency_id}", responses=answers("agency"))
    def agency(agency_id: str, asked: Seen) -> Response:
        """One agency with its reports."""
        answer = site.index.agency(agency_id, asked)
        if answer is None:
            raise Refusal(404, *NO_AGENCY)
        return as_json(in_both(answer))

    @routes.get("/aside", responses=answers("aside"))
    def aside(asked: Seen) -> Response:
        """Events that could not be handled and were not retried since, newest first."""
        return as_json(site.index.aside(asked, ASIDE_SHOWN))

    @routes.get("/search", responses=answers("search"))
    def search(query: Searched) -> Response:
        """Full-text search; every piece of `q` must occur, each as an exact phrase."""
        if not query.text:
            raise Refusal(422, "参数 q 为空：请写要找的词。", "q is empty: please give words.")
        return as_json(site.index.search(query))

    return routes
