"""What programs may have done under /api/v1: upload, check without keeping, retry."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from fastapi import APIRouter, Request, Response
from starlette.concurrency import run_in_threadpool

from duban.web.api import answers, as_json
from duban.web.bilingual import in_both
from duban.web.checking import check
from duban.web.forms import received
from duban.web.refusal import Refusal
from duban.web.retrying import Retry, retry
from duban.web.site import Site
from duban.web.uploading import addressed, take_in

_MOST_BYTES = 16 * 1024
_FILE = {"type": "string", "format": "binary"}
_UPLOAD: Mapping[str, Any] = {
    "files": {"type": "array", "items": _FILE},
    "agency": {"type": "string", "description": "id or name; empty: told by the title"},
    "year": {"type": "string", "description": "empty: told by the title"},
}


def router(site: Site) -> APIRouter:
    """The acts; a request that a browser sends for another site is refused."""
    routes = APIRouter(prefix="/api/v1")

    @routes.post("/upload", responses=answers("upload"), openapi_extra=_form(_UPLOAD))
    async def upload(request: Request) -> Response:
        """Upload reports (multipart); the outcome of each file, in their order."""
        async with received(request) as form:
            return as_json(await take_in(form, addressed(form, site), site))

    @routes.post("/check", responses=answers("check"), openapi_extra=_form({"file": _FILE}))
    async def look(request: Request) -> Response:
        """Read and judge one file (multipart) without keeping anything of it."""
        async with received(request) as form:
            return as_json(in_both(await check(form, site)))

    @routes.post("/retry", responses=answers("retry"), openapi_extra=_retry_body())
    async def again(request: Request) -> Response:
        """Have an event handled again that was set aside; says what came of it."""
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _MOST_BYTES:
                raise Refusal(
                    413, "请求过大，什么也没有做。", "The request is too large; nothing was done."
                )
        try:
            asked = msgspec.json.decode(body, type=Retry)
        except msgspec.MsgspecError as error:
            raise Refusal(
                422, f"请求内容不对，什么也没有做：{error}",
                f"The request is wrong, and nothing was done: {error}",
            ) from error  # fmt: skip
        return as_json(await run_in_threadpool(retry, asked, site))

    return routes


def _form(properties: Mapping[str, Any]) -> dict[str, Any]:
    schema = {"type": "object", "properties": dict(properties)}
    return {"requestBody": {"content": {"multipart/form-data": {"schema": schema}}}}


def _retry_body() -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in Retry.__struct_fields__}
    schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}
