"""What is not a page: exports, archived originals, the live stream."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterator
from typing import Annotated

import msgspec
from fastapi import APIRouter, Header
from fastapi.responses import RedirectResponse, Response, StreamingResponse
from starlette.exceptions import HTTPException

from duban.domain.view import FindingQuery, FindingRow
from duban.web.live import Live
from duban.web.questions import Findings
from duban.web.site import Site
from duban.web.words import SEVERITIES

EXPORT_LIMIT = 100_000


def router(site: Site, live: Live) -> APIRouter:
    """Routes beside the pages."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/findings.csv")
    def export(query: Findings) -> Response:
        return StreamingResponse(
            _csv(site, query),
            media_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": 'attachment; filename="findings.csv"'},
        )

    @routes.get("/original/{sha256}")
    def original(sha256: str) -> Response:
        """The raw bytes, always as a download: a report is never run in our own origin."""
        if len(sha256) != 64 or sha256 not in site.blobs:
            raise HTTPException(404, "没有这个原件。")
        return Response(
            site.blobs.get(sha256),
            media_type="application/octet-stream",
            headers={"Content-Disposition": f'attachment; filename="{sha256[:12]}.bin"'},
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


def _csv(site: Site, query: FindingQuery) -> Iterator[str]:
    """All findings of the query, in pieces; a BOM so that office programs read the Chinese."""
    out = io.StringIO()
    writer = csv.writer(out)
    out.write("\ufeff")
    writer.writerow(
        ["机关", "年度", "级别", "规则", "问题", "应为", "实际", "依据", "指纹", "首次发现"]
    )
    for start in range(0, EXPORT_LIMIT, 1000):
        page = site.index.findings(msgspec.structs.replace(query, limit=1000, offset=start))
        for row in page.rows:
            writer.writerow([_safe(value) for value in _columns(row)])
        yield out.getvalue()
        out.seek(0)
        out.truncate()
        if start + 1000 >= page.total:
            return


def _columns(row: FindingRow) -> list[object]:
    finding = row.finding
    return [
        row.agency, row.year, SEVERITIES[finding.severity][0], finding.rule, finding.message,
        finding.expected, finding.actual, " ".join(finding.basis), finding.fingerprint,
        row.since.isoformat(timespec="seconds"),
    ]  # fmt: skip


def _safe(value: object) -> object:
    """Text that a spreadsheet would run as a formula gets an apostrophe before it."""
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t"):
        return "'" + value
    return "" if value is None else value
