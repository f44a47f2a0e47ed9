"""A small office on 10 February 2025: one agency in every state of the ledger."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import uvicorn

from duban.adapters.desk import OfficeDesk
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.retrying import Retrying
from duban.cli.listening import address, take_port
from duban.domain.agency import Agency
from duban.domain.event import Event
from duban.domain.obligation import Obligation, Posted
from duban.domain.report import Reading
from duban.processors.processor import Chain
from duban.reading.reader import read as read_bytes
from duban.testing.clock import MovableClock
from duban.testing.events import checked, due, read, registered, rejected, released
from duban.testing.judge import SpokenJudge
from duban.testing.runner import evaluator
from duban.web.app import create_app
from duban.web.site import Notice, Site

MINUTES_A_DAY = 24 * 60
DUE = "2025-01-31"
LIMIT = 100_000


def duty(stage: str, **more: object) -> Obligation:
    """The duty for 2024, due on 31 January 2025."""
    told: dict[str, object] = {
        "year": 2024, "stage": stage, "due_on": DUE, "opens_on": "2025-01-01", "basis": "A49",
    }  # fmt: skip
    return Obligation(**(told | more))  # type: ignore[arg-type]


def county() -> list[Event]:
    """Seven agencies below one, each with its report of 2024 in another state."""
    printed = Posted(earliest="2025-01-20", latest="2025-01-20", by="printed")
    bracket = Posted(earliest="2025-02-03", latest="2025-02-05", by="bracket")
    day = MINUTES_A_DAY
    return [
        released(),
        registered("city", "甲市人民政府", kind="pref_gov"),
        *(registered(key, f"{key}局", parent="city") for key in "abcdef"),
        registered("g", "g镇人民政府", kind="town_gov", parent="city"),
        checked("a", "http://127.0.0.1/a", whole=True, announced=(2024,), minute=30 * day),
        checked("d", "http://127.0.0.1/d", "failed", minute=31 * day),
        read("a", 2024, "正常", minute=18 * day),
        due("a", duty("present", posted=printed), minute=18 * day),
        due("e", duty("not_yet_due"), minute=19 * day),
        due("g", duty("not_yet_due", due_on="2025-03-31", reminder=15), minute=19 * day),
        due("f", duty("waived", reason="机构改革，经批准不报。"), minute=20 * day),
        rejected("scan", agency_id="c", year=2024, minute=20 * day),
        due("c", duty("present", posted=printed), minute=20 * day),
        due("d", duty("blocked", reason="期限以后栏目一直没有打开。"), minute=31 * day),
        due("e", duty("absent", gravity="error", absent_on="2025-02-01"), revision=2,
            minute=31 * day),
        read("b", 2024, "错误SUM 警告TXT", minute=34 * day),
        due("b", duty("present", posted=bracket, gravity="warning"), minute=34 * day),
    ]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "data") as store:
        yield store


@pytest.fixture
def clock() -> MovableClock:
    clock = MovableClock()
    clock.move(timedelta(days=39))
    return clock


@pytest.fixture
def office(store: EmbeddedStore) -> EmbeddedStore:
    """The store with everything of `county` handled."""
    store.log.append(county())
    store.runner(Chain("agency", (evaluator(),))).run_until_idle()
    return store


def reading(data: bytes) -> Reading:
    return read_bytes(data).reading


@pytest.fixture
def site(store: EmbeddedStore, clock: MovableClock) -> Site:
    agencies = tuple(
        Agency(id=key, name=f"{key}局", kind="dept_county", parent="city") for key in "abcdef"
    )
    desk = OfficeDesk(
        log=store.log, blobs=store.blobs, index=store.index, clock=clock, read=reading,
        judge=SpokenJudge().judge, retry=Retrying(store.log, store.states, clock).ask,
    )  # fmt: skip
    return Site(
        index=store.index, blobs=store.blobs, clock=clock, rules={}, rulebook_version=lambda: "1",
        wait=store.wait, desk=desk, most_bytes=LIMIT, roster=lambda: agencies,
        notices=lambda: (Notice("时钟被拨回。", "The clock was set back."),),
    )  # fmt: skip


@pytest.fixture
def client(site: Site) -> Iterator[httpx.Client]:
    with take_port("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(create_app(site), log_level="critical"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        with httpx.Client(base_url=address(listener), timeout=60) as client:
            yield client
        server.should_exit = True
        thread.join()
