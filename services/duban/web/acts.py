"""The pages from which something is done: set-aside events, upload, 自查."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response
from starlette.concurrency import run_in_threadpool

from duban.domain.view import Scope
from duban.web.checking import check
from duban.web.form_tables import lay_out
from duban.web.forms import MOST_FILES, MOST_REQUEST_BYTES, Form, received
from duban.web.questions import Seen
from duban.web.refusal import Refusal
from duban.web.retrying import ASIDE_SHOWN, RESULTS, Retried, Retry, retry
from duban.web.site import Site
from duban.web.uploading import Uploaded, addressed, take_in
from duban.web.words import Words

NAMES_OFFERED = 2000


def router(site: Site, words: Words) -> APIRouter:
    """A GET shows the form and changes nothing; a POST acts and shows what came of it."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.get("/aside")
    def aside(request: Request, asked: Seen) -> Response:
        return _aside(request, site, words, asked, None)

    @routes.post("/aside")
    async def again(request: Request) -> Response:
        async with received(request) as form:
            fields = form.fields
        told = await run_in_threadpool(retry, _retry(fields), site)
        return await run_in_threadpool(_aside, request, site, words, Scope(), told)

    @routes.get("/upload")
    def upload(request: Request, agency: str = "", year: str = "") -> Response:
        known = next((one.name for one in site.roster() if one.id == agency), agency)
        return _upload(request, site, words, {"agency": known, "year": year})

    @routes.post("/upload")
    async def post(request: Request) -> Response:
        async with received(request) as form:
            try:
                came = await take_in(form, addressed(form, site), site)
            except Refusal as error:
                return _upload(request, site, words, form.fields, problem=error)
        return _upload(request, site, words, {}, came)

    @routes.get("/check")
    def draft(request: Request) -> Response:
        return words.page(request, "check.html", _check(site))

    @routes.post("/check")
    async def look(request: Request) -> Response:
        async with received(request) as form:
            return await _looked(request, form, site, words)

    return routes


def _retry(fields: dict[str, str]) -> Retry:
    return Retry(
        event_id=fields.get("event", ""),
        unit=fields.get("unit", ""),
        key=fields.get("key", ""),
        by=fields.get("by", ""),
        reason=fields.get("reason", ""),
    )


def _aside(
    request: Request, site: Site, words: Words, asked: Scope, told: Retried | None
) -> Response:
    return words.page(
        request,
        "aside.html",
        {
            "rows": site.index.aside(asked, ASIDE_SHOWN),
            "most": ASIDE_SHOWN,
            "told": told,
            "results": RESULTS,
            "position": site.index.position(),
        },
    )


def _upload(
    request: Request,
    site: Site,
    words: Words,
    fields: dict[str, str],
    came: list[Uploaded] | None = None,
    problem: Refusal | None = None,
) -> Response:
    roster = site.roster()
    return words.page(
        request,
        "upload.html",
        {
            "fields": fields,
            "came": came,
            "problem": problem,
            "names": [agency.name for agency in roster] if len(roster) <= NAMES_OFFERED else [],
            "most_files": MOST_FILES,
            "most_mb": site.most_bytes // 2**20,
            "most_request_mb": MOST_REQUEST_BYTES // 2**20,
        },
        problem.status_code if problem else 200,
    )


def _check(site: Site) -> dict[str, object]:
    return {
        "checked": None,
        "problem": None,
        "tables": [],
        "rules": site.rules,
        "most_mb": site.most_bytes // 2**20,
    }


async def _looked(request: Request, form: Form, site: Site, words: Words) -> Response:
    try:
        checked = await check(form, site)
    except Refusal as error:
        values = {**_check(site), "problem": error}
        return words.page(request, "check.html", values, error.status_code)
    report = checked.reading.report
    tables = lay_out(report, checked.findings) if report else []
    return words.page(request, "check.html", {**_check(site), "checked": checked, "tables": tables})
