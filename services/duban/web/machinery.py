"""Figures and health of the machinery, for programs: nothing of agencies, reports or addresses.

A scraper asks by any name or address of this machine, so the names that pages answer to do not
matter here; figures are only for the networks they were allowed to.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping, Sequence

import msgspec
from starlette.applications import Starlette
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from duban.web.site import Machinery

PATHS = ("/metrics", "/healthz", "/readyz")
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_LOOPBACK: tuple[Network, ...] = (
    ipaddress.ip_network("127.0.0.0/8"),
    ipaddress.ip_network("::1/128"),
)
_FIGURES = "text/plain; version=0.0.4; charset=utf-8"
_REFUSED = "figures are for this machine only; see --scraper\n"
_UNWELL = 503


class NamedHosts(TrustedHostMiddleware):
    """Refuses requests for other host names, except for what programs ask."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"] in PATHS:
            await self.app(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)


def routes(machinery: Machinery, scrapers: Sequence[Network] = ()) -> Sequence[Route]:
    """The three answers."""
    allowed = (*_LOOPBACK, *scrapers)

    def metrics(request: Request) -> Response:
        if not _is_within(request, allowed):
            return Response(_REFUSED, 403, media_type="text/plain")
        return Response(machinery.figures(), media_type=_FIGURES)

    def healthz(_: Request) -> Response:
        return _answer(machinery.alive())

    def readyz(_: Request) -> Response:
        return _answer(machinery.ready())

    answers = zip(PATHS, (metrics, healthz, readyz), strict=True)
    return [Route(path, answer, include_in_schema=False) for path, answer in answers]


def machinery_app(machinery: Machinery, scrapers: Sequence[Network] = ()) -> Starlette:
    """The three answers alone, for a process that has no pages."""
    return Starlette(routes=routes(machinery, scrapers))


def _is_within(request: Request, networks: Sequence[Network]) -> bool:
    if request.client is None:
        return False
    try:
        address = ipaddress.ip_address(request.client.host)
    except ValueError:
        return False
    mapped = getattr(address, "ipv4_mapped", None)
    return any((mapped or address) in network for network in networks)


def _answer(checks: Mapping[str, bool]) -> Response:
    is_well = all(checks.values())
    body = msgspec.json.encode({"ok": is_well, "checks": checks})
    return Response(body, 200 if is_well else _UNWELL, media_type="application/json")
