"""What a reading of a column shows, and above all what it must never be taken to show."""

from __future__ import annotations

from datetime import timedelta

import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.crawler.memory import Memory
from duban.crawler.poll import Poller

OTHER = "望岚县教育局"


def test_a_column_read_to_its_end_tells_the_years_it_lists(desk, site):
    desk.lists(("a.html", 2022), ("b.html", 2023))
    for path in ("/a.html", "/b.html"):
        site.page(path, desk.REPORT.format(more=path))

    desk.round()

    [look] = desk.looks()
    assert (look.outcome, look.whole, look.links) == ("read", True, 2)
    assert (look.announced, look.unclear) == ((2022, 2023), 0)


def test_it_is_told_after_everything_seen_on_the_way(desk, site):
    desk.lists(("a.html", 2023))
    site.page("/a.html", desk.REPORT.format(more=""))

    desk.round()

    topics = [desk.log.read(topic) for topic in ("posted", "facts")]
    assert topics[0][-1].position < topics[1][-1].position


def test_a_report_that_cannot_be_fetched_is_still_announced(desk, site):
    desk.lists(("a.html", 2023))
    site.page("/a.html", status=500)

    desk.round()

    [look] = desk.looks()
    assert (look.whole, look.announced) == (True, (2023,))
    [page] = desk.looks(path="/a.html")
    assert (page.whole, page.outcome) == (False, "failed")


def test_a_title_without_a_year_is_unclear_until_its_report_was_read(desk, site):
    desk.shows("/list.html", ("a.html", "望岚县财政局政府信息公开工作年度报告"))
    site.page("/a.html", desk.REPORT.format(more=""))
    desk.round()
    desk.round()  # posted, but nobody knows yet what it is
    assert [(look.announced, look.unclear) for look in desk.looks()] == [((), 1), ((), 1)]

    desk.understood("f", 2023)
    desk.round()

    assert (desk.looks()[-1].announced, desk.looks()[-1].unclear) == ((2023,), 0)


def test_a_title_without_a_year_stays_unclear_while_its_page_fails(desk, site):
    desk.shows("/list.html", ("a.html", "望岚县财政局政府信息公开工作年度报告"))
    site.page("/a.html", desk.REPORT.format(more=""))
    desk.round()
    desk.understood("f", 2023)
    site.page("/a.html", status=500)
    desk.clock.move(timedelta(days=2))

    desk.round()

    assert desk.looks()[-1].unclear == 1


def test_in_a_shared_column_each_agency_has_its_own_years(desk, site):
    desk.joined_by("g", OTHER)
    desk.shows(
        "/list.html",
        ("a.html", desk.TITLE.format(year=2023)),
        ("b.html", f"{OTHER}2022年政府信息公开工作年度报告"),
    )

    desk.round()

    assert desk.looks("f")[-1].announced == (2023,)
    assert desk.looks("g")[-1].announced == (2022,)


def test_a_title_that_names_nobody_may_be_anybodys_until_it_is_read(desk, site):
    desk.joined_by("g", OTHER)
    desk.shows("/list.html", ("a.html", "2023年政府信息公开工作年度报告"))
    site.page("/a.html", desk.REPORT.format(more=""))
    desk.round()
    assert [desk.looks(who)[-1].announced for who in "fg"] == [(2023,), (2023,)]

    desk.understood("f", 2023)
    desk.round()

    assert [desk.looks(who)[-1].announced for who in "fg"] == [(2023,), ()]


def test_unnamed_files_of_a_page_for_many_agencies_are_all_taken(desk, site):
    desk.joined_by("g", OTHER)
    desk.shows("/list.html", ("a.html", "2023年各单位政府信息公开工作年度报告"))
    site.page(
        "/a.html",
        '<a href="1.txt">附件1.txt</a><a href="1.md">附件1.md</a><a href="2.txt">附件2.txt</a>',
    )
    site.page("/1.txt", "甲")
    site.page("/2.txt", "乙")

    desk.round()

    paths = [body.url.removeprefix(site.base) for body in desk.posted]
    assert paths == ["/1.txt", "/2.txt"]


@pytest.mark.parametrize("status", [403, 500])
def test_a_column_with_a_list_page_that_fails_was_not_read_whole(desk, site, status):
    desk.shows(
        "/list.html",
        ("a.html", desk.TITLE.format(year=2023)),
        more='<a href="list_2.html">下一页</a>',
    )
    site.page("/list_2.html", status=status)

    desk.round()

    [look] = desk.looks()
    assert not look.whole
    assert look.outcome == {403: "blocked", 500: "failed"}[status]
    assert "list_2.html" in look.error


def test_a_column_cut_off_is_not_whole(desk, site):
    for number in range(1, 30):
        path = "/list.html" if number == 1 else f"/list_{number}.html"
        following = f'<a href="list_{number + 1}.html">下一页</a>'
        desk.shows(path, (f"{number}.html", desk.TITLE.format(year=1990 + number)), more=following)

    desk.round()

    [look] = desk.looks()
    assert (look.outcome, look.whole) == ("read", False)
    assert "20" in look.error


@pytest.mark.parametrize(
    "pager",
    [
        "<p>共3页</p>",
        "<p>1/3 页</p>",
        '<a href="javascript:go(2)">下一页</a>',
        "<script>laypage({pageCount: 4})</script>",
    ],
)
def test_a_pager_that_cannot_be_followed_leaves_the_column_unread(desk, site, pager):
    desk.shows("/list.html", ("a.html", desk.TITLE.format(year=2022)), more=pager)

    desk.round()

    assert not desk.looks()[-1].whole


def test_a_pager_that_leads_back_is_not_taken_as_the_end(desk, site):
    link = ("a.html", desk.TITLE.format(year=2022))
    desk.shows("/list.html", link, more='<a href="list_2.html">下一页</a>')
    desk.shows("/list_2.html", link, more='<a href="list.html">下一页</a>')

    desk.round()

    assert not desk.looks()[-1].whole


def test_the_last_page_may_show_a_dead_pager(desk, site):
    link = ("a.html", desk.TITLE.format(year=2022))
    desk.shows("/list.html", link, more='共2页 <a href="list_2.html">下一页</a>')
    desk.shows("/list_2.html", more="<span>下一页</span> <span>尾页</span>")

    desk.round()

    assert desk.looks()[-1].whole


def test_a_list_without_any_report_proves_nothing(desk, site):
    desk.lists()

    desk.round()

    [look] = desk.looks()
    assert (look.outcome, look.whole) == ("read", False)


def test_a_walk_broken_off_tells_nothing(desk, site, fetcher):
    desk.lists(("a.html", 2022), ("b.html", 2023))
    poller = Poller(fetcher, Memory(desk.states), desk.blobs, desk.clock)

    class Stops:
        def fetch(self, url, **conditions):
            poller.stopping.set()
            return fetcher.fetch(url, **conditions)

    poller = Poller(Stops(), Memory(desk.states), desk.blobs, desk.clock)
    poller.round(desk.roster)

    assert desk.looks() == []


def test_an_agency_that_joins_a_column_gets_its_links_though_the_page_is_as_before(desk, site):
    words = f"{OTHER}2023年政府信息公开工作年度报告"
    page = f'<ul><li><a href="a.html">{words}</a></li></ul>'
    site.conditional("/list.html", page, '"same"')
    desk.round()
    assert desk.looks("f")[-1].announced == (2023,)

    desk.joined_by("g", OTHER)
    desk.round()

    assert desk.looks("f")[-1].announced == ()
    assert desk.looks("g")[-1].announced == (2023,)


def test_the_same_is_told_once_a_day_and_a_change_at_once(desk, site):
    desk.lists(("a.html", 2022))
    site.page("/a.html", desk.REPORT.format(more=""))
    for _ in range(8):
        desk.round()
        desk.clock.move(timedelta(minutes=10))
    assert [look.outcome for look in desk.looks()] == ["read", "unchanged"]

    desk.lists(("a.html", 2022), ("b.html", 2023))
    desk.round()
    assert len(desk.looks()) == 3

    desk.clock.move(timedelta(days=1))
    desk.round()
    desk.round()
    assert len(desk.looks()) == 4


def test_a_day_ends_at_midnight_in_shanghai(desk, site):
    desk.lists(("a.html", 2022))
    site.page("/a.html", desk.REPORT.format(more=""))
    desk.clock.move(timedelta(hours=14, minutes=50))  # 23:50
    desk.round()
    desk.round()
    desk.clock.move(timedelta(minutes=20))

    desk.round()

    assert len(desk.looks()) == 3


def test_a_failing_report_is_told_once_a_day_too(desk, site):
    desk.lists(("a.html", 2022))
    for _ in range(30):
        desk.round()
        desk.clock.move(timedelta(minutes=20))

    assert len(desk.looks(path="/a.html")) == 1


def test_after_a_restart_nothing_is_told_twice(desk, site, fetcher, tmp_path):
    desk.lists(("a.html", 2022))
    site.page("/a.html", desk.REPORT.format(more=""))
    desk.round()
    desk.round()
    with EmbeddedStore(tmp_path) as again:
        poller = Poller(fetcher, Memory(again.states), again.blobs, desk.clock, log=again.log)
        poller.round(desk.roster)

    assert len(desk.looks()) == 2


def test_a_report_of_nobody_known_is_posted_again_when_its_agency_joins_the_column(desk, site):
    desk.joined_by("h", "望岚县水利局")
    desk.shows("/list.html", ("a.html", f"{OTHER}2023年政府信息公开工作年度报告"))
    site.conditional("/a.html", desk.REPORT.format(more=""), '"a"')
    desk.round()
    desk.joined_by("g", OTHER)
    desk.round()
    desk.round()

    assert [body.agency_hint for body in desk.posted] == [None, "g"]
    assert desk.posted[0].sha256 == desk.posted[1].sha256


def test_a_title_whose_year_was_corrected_is_posted_again_under_that_year(desk, site):
    desk.lists(("a.html", 2022))
    site.conditional("/a.html", desk.REPORT.format(more=""), '"a"')
    desk.round()
    desk.lists(("a.html", 2023))

    desk.round()

    assert [body.year_hint for body in desk.posted] == [2022, 2023]
