"""A portal on loopback, and an office that looks at it with the real crawler and reader."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from lateness_office import WATCHED, Answer, almanac
from lateness_story import NAMES, moment, sha256

from duban import assets
from duban.adapters.day_emitter import DayEmitter
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.retrying import Retrying
from duban.adapters.rulebook_library import RulebookLibrary
from duban.crawler.address import Gate, Host
from duban.crawler.fetch import HttpFetcher
from duban.crawler.memory import Memory
from duban.crawler.pace import Pace
from duban.crawler.poll import Poller
from duban.crawler.registration import register, registered
from duban.domain import event as events
from duban.domain.agency import Agency
from duban.domain.event import record
from duban.domain.view import FindingQuery, Scope
from duban.intake.job import Answer as Read
from duban.intake.perform import reading
from duban.intake.unit import NAME, Intake
from duban.processors.calendar import Calendar
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.testing.clock import MovableClock

NAME_OF_AGENCY = NAMES["dept_county"]
_PARTS = (
    "一、总体情况",
    "二、主动公开政府信息情况",
    "三、收到和处理政府信息公开申请情况",
    "四、政府信息公开行政复议、行政诉讼情况",
    "五、存在的主要问题及改进情况",
    "六、其他需要报告的事项",
)


class Portal:
    """Pages by path: status and words; `before` is called before a path is answered."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[int, str]] = {}
        self.before: dict[str, Callable[[], None]] = {}
        portal = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                portal.before.pop(self.path, lambda: None)()
                status, words = portal.pages.get(self.path, (404, ""))
                data = words.encode()
                self.send_response(status)
                self.send_header("Content-Type", "text/html; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.host = Host("127.0.0.1", self.server.server_port)
        self.base = f"http://127.0.0.1:{self.host.port}"

    def lists(self, *years: int, path: str = "/list.html", more: str = "") -> None:
        """A list page with a link to the report of each year."""
        items = "".join(
            f'<li><a href="/{y}.html">{NAME_OF_AGENCY}{y}年政府信息公开工作年度报告</a></li>'
            for y in years
        )
        self.pages[path] = (200, f"<html><body><ul>{items}</ul>{more}</body></html>")

    def posts(self, year: int, printed: str | None = None) -> None:
        """The page of a report."""
        date = f'<meta name="PubDate" content="{printed} 09:30">' if printed else ""
        parts = "".join(f"<p>{part}</p><p>{year}年无。</p>" for part in _PARTS)
        title = f"<h1>{NAME_OF_AGENCY}{year}年政府信息公开工作年度报告</h1>"
        self.pages[f"/{year}.html"] = (
            200,
            f"<html><head>{date}<title>年报</title></head><body>{title}{parts}</body></html>",
        )


class CrawledOffice:
    """The whole machine over one portal, with a clock that is moved by hand."""

    def __init__(self, store: EmbeddedStore, portal: Portal, fetcher: HttpFetcher) -> None:
        self.store, self.portal, self.fetcher = store, portal, fetcher
        self.clock = MovableClock()
        self.faults = 0
        self.knows_day = True
        calendar, library = almanac(), RulebookLibrary(store.blobs, store.states)
        library.release(assets.find("rules"), self.clock)
        body = events.CalendarReleased(
            version="1", sha256=sha256("calendar"), blob_sha256=sha256(""), holidays_until=0
        )
        store.log.append([record(body, id="calendar", at=self.clock.now())])
        self._days = DayEmitter(store.states, self.clock, sha256("calendar"))
        read = reading()

        def read_or_fail(job: Any) -> Read:
            if self.faults:
                self.faults -= 1
                return Read(fault="我们的错")
            return read(job)

        intake = Intake(read_or_fail, store.blobs, self.clock, lambda: registered(store.states))
        chain = Chain("agency", (Calendar(lambda sha: calendar), Evaluator(library)))
        unit = store.effect(NAME, "posted", intake.handle)
        self._runner = store.runner(chain, units=[unit])
        columns = (f"{portal.base}/list.html",)
        self.agency = Agency(
            id="f",
            name=NAME_OF_AGENCY,
            kind="dept_county",
            columns=columns,
            valid_from="2023-01-01",
        )
        register([self.agency], store.states, self.clock)
        self.settle()

    def at(self, when: str) -> None:
        """Let it be a day and time, without a look."""
        self.clock.move(moment(when) - self.clock.now())
        self.settle()

    def looks(self, when: str) -> Answer:
        """What is shown after a look at the portal at this time."""
        self.at(when)
        poller = Poller(
            self.fetcher,
            Memory(self.store.states),
            self.store.blobs,
            self.clock,
            log=self.store.log,
            recheck=timedelta(hours=1),
            knows_day=lambda: self.knows_day,
        )
        poller.round([self.agency])
        self.settle()
        return self.shown()

    def settle(self) -> None:
        """The days that began, and everything that follows."""
        self._days.emit()
        self._runner.run_until_idle()

    def retry(self) -> None:
        """Somebody asks for everything that was set aside."""
        retrying = Retrying(self.store.log, self.store.states, self.clock)
        for unit, aside in self.store.states.set_aside():
            assert retrying.ask(aside.event_id, unit, aside.key, by="测试员")
        self.settle()

    def shown(self) -> Answer:
        """What the pages show."""
        view = self.store.index.agency("f", Scope())
        assert view is not None
        found = self.store.index.findings(FindingQuery(agency_id="f", limit=1000)).rows
        return Answer(
            rows=view.reports,
            findings=tuple(one for one in found if one.finding.rule.startswith(WATCHED)),
        )

    def about(self, year: int) -> tuple[str, tuple[str, ...]]:
        """How a year stands, and what is open about its time."""
        shown = self.shown()
        stage = next(row.obligation.stage for row in shown.rows if row.year == year)  # type: ignore[union-attr]
        late = (one for one in shown.open if one.startswith(str(year)) and "DL-" in one)
        return stage, tuple(one for one in late if "DL-DATE-UNKNOWN" not in one)


@contextmanager
def crawled(folder: Path) -> Iterator[CrawledOffice]:
    """An office with its portal, both ended afterwards."""
    portal = Portal()
    serve = threading.Thread(target=portal.server.serve_forever, kwargs={"poll_interval": 0.01})
    serve.start()
    gate = Gate([portal.host], allow_loopback=True)
    fetcher = HttpFetcher(gate, Pace(0.0, wait=lambda _: None))
    try:
        with EmbeddedStore(folder) as store:
            yield CrawledOffice(store, portal, fetcher)
    finally:
        fetcher.close()
        portal.server.shutdown()
        serve.join()
        portal.server.server_close()
