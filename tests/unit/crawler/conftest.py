"""A web server on loopback that does what a test tells it to."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import msgspec
import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.crawler.address import Gate, Host
from duban.crawler.fetch import HttpFetcher
from duban.crawler.memory import Memory
from duban.crawler.pace import Pace
from duban.crawler.poll import Poller, Round
from duban.domain.agency import Agency
from duban.domain.event import (
    PageChecked,
    ReportPosted,
    ReportWithdrawn,
)
from duban.testing.clock import MovableClock
from duban.testing.events import read

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


class Desk:
    """A crawler over one site, its history and its clock."""

    TITLE = "望岚县财政局{year}年政府信息公开工作年度报告"
    REPORT = """<html><head><meta name="PubDate" content="2024-01-20 09:30">
<title>年报</title></head><body><h1>望岚县财政局2023年政府信息公开工作年度报告</h1><p>一、总体情况</p><p>二、主动公开政府信息情况</p>
<p>三、收到和处理政府信息公开申请情况</p><p>四、政府信息公开行政复议、行政诉讼情况</p>
<p>五、存在的主要问题及改进情况</p><p>六、其他需要报告的事项</p>{more}</body></html>"""

    def __init__(self, site: Any, store: EmbeddedStore, fetcher: Any) -> None:
        self.site = site
        self.clock = MovableClock()
        self.log, self.states, self.blobs = store.log, store.states, store.blobs
        self.fetcher = fetcher
        self.roster = [
            Agency(
                id="f", name="望岚县财政局", kind="dept_county",
                columns=(f"{site.base}/list.html",),
            )
        ]  # fmt: skip

    def round(self) -> Round:
        poller = Poller(
            self.fetcher, Memory(self.states), self.blobs, self.clock, log=self.log,
            recheck=timedelta(days=1),
        )  # fmt: skip
        return poller.round(self.roster)

    def lists(self, *links: tuple[str, int]) -> None:
        self.shows("/list.html", *((url, self.TITLE.format(year=year)) for url, year in links))

    def shows(self, path: str, *links: tuple[str, str], more: str = "") -> None:
        """A list page with these addresses and words."""
        items = "".join(f'<li><a href="{url}">{words}</a></li>' for url, words in links)
        self.site.page(path, f"<html><body><ul>{items}</ul>{more}</body></html>")

    def joined_by(self, agency_id: str, name: str, **more: Any) -> None:
        """Another agency with the same column."""
        columns = (f"{self.site.base}/list.html",)
        self.roster.append(
            Agency(id=agency_id, name=name, kind="dept_county", columns=columns, **more)
        )

    def understood(self, agency_id: str, year: int) -> None:
        """What was posted last is read as somebody's report."""
        event = self.log.read("posted")[-1].event
        fact = read(agency_id, year, bytes_=event.id)
        body = msgspec.structs.replace(fact.body, posted_id=event.id)
        self.log.append([msgspec.structs.replace(fact, body=body)])

    @property
    def posted(self) -> list[ReportPosted]:
        return [one.event.body for one in self.log.read("posted")]

    @property
    def withdrawn(self) -> list[ReportWithdrawn]:
        bodies = [one.event.body for one in self.log.read("facts")]
        return [body for body in bodies if isinstance(body, ReportWithdrawn)]

    def looks(self, agency_id: str = "f", path: str = "/list.html") -> list[PageChecked]:
        """What was told of an agency's column, in order."""
        return [
            one.event.body
            for one in self.log.read("facts")
            if isinstance(one.event.body, PageChecked)
            and (one.event.body.agency_id, one.event.body.url) == (agency_id, self.site.base + path)
        ]

    @property
    def checked(self) -> list[tuple[str, str]]:
        bodies = [one.event.body for one in self.log.read("facts")]
        return [
            (body.url.removeprefix(self.site.base), body.outcome)
            for body in bodies
            if isinstance(body, PageChecked)
        ]


@pytest.fixture
def desk(site, fetcher, tmp_path) -> Iterator[Desk]:
    with EmbeddedStore(tmp_path) as store:
        yield Desk(site, store, fetcher)
