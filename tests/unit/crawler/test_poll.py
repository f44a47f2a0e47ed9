"""Rounds over a site: what is found becomes postings, what fails becomes a fact about fetching."""

from __future__ import annotations

import io
import time
import zipfile
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from duban.crawler.memory import Memory
from duban.crawler.poll import Poller, Round
from duban.domain.agency import Agency


def docx() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    return buffer.getvalue()


def test_a_page_that_holds_the_report_is_posted_with_all_the_list_told(desk, site):
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", desk.REPORT.format(more=""))

    assert desk.round() == Round(pages=1, posted=1, failed=0)

    [body] = desk.posted
    assert (body.agency_hint, body.year_hint, body.published_on) == ("f", 2023, "2024-01-20")
    assert body.url == f"{site.base}/t1.html"
    assert body.page_url == f"{site.base}/list.html"
    assert desk.blobs.get(body.sha256) == desk.REPORT.format(more="").encode()
    assert desk.checked == [("/list.html", "read")]


def test_an_attachment_is_posted_instead_of_the_page_that_only_offers_it(desk, site):
    desk.lists(("t1.html", 2023))
    site.page(
        "/t1.html",
        '<p>附件：<a href="files/a.pdf">年报.pdf</a> <a href="files/a.docx">年报.docx</a>'
        ' <a href="files/b.docx">信息公开申请表</a></p>',
    )
    site.page("/files/a.docx", docx())

    desk.round()

    assert [body.url for body in desk.posted] == [f"{site.base}/files/a.docx"]
    assert "/files/a.pdf" not in site.paths()


def test_a_report_that_also_offers_a_file_is_taken_from_the_page(desk, site):
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", desk.REPORT.format(more='<a href="a.docx">下载年报</a>'))

    desk.round()

    assert [body.url for body in desk.posted] == [f"{site.base}/t1.html"]


def test_a_page_of_attachments_gives_one_posting_for_each_report(desk, site):
    desk.lists(("t1.html", 2023))
    links = "".join(f'<a href="{y}.docx">{desk.TITLE.format(year=y)}</a>' for y in (2022, 2023))
    site.page("/t1.html", links)
    site.page("/2022.docx", docx())
    site.page("/2023.docx", docx() + b"x")

    desk.round()

    assert {body.year_hint for body in desk.posted} == {2022, 2023}


def test_a_single_file_with_another_year_on_it_is_still_what_the_list_announced(desk, site):
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", f'<a href="a.docx">{desk.TITLE.format(year=2022)}</a>')
    site.page("/a.docx", docx())

    desk.round()

    assert [(body.year_hint, body.title) for body in desk.posted] == [
        (2023, desk.TITLE.format(year=2023))
    ]


def test_a_link_straight_to_a_file_is_posted(desk, site):
    desk.lists(("2023.docx", 2023))
    site.page("/2023.docx", docx())

    assert desk.round().posted == 1


def test_a_second_round_asks_for_nothing_but_the_list(desk, site):
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", desk.REPORT.format(more=""))
    desk.round()
    site.asked.clear()

    assert desk.round().posted == 0
    assert site.paths() == ["/list.html"]
    assert desk.checked[-1] == ("/list.html", "unchanged")


def test_known_pages_are_asked_for_conditionally(desk, site):
    page = f'<li><a href="t1.html">{desk.TITLE.format(year=2023)}</a></li>'
    site.conditional("/list.html", page, '"l"')
    site.conditional("/t1.html", desk.REPORT.format(more=""), '"r"')
    desk.round()
    desk.clock.move(timedelta(days=2))
    site.asked.clear()

    assert desk.round() == Round(pages=1, posted=0, failed=0)
    conditions = {path: headers.get("if-none-match") for path, headers in site.asked}
    assert conditions["/list.html"] == '"l"'
    assert conditions["/t1.html"] == '"r"'


def test_a_silent_change_is_posted_and_so_is_the_change_back(desk, site):
    desk.lists(("t1.html", 2023))
    for more in ("", "更正", ""):
        site.page("/t1.html", desk.REPORT.format(more=more))
        desk.round()
        desk.clock.move(timedelta(days=2))

    assert len(desk.posted) == 3
    assert desk.posted[0].sha256 == desk.posted[2].sha256 != desk.posted[1].sha256


def test_a_file_replaced_behind_an_unchanged_page_is_posted(desk, site):
    desk.lists(("t1.html", 2023))
    site.conditional("/t1.html", '<a href="a.docx">年报</a>', '"same"')
    for data in (docx(), docx() + b"new"):
        site.page("/a.docx", data)
        desk.round()
        desk.clock.move(timedelta(days=2))

    assert len(desk.posted) == 2


def test_all_pages_of_a_column_are_read_within_bounds(desk, site):
    for number in range(1, 40):
        following = f'<a href="list_{number + 1}.html">下一页</a>'
        path = "/list.html" if number == 1 else f"/list_{number}.html"
        site.page(path, f"<html><body>{following}</body></html>")

    assert desk.round().pages == 20


def test_pages_that_lead_in_a_circle_are_read_once(desk, site):
    site.page("/list.html", '<html><a href="list_2.html">下一页</a></html>')
    site.page("/list_2.html", '<html><a href="list.html">下一页</a></html>')

    assert desk.round().pages == 2


ERROR_PAGE = "<html><head><title>404错误</title></head><body>您访问的页面不存在</body></html>"
LOGIN_PAGE = "<html><head><title>用户登录</title></head><body>用户名 密码</body></html>"


@pytest.mark.parametrize("page", [ERROR_PAGE, LOGIN_PAGE, "  "])
def test_an_error_or_login_page_with_status_200_is_no_report(desk, site, page):
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", status=302, Location="/login.html")
    site.page("/login.html", page)

    assert desk.round() == Round(pages=1, posted=0, failed=1)
    assert desk.posted == []
    assert desk.checked == [("/t1.html", "failed"), ("/list.html", "read")]


def test_an_attachment_that_turns_out_a_web_page_is_no_report(desk, site):
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", '<html><body><a href="a.docx">年报</a></body></html>')
    site.page("/a.docx", ERROR_PAGE)

    assert desk.round() == Round(pages=1, posted=0, failed=1)


@pytest.mark.parametrize(
    ("status", "outcome"), [(404, "failed"), (500, "failed"), (403, "blocked"), (429, "blocked")]
)
def test_a_list_page_that_fails_is_a_fact_about_fetching_and_nothing_else(
    desk, site, status, outcome
):
    site.page("/list.html", ERROR_PAGE, status=status)

    assert desk.round() == Round(pages=1, posted=0, failed=1)
    assert desk.checked == [("/list.html", outcome)]


@pytest.mark.parametrize("page", [ERROR_PAGE, LOGIN_PAGE])
def test_a_list_page_that_became_an_error_page_was_not_read(desk, site, page):
    site.page("/list.html", page)

    desk.round()

    assert desk.checked == [("/list.html", "failed")]


def test_a_link_to_another_site_is_blocked_and_never_asked_for(desk, site):
    desk.lists(("http://169.254.169.254/a.html", 2023))

    assert desk.round() == Round(pages=1, posted=0, failed=1)
    assert ("http://169.254.169.254/a.html", "blocked") in desk.checked


def test_a_failed_report_is_tried_again_later_and_its_recovery_is_told(desk, site):
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", status=404)
    desk.round()
    site.page("/t1.html", desk.REPORT.format(more=""))

    assert desk.round().posted == 0  # not at once
    desk.clock.move(timedelta(minutes=11))
    assert desk.round().posted == 1
    assert ("/t1.html", "read") in desk.checked


def test_a_failing_report_is_asked_for_less_and_less_often(desk, site):
    desk.lists(("t1.html", 2023))
    tries = []
    for minute in range(0, 240, 5):
        before = site.paths().count("/t1.html")
        desk.round()
        if site.paths().count("/t1.html") > before:
            tries.append(minute)
        desk.clock.move(timedelta(minutes=5))

    gaps = [later - earlier for earlier, later in pairwise(tries)]
    assert gaps == sorted(gaps)
    assert gaps[-1] >= 4 * gaps[0]


def test_one_agency_that_fails_does_not_keep_the_others(desk, site):
    desk.roster.insert(
        0, Agency(id="x", name="某局", kind="dept_county", columns=(f"{site.base}/gone.html",))
    )
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", desk.REPORT.format(more=""))

    assert desk.round() == Round(pages=2, posted=1, failed=1)


def test_a_shared_column_is_asked_for_once_and_checked_for_each_agency(desk, site):
    url = f"{site.base}/list.html"
    desk.roster.append(Agency(id="g", name="望岚县教育局", kind="dept_county", columns=(url,)))
    desk.lists()

    desk.round()

    assert site.paths() == ["/list.html"]
    assert len(desk.checked) == 2


def test_a_stopped_round_ends_between_two_requests(desk, site, fetcher):
    desk.lists(("t1.html", 2023))
    poller = Poller(fetcher, Memory(desk.states), desk.blobs, desk.clock)
    poller.stopping.set()

    assert poller.round(desk.roster) == Round()


def test_a_fault_of_ours_in_one_column_keeps_no_other_from_being_looked_at(desk, site):
    desk.roster.insert(
        0, Agency(id="x", name="某局", kind="dept_county", columns=(f"{site.base}/bad.html",))
    )
    desk.lists(("t1.html", 2023))
    site.page("/t1.html", desk.REPORT.format(more=""))
    ours = desk.fetcher

    class Broken:
        def fetch(self, url: str, **conditions: Any) -> Any:
            if url.endswith("bad.html"):
                raise KeyError("ours")
            return ours.fetch(url, **conditions)

    desk.fetcher = Broken()

    assert desk.round() == Round(pages=2, posted=1, failed=1)


def test_a_page_of_very_many_links_is_read_in_good_time(desk, site):
    links = "".join(f'<a href="{n}.html">x{n}</a>' for n in range(30_000))
    site.page("/list.html", f"<html><body><p>{links}</p></body></html>")
    started = time.monotonic()

    assert desk.round().pages == 1
    assert time.monotonic() - started < 20
