"""What is not a page: archived originals, the live stream."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Header
from fastapi.responses import RedirectResponse, Response, StreamingResponse

from duban.web.live import Live
from duban.web.refusal import Refusal
from duban.web.site import Site


def router(site: Site, live: Live) -> APIRouter:
    """Routes beside the pages."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/original/{sha256}")
    def original(sha256: str) -> Response:
        """The raw bytes, always as a download: a report is never run in our own origin."""
        if len(sha256) != 64 or sha256 not in site.blobs:
            raise Refusal(404, "没有这个原件。", "There is no such original.")
        return Response(
            site.blobs.get(sha256),
            media_type="application/octet-stream",
            headers={
                "Content-Disposition": f'attachment; filename="{sha256[:12]}.bin"',
                "Content-Security-Policy": "default-src 'none'; sandbox",
            },
        )

    @routes.get("/favicon.ico")
    def icon() -> Response:
        return RedirectResponse("/static/icon.svg", 301)

    @routes.get("/live")
    async def events(
        position: int = 0, last_event_id: Annotated[int | None, Header()] = None
    ) -> StreamingResponse:
        stream: AsyncIterator[str] = live.stream(last_event_id or position)
        return StreamingResponse(
            stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    return routes
