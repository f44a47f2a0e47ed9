"""The web application: what it needs is handed in, nothing is looked up."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

import msgspec
from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.middleware.trustedhost import TrustedHostMiddleware
from fastapi.staticfiles import StaticFiles
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from duban import __version__
from duban.errors import DubanError
from duban.web import api, downloads, pages
from duban.web.live import Live
from duban.web.site import Site
from duban.web.words import Words

HERE = Path(__file__).parent
#: Same-origin only; scripts and styles come from files, so nothing a report holds can run.
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}


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
    )
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(site.hosts))
    app.add_middleware(SecurityHeaders)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    words = Words(HERE / "templates")
    app.include_router(api.router(site))
    app.include_router(pages.router(site, words))
    app.include_router(downloads.router(site, live))
    api.describe(app)

    async def failed(request: Request, error: Exception) -> Response:
        return _failure(request, error, words)

    for kind in (HTTPException, RequestValidationError, DubanError, Exception):
        app.add_exception_handler(kind, failed)
    return app


class SecurityHeaders:
    """Adds the headers to every answer, streams included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, with_headers)


def _failure(request: Request, error: Exception, words: Words) -> Response:
    """One shape for every failure: a page for people, `{"error": {...}}` for programs."""
    if isinstance(error, HTTPException):
        status, message = error.status_code, str(error.detail)
    elif isinstance(error, RequestValidationError):
        field = ".".join(str(part) for part in error.errors()[0]["loc"][1:])
        status, message = 422, f"参数 {field} 的值不对，请检查网址。"
    elif isinstance(error, DubanError):
        status, message = 503, str(error)
    else:
        status, message = 500, "页面出错，已记录；请稍后重试。"
    if status == 404 and message == "Not Found":
        message = "没有这个页面。"
    if request.url.path.startswith("/api/"):
        body = msgspec.json.encode({"error": {"status": status, "message": message}})
        return Response(body, status, media_type="application/json")
    return words.page(request, "failure.html", {"status": status, "message": message}, status)
