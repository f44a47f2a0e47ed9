"""Columns in several parts: what is a part, and what is told where one is out of reach."""

from __future__ import annotations

import pytest

from duban.crawler.listing import read_listing
from duban.domain.agency import Agency

URL = "http://www.a.gov.cn/zfxxgk/gknb/index.html"
OWNER = Agency(id="a", name="望岚县财政局", kind="dept_county", columns=(URL,))
REPORT = "望岚县财政局{}年政府信息公开工作年度报告"


def parts(body: str) -> list[str]:
    found = read_listing(body.encode(), URL, [OWNER], [OWNER]).parts
    return [url.removeprefix("http://www.a.gov.cn/zfxxgk/gknb/") for url in found]


@pytest.mark.parametrize(
    "words",
    [
        "2022年", "2022", "2022年度", " 2022 年 >", "二〇二二年", "2022年年报", "2022年(12)",
        "2022年政府信息公开年报", "历年年报", "往年", "县政府", "县政府部门", "部门", "县直部门",
        "乡镇街道", "镇街", "各乡镇", "乡镇、街道", "街道办事处", "区政府办公室", "县级部门",
        "乡镇（街道）",
    ],
)  # fmt: skip
def test_a_year_or_a_kind_of_agency_is_a_part_of_the_column(words: str) -> None:
    assert parts(f'<a href="x/index.html">{words}</a>') == ["x/index.html"]


@pytest.mark.parametrize(
    "words",
    ["首页", "望岚县人民政府", "政府信息公开指南", "2022年预算", "部门决算", "更多", "2022年通知",
     "财政局", "关于部门"],
)  # fmt: skip
def test_other_words_lead_to_no_part(words: str) -> None:
    assert parts(f'<a href="x/index.html">{words}</a>') == []


def test_a_year_may_lie_beside_the_column_and_a_kind_of_agency_only_below_it() -> None:
    body = (
        '<a href="/zfxxgk/gknb2022/">2022年</a><a href="/zfxxgk/bm/">部门</a>'
        '<a href="/czyjs/2022/">2022年</a><a href="http://www.b.gov.cn/2022/">2022年</a>'
    )
    assert parts(body) == ["http://www.a.gov.cn/zfxxgk/gknb2022/"]


def test_years_to_choose_from_are_parts() -> None:
    body = (
        '<select><option value="./2023/">2023年</option><option value="">请选择</option></select>'
    )
    assert parts(body) == ["2023/"]


def test_years_that_only_a_script_opens_leave_the_column_unread() -> None:
    body = (
        f'<li><a href="a.html">{REPORT.format(2023)}</a></li>'
        '<a href="javascript:void(0)" onclick="show(2022)">2022年</a>'
    )
    listing = read_listing(body.encode(), URL, [OWNER], [OWNER])
    assert len(listing.reports) == 1
    assert listing.pages > 1


def test_reports_of_the_years_behind_links_are_posted_and_told(desk, site):
    site.page(
        "/list.html",
        f'<a href="/2022/">2022年</a><a href="/a.html">{REPORT.format(2023)}</a>',
    )
    site.page(
        "/2022/", f'<a href="/list.html">2023年</a><a href="/b.html">{REPORT.format(2022)}</a>'
    )
    for path in ("/a.html", "/b.html"):
        site.page(path, desk.REPORT.format(more=path))

    assert desk.round().posted == 2

    [look] = desk.looks()
    assert (look.whole, look.announced) == (True, (2022, 2023))


def test_a_part_that_fails_leaves_the_column_unread_but_not_the_other_parts(desk, site):
    site.page("/list.html", '<a href="/2023/">2023年</a><a href="/2022/">2022年</a>')
    site.page("/2023/", status=500)
    site.page("/2022/", f'<a href="/b.html">{REPORT.format(2022)}</a>')
    site.page("/b.html", desk.REPORT.format(more=""))

    assert desk.round().posted == 1

    [look] = desk.looks()
    assert (look.outcome, look.whole) == ("failed", False)


def test_a_pager_of_one_part_that_cannot_be_followed_is_not_made_good_by_another(desk, site):
    site.page(
        "/list.html", f'<a href="/a.html">{REPORT.format(2023)}</a><a href="/2022/">2022年</a>'
    )
    site.page(
        "/2022/", f'共3页<a href="/b.html">{REPORT.format(2022)}</a><a href="/2021/">2021年</a>'
    )
    site.page("/2021/", f'<a href="/c.html">{REPORT.format(2021)}</a><a href="/2020/">2020年</a>')
    site.page("/2020/", f'<a href="/d.html">{REPORT.format(2020)}</a>')
    for path in ("/a.html", "/b.html", "/c.html", "/d.html"):
        site.page(path, desk.REPORT.format(more=path))

    assert desk.round().posted == 4
    assert not desk.looks()[0].whole


def test_the_list_of_a_year_named_like_a_report_is_not_posted_as_one(desk, site):
    site.page("/list.html", '<a href="/2022/">2022年政府信息公开工作年度报告</a>')
    site.page("/2022/", f'<a href="/b.html">{REPORT.format(2022)}</a>')
    site.page("/b.html", desk.REPORT.format(more=""))

    assert desk.round().posted == 1
    assert [posted.url for posted in desk.posted] == [f"{site.base}/b.html"]


@pytest.mark.parametrize(
    ("number", "printed", "date"),
    [
        ("001234567/2021-03-04", "（2023-01-18 09:30）", "2023-01-18"),
        ("WL2021-03-04", "发布时间：2023年1月18日", "2023-01-18"),
        ("001234567-2021-03-04", "01-18", None),
        ("001234567/2021-03-04", "", None),
        ("2021-3-4号", "[2023/01/18]", "2023-01-18"),
    ],
)
def test_a_date_in_an_index_number_is_not_the_day_of_posting(
    number: str, printed: str, date: str | None
) -> None:
    body = (
        f"<table><tr><td>1</td><td>{number}</td><td><a href='a.html'>{REPORT.format(2022)}</a></td>"
        f"<td>{printed}</td></tr></table>"
    )
    (report,) = read_listing(body.encode(), URL, [OWNER], [OWNER]).reports
    assert report.date == date
