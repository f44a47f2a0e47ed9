"""Answers requests for the pages of a portal, conditional ones included."""

from __future__ import annotations

import hashlib
import sys
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import unquote, urlsplit

_TYPES = {
    ".html": "text/html",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pdf": "application/pdf",
    ".txt": "text/plain; charset=utf-8",
    ".md": "text/markdown; charset=utf-8",
}


class Pages(Protocol):
    """What a server serves."""

    def page(self, path: str) -> bytes | None:
        """The body at a path, or None."""

    def posted_on(self, path: str) -> datetime | None:
        """When it was posted, in UTC, or None where that is not known."""


class Server(ThreadingHTTPServer):
    """An HTTP server over pages; raises OSError where the address cannot be had."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], pages: Pages) -> None:
        self.pages = pages
        super().__init__(address, _Handler)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no fault; anything else is."""
        if not isinstance(sys.exception(), (ConnectionError, TimeoutError)):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"
    server_version = "portal"
    sys_version = ""
    timeout = 30

    def do_GET(self) -> None:
        self._answer(with_body=True)

    def do_HEAD(self) -> None:
        self._answer(with_body=False)

    def _answer(self, *, with_body: bool) -> None:
        path = unquote(urlsplit(self.path).path)
        if path.endswith("/"):
            path += "index.html"
        body = self.server.pages.page(path)
        if body is None:
            self._send(HTTPStatus.NOT_FOUND, "text/html", _MISSING, {}, with_body)
            return
        tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "no-cache"}
        posted = self.server.pages.posted_on(path)
        if posted is not None:
            headers["Last-Modified"] = format_datetime(posted, usegmt=True)
        if self._unchanged(tag, posted):
            self._send(HTTPStatus.NOT_MODIFIED, None, b"", headers, with_body=False)
            return
        kind = _TYPES.get(Path(path).suffix, "application/octet-stream")
        self._send(HTTPStatus.OK, kind, body, headers, with_body)

    def _unchanged(self, tag: str, posted: datetime | None) -> bool:
        asked = self.headers.get("If-None-Match")
        if asked is not None:
            return asked.strip() == "*" or tag in [
                t.strip().removeprefix("W/") for t in asked.split(",")
            ]
        since = self.headers.get("If-Modified-Since")
        if since is None or posted is None:
            return False
        try:
            return parsedate_to_datetime(since) >= posted
        except (TypeError, ValueError):
            return False

    def _send(
        self,
        status: HTTPStatus,
        kind: str | None,
        body: bytes,
        headers: dict[str, str],
        with_body: bool,
    ) -> None:
        self.send_response(status)
        if kind:
            self.send_header("Content-Type", kind)
        if status != HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if with_body:
            self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        """Requests are not logged."""


_MISSING = (
    "<!DOCTYPE html><html><head><meta charset='utf-8'><title>页面不存在</title></head>"
    "<body><h1>404</h1><p>您访问的页面不存在或已被删除。</p></body></html>"
).encode()
