"""What an officer does in a real browser: follow a number, look back, upload, check, retry."""

from __future__ import annotations

import itertools
import re
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from duban.bootstrap import Machine
from duban.domain.event import ReportPosted, record
from duban.domain.view import Scope
from duban.intake.job import Answer, Job, ReadJob
from duban.intake.pool import ReadingPool
from duban.testing.county import county

DRAFT = Path(__file__).parents[2] / "samples" / "twins" / "town_2024_lost_ordinals.txt"
SPOILED = b"spoiled"
Place = tuple[str, Machine]

UNLABELLED = """[...document.querySelectorAll('input:not([type=hidden]), select, textarea, button')]
  .filter(one => !(one.labels?.length || one.ariaLabel || one.textContent?.trim()))
  .map(one => one.outerHTML.slice(0, 90))"""
HEADINGS = "[...document.querySelectorAll('h1, h2, h3, h4')].map(one => one.tagName)"
#: A state without a word or sign of its own would be told by colour alone.
WORDLESS = """[...document.querySelectorAll('.dot, .chip, .card, .state')]
  .filter(one => !one.innerText.trim() || /^(19|20)\\d\\d$/.test(one.innerText.trim()))
  .map(one => one.outerHTML.slice(0, 90))"""
#: Signs of states, and small print, whose contrast is below 4.5 (WCAG AA).
FAINT = """(() => {
  const parse = c => c.match(/[\\d.]+/g).map(Number);
  const light = c => { const [r, g, b] = c.slice(0, 3).map(v => (v /= 255) <= .03928
    ? v / 12.92 : ((v + .055) / 1.055) ** 2.4); return .2126 * r + .7152 * g + .0722 * b; };
  const ground = e => { for (; e; e = e.parentElement) { const c = parse(
    getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] === 1) return c; }
    return [255, 255, 255]; };
  return [...document.querySelectorAll('.dot, .chip, .card, .card small, .state, .nil, .empty, ' +
    '.note, .foot, sup.late, .legend, .past, .banner, nav a, dt, .crumbs, time')]
    .filter(e => e.innerText.trim() && e.offsetParent).map(e => {
      const [a, b] = [light(parse(getComputedStyle(e).color)), light(ground(e))];
      return [(Math.max(a, b) + .05) / (Math.min(a, b) + .05), e.outerHTML.slice(0, 80)]; })
    .filter(([ratio]) => ratio < 4.5).slice(0, 5); })()"""


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


@pytest.fixture(params=[1440, 390])
def page(place: Place, browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page that is no wider than its window, says nothing aside and asks no other host."""
    page = browser.new_page(viewport={"width": request.param, "height": 850})
    page.set_default_timeout(15_000)
    noise: list[str] = []
    hosts: set[str] = set()
    page.on("console", lambda message: noise.append(message.text))
    page.on("pageerror", lambda error: noise.append(str(error)))
    page.on("request", lambda request: hosts.add(urlsplit(request.url).netloc))
    yield page
    too_wide = page.evaluate("document.documentElement.scrollWidth - innerWidth")
    page.close()
    assert too_wide <= 0
    assert noise == []
    assert hosts <= {urlsplit(place[0]).netloc}


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


def test_the_matrix_leads_to_an_agency_and_its_report_by_keyboard(place: Place, page: Page) -> None:
    page.goto(place[0] + "/matrix")
    link = page.locator(".matrix th[scope=row] a").first
    name = link.inner_text()
    tab_to(page, f'.matrix th[scope=row] a >> text="{name}"')
    page.keyboard.press("Enter")
    page.wait_for_url("**/agencies/*")
    assert page.locator("h1").inner_text() == name
    tab_to(page, "#years tbody td a >> nth=0")
    page.keyboard.press("Enter")
    page.wait_for_url("**/reports/*/*")


def test_a_day_is_chosen_and_left_by_keyboard(place: Place, page: Page) -> None:
    page.goto(place[0] + "/agencies/" + place[1].roster[0].id)
    tab_to(page, "input[name=as_of]")
    today = place[1].clock.now().date()
    page.keyboard.type(f"{today:%m%d%Y}")
    page.wait_for_url(f"**as_of={today}*")
    expect(page.locator(".past")).to_contain_text(f"{today.year}年{today.month}月{today.day}日")
    expect(page.locator("#years tbody td").first).to_be_visible()
    tab_to(page, ".past a")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/agencies/[^?]*$"))


def test_the_same_file_twice_is_told_and_kept_once(
    place: Place, page: Page, tmp_path: Path
) -> None:
    width = page.evaluate("innerWidth")
    again = tmp_path / f"重复{width}.txt"
    again.write_text(f"关于值班的通知 {width}\n请值班。\n", encoding="utf-8")
    for outcome in ("待处理", "早已有了"):
        page.goto(place[0] + "/upload")
        expect(page.locator("form.sheet")).to_contain_text("不能撤回")
        page.locator("input[type=file]").set_input_files([again])
        tab_to(page, "button.main")
        page.keyboard.press("Enter")
        expect(page.locator("#came tbody tr")).to_contain_text(outcome)
    page.goto(place[0] + "/files")
    assert page.locator("#files").inner_text().count(again.name) == 1


def test_a_retry_needs_a_name_and_a_reason(place: Place, page: Page) -> None:
    base, machine = place
    spoil(machine, f"unnamed {page.viewport_size}")
    before = machine.store.log.head("facts")
    page.goto(base + "/aside")
    article = page.locator("article.aside").first
    article.locator("summary").focus()
    page.keyboard.press("Enter")
    article.locator("input[name=by]").fill("张三")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.name") == "reason"
    assert machine.store.log.head("facts") == before


PATHS = ("/", "/ledger", "/matrix", "/findings", "/search?q=公开", "/files", "/aside", "/upload",
         "/check", "/rules", "AGENCY", "REPORT")  # fmt: skip


@pytest.mark.parametrize("path", PATHS)
def test_everyone_can_use_a_page(place: Place, page: Page, path: str) -> None:
    agency = place[1].roster[0].id
    named = {"AGENCY": f"/agencies/{agency}", "REPORT": f"/reports/{agency}/2024"}
    page.goto(place[0] + named.get(path, path))
    assert page.evaluate(UNLABELLED) == []
    levels = [int(name[1]) for name in page.evaluate(HEADINGS)]
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    assert page.evaluate(WORDLESS) == []
    assert page.evaluate(FAINT) == []


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until the element has the focus, as who has no mouse does."""
    target = page.locator(selector).first.element_handle()
    assert target is not None
    for _ in range(120):
        page.keyboard.press("Tab")
        if page.evaluate("one => one.contains(document.activeElement)", target):
            return
    raise AssertionError(f"{selector} cannot be reached by keyboard")


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
