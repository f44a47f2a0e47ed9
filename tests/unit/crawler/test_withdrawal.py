"""Reports that vanish: withdrawn only when the list and their own address both say so."""

from __future__ import annotations

from datetime import timedelta

import pytest

from duban.domain.agency import Agency
from duban.domain.event import PageChecked, ReportWithdrawn


@pytest.fixture
def two(desk, site):
    """Two reports were listed and posted."""
    desk.lists(("a.html", 2022), ("b.html", 2023))
    for path in ("/a.html", "/b.html"):
        site.page(path, desk.REPORT.format(more=path))
    desk.round()
    return desk


def vanish(site, path, status=404):
    site.page(path, "<title>404</title>页面不存在", status=status)


@pytest.mark.parametrize("status", [404, 410])
def test_a_report_neither_listed_nor_there_is_withdrawn(two, site, status):
    two.lists(("a.html", 2022))
    vanish(site, "/b.html", status)

    two.round()

    [gone] = two.withdrawn
    assert (gone.agency_id, gone.url) == ("f", f"{site.base}/b.html")
    assert (gone.http_status, gone.sha256) == (status, two.posted[1].sha256)


def test_the_reading_that_lacks_it_comes_before_the_withdrawal(two, site):
    two.lists(("a.html", 2022))
    vanish(site, "/b.html")
    two.round()

    last = [type(one.event.body) for one in two.log.read("facts")][-2:]
    assert last == [PageChecked, ReportWithdrawn]


def test_it_is_told_once(two, site):
    two.lists(("a.html", 2022))
    vanish(site, "/b.html")
    for _ in range(3):
        two.round()
        two.clock.move(timedelta(days=2))

    assert len(two.withdrawn) == 1


def test_a_report_only_moved_off_the_list_is_still_there_and_still_watched(two, site):
    two.lists(("a.html", 2022))
    two.round()
    assert two.withdrawn == []
    site.page("/b.html", two.REPORT.format(more="更正"))
    two.clock.move(timedelta(days=2))

    two.round()

    assert len(two.posted) == 3
    vanish(site, "/b.html")
    two.clock.move(timedelta(days=2))
    two.round()
    assert len(two.withdrawn) == 1


def test_a_listed_report_that_is_not_there_is_a_failure_only(two, site):
    vanish(site, "/b.html")
    two.clock.move(timedelta(days=2))

    two.round()

    assert two.withdrawn == []


@pytest.mark.parametrize("status", [200, 403, 500])
def test_any_other_answer_proves_nothing(two, site, status):
    two.lists(("a.html", 2022))
    vanish(site, "/b.html", status)

    two.round()

    assert two.withdrawn == []
    assert len(two.posted) == 2


def test_a_redirect_to_the_home_page_proves_nothing(two, site):
    two.lists(("a.html", 2022))
    site.page("/b.html", status=302, Location="/")
    site.page("/", "<html><body>望岚县人民政府</body></html>")

    two.round()

    assert two.withdrawn == []
    assert len(two.posted) == 2


def test_a_redirect_to_a_page_with_the_status_404_does(two, site):
    two.lists(("a.html", 2022))
    site.page("/b.html", status=302, Location="/404.html")

    two.round()

    assert len(two.withdrawn) == 1


def test_a_list_that_lost_everything_withdraws_nothing(two, site):
    two.lists()
    vanish(site, "/a.html")
    vanish(site, "/b.html")

    two.round()

    assert two.withdrawn == []


def test_nothing_is_withdrawn_while_the_column_cannot_be_read(two, site):
    two.lists(("a.html", 2022))
    two.round()
    site.page("/list.html", status=404)
    vanish(site, "/b.html")
    two.clock.move(timedelta(days=2))

    two.round()

    assert two.withdrawn == []


def test_the_same_bytes_at_the_same_address_are_posted_again(two, site):
    page = site.pages["/b.html"]
    for _ in range(2):
        two.lists(("a.html", 2022))
        vanish(site, "/b.html")
        two.clock.move(timedelta(days=2))
        two.round()
        two.lists(("a.html", 2022), ("b.html", 2023))
        site.pages["/b.html"] = page
        two.clock.move(timedelta(days=2))
        two.round()

    assert len(two.withdrawn) == 2
    assert [body.sha256 for body in two.posted[1:]] == [two.posted[1].sha256] * 3


def test_a_file_is_withdrawn_when_the_file_is_gone_not_when_its_page_is(desk, site):
    desk.lists(("a.html", 2022), ("b.html", 2023))
    site.page("/a.html", desk.REPORT.format(more=""))
    site.page("/b.html", '<a href="b.txt">年报.txt</a>')
    site.page("/b.txt", "报告")
    desk.round()
    desk.lists(("a.html", 2022))
    vanish(site, "/b.html")
    desk.round()
    assert desk.withdrawn == []

    vanish(site, "/b.txt")
    desk.clock.move(timedelta(days=2))
    desk.round()

    assert [body.url for body in desk.withdrawn] == [f"{site.base}/b.txt"]


def test_a_report_of_nobody_in_particular_concerns_all_of_the_column(desk, site):
    desk.joined_by("g", "望岚县教育局")
    desk.shows(
        "/list.html",
        ("a.html", desk.TITLE.format(year=2022)),
        ("b.html", "2023年度政府信息公开工作年度报告"),
    )
    site.page("/a.html", desk.REPORT.format(more="a"))
    site.page("/b.html", desk.REPORT.format(more="b"))
    desk.round()
    desk.lists(("a.html", 2022))
    vanish(site, "/b.html")

    desk.round()

    assert {body.agency_id for body in desk.withdrawn} == {"f", "g"}


def test_a_report_still_listed_in_another_column_is_not_withdrawn(two, site):
    second = f"{site.base}/more.html"
    two.roster[0] = Agency(
        id="f", name="望岚县财政局", kind="dept_county", columns=(*two.roster[0].columns, second)
    )
    two.shows("/more.html", ("b.html", two.TITLE.format(year=2023)))
    two.lists(("a.html", 2022))
    vanish(site, "/b.html")

    two.round()

    assert two.withdrawn == []


def test_when_much_of_a_site_is_gone_at_once_nothing_is_withdrawn(desk, site, caplog):
    years = range(2010, 2022)
    desk.lists(*((f"{year}.html", year) for year in years))
    for year in years:
        site.page(f"/{year}.html", desk.REPORT.format(more=str(year)))
    desk.round()
    desk.lists(("2010.html", 2010))
    for year in years:
        vanish(site, f"/{year}.html")
    caplog.clear()

    desk.round()

    assert desk.withdrawn == []
    lines = [one for one in caplog.records if one.__dict__.get("action") == "withdrawals_doubted"]
    assert len(lines) == 1
