"""The web application: what it needs is handed in, nothing is looked up."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException

from duban import __version__
from duban.errors import DubanError, EventError
from duban.web import acts, api, api_acts, coverage, downloads, exports, machinery, pages
from duban.web.guard import SECURITY_HEADERS, SecurityHeaders, same_origin
from duban.web.live import Live
from duban.web.refusal import Refusal, Said
from duban.web.site import Site
from duban.web.words import Words

logger = logging.getLogger(__name__)

HERE = Path(__file__).parent
_OF_THE_FRAMEWORK = {
    404: Said("没有这个页面。", "There is no such page."),
    405: Said("这个网址不接受这样的请求。", "This address does not take requests of this kind."),
}
_WRONG = Said("请求的写法不对，什么也没有做。", "The request is malformed; nothing was done.")
_UNUSABLE = Said(
    "数据暂时无法使用，原因已记入日志：请稍后重试；一直如此时请告知管理员。",
    "The data cannot be used now, and the log says why: please try again later, or tell the "
    "operator.",
)
_BROKEN = Said(
    "页面出错，已记录；请稍后重试。", "The page failed, which is recorded; please try again later."
)


def create_app(site: Site) -> FastAPI:
    """The application over `site`; requests for other host names are refused (DNS rebinding)."""
    live = Live(site.wait)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await live.close()

    app = FastAPI(
        title="督办 duban",
        version=__version__,
        lifespan=lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        dependencies=[Depends(same_origin)],
    )
    app.state.site = site
    app.add_middleware(machinery.NamedHosts, allowed_hosts=list(site.hosts))
    app.add_middleware(SecurityHeaders)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    words = Words(HERE / "templates")
    app.include_router(api.router(site))
    app.include_router(api_acts.router(site))
    app.include_router(pages.router(site, words))
    app.include_router(coverage.router(site, words))
    app.include_router(acts.router(site, words))
    app.include_router(exports.router(site))
    app.include_router(downloads.router(site, live))
    if site.machinery is not None:
        app.router.routes.extend(machinery.routes(site.machinery, site.scrapers))
    api.describe(app)

    async def failed(request: Request, error: Exception) -> Response:
        answer = _failure(request, error, words)
        for name, value in SECURITY_HEADERS.items():  # the last resort stands outside of the guard
            answer.headers.setdefault(name, value)
        return answer

    for kind in (HTTPException, RequestValidationError, DubanError, Exception):
        app.add_exception_handler(kind, failed)
    return app


def _failure(request: Request, error: Exception, words: Words) -> Response:
    """One shape for every failure: a page for people, `{"error": {...}}` for programs."""
    status, said = _said(error)
    if request.url.path.startswith("/api/"):
        failure = {"status": status, "message": said.zh, "message_en": said.en}
        body = msgspec.json.encode({"error": failure})
        return Response(body, status, media_type="application/json")
    return words.page(request, "failure.html", {"status": status, "said": said}, status)


def _said(error: Exception) -> tuple[int, Said]:
    """The status, and what is told; the log holds more."""
    if isinstance(error, Refusal):
        return error.status_code, error.said
    if isinstance(error, HTTPException):  # of the framework, in its own words
        return error.status_code, _OF_THE_FRAMEWORK.get(error.status_code, _WRONG)
    if isinstance(error, RequestValidationError):
        field = ".".join(str(part) for part in error.errors()[0]["loc"][1:])
        zh, en = f"参数 {field} 的值不对，请检查网址。", f"The value of {field} is wrong."
        return 422, Said(zh, f"{en} Please check the address.")
    if isinstance(error, EventError):
        return 503, Said(str(error), error.english or _UNUSABLE.en)
    if isinstance(error, DubanError):  # what it says names folders, and is for the operator
        logger.error("%s", error, extra={"action": "page_failed"})
        return 503, _UNUSABLE
    return 500, _BROKEN
