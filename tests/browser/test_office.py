"""What an officer does in a real browser: follow a number, look back, upload, check, retry."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from duban.bootstrap import Machine
from duban.domain.event import ReportPosted, record
from duban.domain.view import Scope
from duban.intake.job import Answer, Job, ReadJob
from duban.intake.pool import ReadingPool
from duban.testing.county import county

ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
DRAFT = Path(__file__).parents[2] / "samples" / "twins" / "town_2024_lost_ordinals.txt"
SPOILED = b"spoiled"
Place = tuple[str, Machine]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    read = ReadingPool.read

    def spoiled(pool: ReadingPool, job: Job) -> Answer:
        if isinstance(job, ReadJob) and job.data.startswith(SPOILED):
            return Answer(fault="读取程序出错")
        return read(pool, job)

    folder = tmp_path_factory.mktemp("county")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ReadingPool, "read", spoiled)
        with county(folder, agencies=6, years=(2023, 2024)) as running:
            yield running[:2]


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(params=[1440, 390])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page(viewport={"width": request.param, "height": 850})
    page.set_default_timeout(15_000)
    yield page
    page.close()


def shown(page: Page) -> int:
    """How many reports the matrix shows."""
    return page.locator(".matrix td a.dot").count()


def test_a_number_of_the_ledger_leads_to_as_many_reports(place: Place, page: Page) -> None:
    page.goto(place[0] + "/ledger")
    link = page.locator("#by-kind tbody td a").first
    number = int(link.inner_text())
    link.click()
    page.wait_for_url("**/matrix?**")
    assert shown(page) == number > 0


def test_a_state_of_the_front_page_leads_to_its_reports(place: Place, page: Page) -> None:
    page.goto(place[0])
    card = page.locator(".card:not(.none):not(.owed)").first
    number = int(card.locator("b").inner_text())
    card.click()
    page.wait_for_url("**/matrix?**")
    assert shown(page) == number


def test_the_matrix_is_filtered_from_the_keyboard(place: Place, page: Page) -> None:
    page.goto(place[0] + "/matrix")
    before = page.locator(".matrix tbody tr").count()
    name = page.locator(".matrix th[scope=row] a").first.inner_text()
    page.locator("input[name=q]").fill(name)
    page.keyboard.press("Enter")
    page.wait_for_url("**q=*")
    assert page.locator(".matrix tbody tr").count() < before
    assert page.locator(".matrix th[scope=row] a").first.inner_text() == name


def test_a_look_back_says_so_keeps_the_day_and_returns(place: Place, page: Page) -> None:
    page.goto(place[0])
    page.locator("input[name=as_of]").fill("2020-03-01")
    page.wait_for_url("**as_of=2020-03-01*")
    expect(page.locator(".past")).to_contain_text("2020年3月1日")
    page.locator("nav a", has_text="台账").click()
    page.wait_for_url("**/ledger?as_of=2020-03-01")
    expect(page.locator("#pulse")).to_have_count(0)
    page.get_by_role("link", name="回到现在").click()
    page.wait_for_url("**/ledger")
    expect(page.locator(".past")).to_have_count(0)


def test_a_draft_is_checked_and_its_cells_light_up(place: Place, page: Page) -> None:
    before = place[1].store.log.head("posted")
    page.goto(place[0] + "/check")
    page.locator("input[type=file]").set_input_files(DRAFT)
    page.get_by_role("button", name="开始自查").click()
    expect(page.locator("#result")).to_contain_text("没有留存任何内容")
    finding = page.locator('.findings.big .finding:not([data-cells=""])').first
    finding.focus()
    page.keyboard.press("Enter")
    assert page.locator("#extracted .lit").count() > 0
    assert place[1].store.log.head("posted") == before
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    assert too_wide <= 0


def test_files_are_uploaded_each_with_its_outcome(place: Place, page: Page, tmp_path: Path) -> None:
    empty = tmp_path / "空.docx"
    empty.touch()
    fresh = tmp_path / "通知.txt"
    fresh.write_text(
        f"关于防汛工作的通知 {page.viewport_size}\n请做好防汛工作。\n", encoding="utf-8"
    )
    page.goto(place[0] + "/upload")
    page.locator("input[type=file]").set_input_files([empty, fresh])
    page.get_by_role("button", name="上传").click()
    rows = page.locator("#came tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("没有收下")
    expect(rows.nth(1)).to_contain_text("待处理文件")
    page.goto(place[0] + "/files")
    expect(page.locator("#files")).to_contain_text("通知.txt")


def test_a_file_that_is_too_large_is_told_before_it_is_sent(
    place: Place, page: Page, tmp_path: Path
) -> None:
    large = tmp_path / "大.pdf"
    with large.open("wb") as file:
        file.truncate(65 * 2**20)
    page.goto(place[0] + "/check")
    page.locator("input[type=file]").set_input_files(large)
    page.get_by_role("button", name="开始自查").click()
    expect(page.locator(".problem")).to_contain_text("超过 64 MB")


def test_a_set_aside_event_is_retried_and_the_result_told(place: Place, page: Page) -> None:
    base, machine = place
    spoil(machine, str(page.viewport_size))
    page.goto(base)
    page.get_by_role("link", name="查看与重试").click()
    article = page.locator("article.aside").first
    article.locator("summary").click()
    expect(article).to_contain_text("不会删除或改写任何已有记录")
    article.locator("input[name=by]").fill("张三")
    article.locator("input[name=reason]").fill("试一试")
    article.get_by_role("button", name="确定重试").click()
    expect(page.locator("main .banner")).to_contain_text(re.compile("已重试|重试已登记"))


def spoil(machine: Machine, name: str) -> None:
    """A posting that breaks the reader, set aside."""
    data = SPOILED + name.encode()
    body = ReportPosted(sha256=machine.store.blobs.put(data), bytes=len(data), source="upload")
    before = len(machine.store.index.aside(Scope()))
    machine.store.log.append([record(body, id=name, at=machine.clock.now())])
    end = time.monotonic() + 15
    while len(machine.store.index.aside(Scope())) == before:
        assert time.monotonic() < end, "nothing was set aside"
        time.sleep(0.1)
