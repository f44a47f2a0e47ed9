"""A county with everything that a panel can count, judged by the real rules day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from duban import assets
from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.day_emitter import DayEmitter
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rulebook_library import RulebookLibrary
from duban.domain import event as events
from duban.domain.agency import Agency, Kind, Waiver
from duban.domain.event import Event, Topic, derived_id, record
from duban.ports import Recorded
from duban.processors.alerter import Alerter
from duban.processors.calendar import Calendar
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain, State
from duban.testing.clock import MovableClock
from duban.testing.events import checked, read, rejected, removed, withdrawn
from duban.testing.reports import build

WRONG = {"applications.new_received.total": 99}
ROSTER: tuple[tuple[str, str, Kind, str | None], ...] = (
    ("c", "丙市人民政府", "pref_gov", None),
    ("x", "丙市甲县人民政府", "county_gov", "c"),
    ("y", "丙市乙县人民政府", "county_gov", "c"),
    *((f"x{n}", f"甲县第{n}局", "dept_county", "x") for n in range(1, 9)),
    *((f"y{n}", f"乙县第{n}镇人民政府", "town_gov", "y") for n in range(1, 5)),
    ("z", "丙市开发区管理委员会", "dev_zone", None),
)

NAMES = {id_: name for id_, name, _, _ in ROSTER}


class Stumbling:
    """Fails at a page that has not changed, so that something is set aside."""

    name = "stumbling"
    takes = frozenset({events.PageChecked})

    def key(self, event: Event) -> str | None:
        return event.key

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        assert isinstance(event.body, events.PageChecked)
        if event.body.outcome == "unchanged":
            raise RuntimeError("为测试而失败")
        return state, ()


class Office:
    """The office on one store; `history` is all that was recorded in the end."""

    def __init__(self, folder: Path) -> None:
        self.store = EmbeddedStore(folder)
        self.clock = MovableClock()
        rules = assets.find("rules", None)
        rulebooks = RulebookLibrary(self.store.blobs, self.store.states)
        calendars = CalendarLibrary(self.store.blobs, self.store.states)
        rulebooks.release(rules, self.clock)
        calendar = calendars.release(rules, self.clock)
        self._days = DayEmitter(self.store.states, self.clock, calendar)
        judging = (Stumbling(), Calendar(calendars), Evaluator(rulebooks))
        self._runner = self.store.runner(Chain("agency", judging, Alerter()))

    def live(self) -> None:
        """From 2 January to 1 March 2025: in time, wrong, mended, late, missing, unreadable."""
        self.take(*(_registered(one) for one in ROSTER), checked("y1", "http://h/y1"))
        self.until("2025-01-15")
        self.take(
            self.report("x1", 2023),
            self.report("x1", 2024, published_on="2025-01-14"),
            self.report("x2", 2024, WRONG, published_on="2025-01-10"),
            self.report("x3", 2024, WRONG, url="http://h/x3/report"),
            self.report("y2", 2024, {"applications.new_received.natural_person": None}),
            self.report("c", 2022, {"disputes.reconsideration.total": 40}),
            rejected("扫描", agency_id="x4", year=2024, url="http://h/x4/scan"),
            rejected("通知", "other_document"),
            rejected("无主", "unassigned", year=2024),
            rejected("先不可读", agency_id="y1", year=2022),
            self.report("y4", 2024, WRONG, published_on="2025-01-11"),
            self.report("x7", 2020, {"applications.results.granted.total": 17}),
            self.report("x7", 2017),
            self.report("x6", 2022, name="to go", url="http://h/x6/gone"),
        )
        self.until("2025-01-25")
        self.take(
            self.report("x3", 2024, name="x3 again", url="http://h/x3/report"),
            self.report("y1", 2022, bytes_="先不可读"),
            withdrawn("x6", "to go", "http://h/x6/gone"),
        )
        self.until("2025-02-10")
        self.take(
            *(self.looked(one, whole=True) for one in ("x5", "x7", "y1")),
            self.looked("x6", outcome="failed"),
            self.looked("z", outcome="blocked"),
        )
        self.until("2025-02-20")
        self.take(
            self.report("z", 2024, published_on="2025-02-18"),
            self.report("x7", 2024, WRONG, published_on="2025-02-19"),
            removed("y4"),
        )
        self.until("2025-03-01")
        self.take(*(self.looked(one, outcome="unchanged") for one in ("x1", "x2", "z")))

    def history(self) -> list[Recorded]:
        """Everything in order of position."""
        topics = [self.store.log.read(name, limit=100_000) for name in _TOPICS]
        return sorted((one for topic in topics for one in topic), key=lambda one: one.position)

    def take(self, *facts: Event) -> None:
        """Record facts now, and handle them."""
        now = self.clock.now()
        self.store.log.append([msgspec.structs.replace(one, at=now) for one in facts])
        self._runner.run_until_idle()

    def until(self, day: str) -> None:
        """Let the days pass up to one."""
        while self.clock.now().date().isoformat() < day:
            self.clock.move(timedelta(days=1))
            self._days.emit()
            self._runner.run_until_idle()

    def report(
        self,
        agency_id: str,
        year: int,
        changes: dict[str, Any] | None = None,
        *,
        published_on: str | None = None,
        name: str = "",
        bytes_: str = "",
        url: str | None = None,
    ) -> Event:
        """A report with some cells changed was read."""
        url = url or f"http://h/{agency_id}/{year}"
        told = read(agency_id, year, bytes_=bytes_ or name, url=url)
        assert isinstance(told.body, events.ReportRead)
        agency = NAMES[agency_id]
        title = f"{agency}{year}年政府信息公开工作年度报告"
        fields = {"agency": agency, "title": title, "published_on": published_on}
        body = msgspec.structs.replace(
            told.body,
            report=build({"year": year, "set": changes or {}, "report": fields}),
            media="docx" if changes else "html",
            published_on=published_on,
        )
        return record(body, id=told.id, at=told.at)

    def looked(self, agency_id: str, **how: Any) -> Event:
        """A column of an agency was looked at."""
        minute = int(self.clock.now().timestamp() / 60) % 100_000
        return checked(agency_id, f"http://h/{agency_id}", minute=minute, **how)


_TOPICS: tuple[Topic, ...] = ("posted", "facts", "conclusions", "alerts")


def _registered(one: tuple[str, str, Kind, str | None]) -> Event:
    id_, name, kind, parent = one
    waived = (Waiver(year=2024, reason="新设机构"),) if id_ == "y3" else ()
    agency = Agency(
        id=id_,
        name=name,
        kind=kind,
        parent=parent,
        columns=(f"http://h/{id_}",),
        waived=waived,
        valid_to="2024-06-30" if id_ == "x8" else None,
    )
    body = events.AgencyRegistered(agency=agency)
    return record(body, id=derived_id("roster", "test", id_), at=datetime.now().astimezone())
