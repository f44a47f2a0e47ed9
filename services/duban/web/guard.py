"""Who may ask, and what a browser may do with the answer."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from duban.web.refusal import Refusal, Said

#: Same-origin only; scripts and styles come from files, so nothing a report holds can run.
SECURITY_HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; "
        "frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    # With "no-referrer" a browser would call the origin of our own forms "null".
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_FOREIGN = Said(
    "这个操作来自别的网站，已拒绝，什么也没有改变：请在本站页面上操作。",
    "This was sent by another site; it was refused and nothing changed. Please use these pages.",
)
_OWN = frozenset({"same-origin", "none"})


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


async def same_origin(request: Request) -> None:
    """Refuse what changes something and was sent by a page of another site.

    Every browser names the origin of a form or script that posts; a program that is no browser
    names none, and holds no rights of a reader that could be abused.
    """
    if request.method in _READING:
        return
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    is_foreign = site is not None and site not in _OWN
    if origin is not None:
        is_foreign |= _host(origin) != request.headers.get("host")
    if is_foreign:
        raise Refusal(403, *_FOREIGN)


def _host(origin: str) -> str | None:
    """Host and port of an origin; None where it is no address at all."""
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None
