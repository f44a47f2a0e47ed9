"""A web server on loopback that does what a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from duban.crawler.address import Gate, Host
from duban.crawler.fetch import HttpFetcher
from duban.crawler.pace import Pace

Answer = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """Pages by path; what was asked for, in order."""

    def __init__(self) -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                headers = {name.lower(): value for name, value in self.headers.items()}
                site.asked.append((self.path, headers))
                answer = site.pages.get(self.path)
                try:
                    if answer is None:
                        site.send(self, 404, b"", {})
                    else:
                        answer(self)
                except OSError:
                    self.close_connection = True

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = Host("127.0.0.1", self.server.server_port)
        self.base = f"http://127.0.0.1:{self.host.port}"

    @staticmethod
    def send(
        handler: BaseHTTPRequestHandler, status: int, body: bytes, headers: dict[str, str]
    ) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    def page(self, path: str, body: bytes | str = b"", status: int = 200, **headers: str) -> None:
        """A page with headers; names with _ for -."""
        data = body.encode() if isinstance(body, str) else body
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.pages[path] = lambda handler: self.send(handler, status, data, named)

    def conditional(self, path: str, body: bytes | str, etag: str) -> None:
        """A page that answers 304 to its own ETag."""
        data = body.encode() if isinstance(body, str) else body

        def answer(handler: BaseHTTPRequestHandler) -> None:
            if handler.headers.get("If-None-Match") == etag:
                handler.send_response(304)
                handler.send_header("ETag", etag)
                handler.end_headers()
            else:
                self.send(handler, 200, data, {"ETag": etag})

        self.pages[path] = answer

    def paths(self) -> list[str]:
        """What was asked for, robots.txt left out."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    thread = threading.Thread(target=site.server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield site
    site.server.shutdown()
    thread.join()
    site.server.server_close()


@pytest.fixture
def make_fetcher(site: Site) -> Iterator[Callable[..., HttpFetcher]]:
    """Quick fetchers for the site, loopback allowed as for the demo."""
    made: list[HttpFetcher] = []

    def make(**options: Any) -> HttpFetcher:
        gate = Gate([site.host], allow_loopback=True)
        made.append(HttpFetcher(gate, Pace(0.0, wait=lambda _: None), **options))
        return made[-1]

    yield make
    for fetcher in made:
        fetcher.close()


@pytest.fixture
def fetcher(make_fetcher: Callable[..., HttpFetcher]) -> HttpFetcher:
    return make_fetcher()
