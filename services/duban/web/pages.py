"""The pages about reports: findings, one report, search, files set apart, rules."""

from __future__ import annotations

import msgspec
from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from duban.domain.document import Document
from duban.domain.view import ReportRow, ReportView, Scope
from duban.errors import StorageError
from duban.web.form_tables import FormTable, lay_out
from duban.web.questions import HITS_PER_PAGE, PER_PAGE, Asked, Findings, PathYear, Searched, Seen
from duban.web.refusal import NO_REPORT, Refusal
from duban.web.site import Site
from duban.web.source import SourceBlock, show
from duban.web.vocabulary import KINDS, SEVERITIES
from duban.web.words import Words

_DOCUMENT = msgspec.json.Decoder(Document)


def router(site: Site, words: Words) -> APIRouter:
    """Every page; each reads the index anew, so a reload shows what is known now."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/findings")
    def findings(request: Request, query: Findings) -> Response:
        found = site.index.findings(query)
        choices = site.index.choices(query.scope)
        return words.page(
            request,
            "findings.html",
            {
                "found": found,
                "query": query,
                "pages": _pages(query.offset, PER_PAGE, found.total),
                "rules": site.rules,
                "by_rule": choices.by_rule,
                "years": choices.years,
                "kinds": KINDS,
                "severities": SEVERITIES,
                "position": choices.position,
            },
        )

    @routes.get("/reports/{agency_id}/{year}")
    def report(request: Request, agency_id: str, year: PathYear, asked: Seen) -> Response:
        view = site.index.report(agency_id, year, asked)
        if view is None:
            raise Refusal(404, *NO_REPORT)
        return words.page(
            request,
            "report.html",
            {
                "view": view,
                "tables": _tables(view),
                "source": _source(site, view),
                "years": _years(site, agency_id, asked),
                "rules": site.rules,
                "position": site.index.position(),
            },
        )

    @routes.get("/search")
    def search(request: Request, query: Searched) -> Response:
        found = site.index.search(query) if query.text else None
        total = found.total if found else 0
        return words.page(
            request,
            "search.html",
            {
                "query": query,
                "found": found,
                "pages": _pages(query.offset, HITS_PER_PAGE, total),
                "years": site.index.years(Scope()),
                "kinds": KINDS,
                "position": site.index.position(),
            },
        )

    @routes.get("/files")
    def files(request: Request, asked: Asked) -> Response:
        return words.page(
            request,
            "files.html",
            {"rows": site.index.rejected(asked, 500), "position": site.index.position()},
        )

    @routes.get("/rules")
    def rules(request: Request) -> Response:
        choices = site.index.choices(Scope())
        return words.page(
            request,
            "rules.html",
            {
                "rules": site.rules,
                "counts": {count.rule: count for count in choices.by_rule},
                "rulebook": site.rulebook_version(),
                "position": choices.position,
            },
        )

    return routes


def _pages(offset: int, size: int, total: int) -> dict[str, int]:
    return {"now": offset // size + 1, "last": max(1, -(-total // size)), "total": total}


def _tables(view: ReportView) -> list[FormTable]:
    if view.report is None:
        return []
    return lay_out(view.report, [row.finding for row in view.findings if row.is_open])


def _source(site: Site, view: ReportView) -> list[SourceBlock]:
    if view.report is None or view.document_sha256 is None:
        return []
    try:
        document = _DOCUMENT.decode(site.blobs.get(view.document_sha256))
    except StorageError:
        return []
    return show(document, view.report, [row.finding for row in view.findings if row.is_open])


def _years(site: Site, agency_id: str, asked: Seen) -> tuple[ReportRow, ...]:
    agency = site.index.agency(agency_id, asked)
    return agency.reports if agency else ()
