"""The pages in a real browser: whole at both widths, live, usable by keyboard, alone on the net."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page

from duban.bootstrap import Machine
from duban.domain.event import PageChecked, record
from duban.domain.view import FindingQuery, Scope
from duban.testing.county import county

WIDTHS = (1440, 390)
PATHS = (
    "/", "/findings", "/search?q=信息公开", "/files", "/rules", "REPORT", "AGENCY", "/ledger",
    "/matrix", "/aside", "/upload", "/check", "/?as_of=2020-01-01",
)  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Machine, Any]]:
    with county(tmp_path_factory.mktemp("county"), agencies=8, years=(2023, 2024)) as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": 1440, "height": 900})
    yield page
    page.close()


def agency_path(machine: Machine) -> str:
    return f"/agencies/{machine.roster[0].id}"


def report_path(machine: Machine) -> str:
    rows = machine.store.index.findings(FindingQuery(limit=100)).rows
    row = next(row for row in rows if row.finding.cells)
    return f"/reports/{row.agency_id}/{row.year}"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("path", PATHS)
def test_a_page_fits_makes_no_noise_and_asks_no_other_host(
    place: tuple[str, Machine, Any], page: Page, path: str, width: int
) -> None:
    base, machine, _ = place
    problems: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: problems.append(message.text))
    page.on("pageerror", lambda error: problems.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    page.set_viewport_size({"width": width, "height": 850})
    named = {"REPORT": report_path, "AGENCY": agency_path}
    answer = page.goto(base + (named[path](machine) if path in named else path))
    page.wait_for_timeout(300)
    assert answer is not None
    assert answer.status == 200
    assert problems == []
    assert hosts == {urlsplit(base).netloc}
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 0
    assert page.locator("h1").count() == 1


def test_the_ledger_on_the_page_adds_up(place: tuple[str, Machine, Any], page: Page) -> None:
    page.goto(place[0])
    owed, *states = [int(text) for text in page.locator(".card b").all_inner_texts()]
    assert owed == sum(states) > 0
    assert len(states) == 7


def test_a_finding_lights_up_its_cells_in_tables_and_source(
    place: tuple[str, Machine, Any], page: Page
) -> None:
    page.goto(place[0] + report_path(place[1]))
    finding = page.locator('.findings.big .finding:not([data-cells=""])').first
    finding.focus()
    page.keyboard.press("Enter")
    assert page.locator("#extracted .lit").count() > 0
    assert page.locator("#source .lit").count() > 0


def test_the_english_switch_is_remembered(place: tuple[str, Machine, Any], page: Page) -> None:
    page.goto(place[0])
    page.get_by_role("link", name="English").click()
    page.goto(place[0] + "/findings")
    assert page.locator("h1").inner_text() == "Findings"
    assert page.locator("html").get_attribute("lang") == "en"


def test_filters_work_without_a_mouse_and_keep_the_address_readable(
    place: tuple[str, Machine, Any], page: Page
) -> None:
    page.goto(place[0] + "/findings")
    page.locator("input[name=q]").fill("没有这样的机关")
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert "没有符合条件的问题" in page.locator("main").inner_text()
    assert "year=&" not in page.url


def test_an_open_page_moves_when_the_index_moves(
    place: tuple[str, Machine, Any], page: Page
) -> None:
    base, machine, _ = place
    page.goto(base)
    page.wait_for_selector(".pulse.on")
    before = page.locator("#crawl").inner_text()
    look = PageChecked(agency_id=machine.roster[0].id, url="http://127.0.0.1/new", outcome="read")
    machine.store.log.append([record(look, id="new-look", at=machine.clock.now())])
    page.wait_for_function(
        "before => document.querySelector('#crawl').innerText !== before", arg=before, timeout=15000
    )
    assert machine.store.index.overview(Scope()).crawl.pages > 0


def test_search_marks_what_was_searched(place: tuple[str, Machine, Any], page: Page) -> None:
    page.goto(place[0] + "/search?q=信息公开")
    marks = page.locator(".hits mark").all_inner_texts()
    assert marks
    assert set(marks) == {"信息公开"}


def test_another_host_name_is_refused(place: tuple[str, Machine, Any]) -> None:
    import httpx

    answer = httpx.get(place[0], headers={"Host": "evil.example"})
    assert answer.status_code == 400
