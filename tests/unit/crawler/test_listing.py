"""List pages: annual reports are found, everything else on them is left alone."""

from __future__ import annotations

import pytest

from duban.crawler.listing import read_listing
from duban.crawler.title import agency_in, is_report, year_in
from duban.domain.agency import Agency

URL = "http://www.a.gov.cn/gknb/list.html"
COUNTY = Agency(id="c", name="望岚县人民政府", kind="county_gov", columns=(URL,))
OFFICE = Agency(id="o", name="望岚县人民政府办公室", kind="gov_office", columns=(URL,))
FINANCE = Agency(id="f", name="望岚县财政局", kind="dept_county", short_names=("县财政局",))
TOWN = Agency(id="t", name="望岚县河口镇人民政府", kind="town_gov", parent="c")


@pytest.mark.parametrize(
    "title",
    [
        "望岚县财政局2023年政府信息公开工作年度报告",
        "望岚县财政局 2023 年度政府信息公开年度报告",
        "2023年政府信息公开年报（县财政局）",
        "二〇二三年信息公开工作年度报告",
        "县财政局政府信息公开工作年度报告（2023年度）",
        "望岚县财政局2023年政府信息公开工作年度报告（更正）",
        "关于2023年政府信息公开工作年度报告",
        "干部培训中心2023年政府信息公开工作年度报告",
        "某局2023年政府信息公开工作年度报告.pdf",
        "县财政局政府信息公开工作年度报告",
    ],
)
def test_titles_of_annual_reports(title):
    assert is_report(title)


@pytest.mark.parametrize(
    "title",
    [
        "望岚县财政局政府信息公开指南",
        "关于做好2023年政府信息公开工作年度报告编制发布工作的通知",
        "望岚县财政局2023年法治政府建设年度报告",
        "望岚县财政局2023年政府网站工作年度报表",
        "望岚县财政局2023年部门决算公开说明",
        "图解：2023年政府信息公开工作年度报告",
        "2023年政府信息公开工作年度报告解读",
        "政府信息公开工作年度报告格式模板（2023年）",
        "政府信息公开年报",
        "历年政府信息公开年报",
        "首页",
        "",
    ],
)
def test_titles_of_everything_else(title):
    assert not is_report(title, "政府信息公开年报")


def test_a_bare_title_counts_only_under_the_right_column():
    assert is_report("2023年年度报告", "望岚县-政府信息公开年报")
    assert is_report("2023年年报", "政府信息公开年报")
    assert not is_report("2023年年度报告", "财政预决算")
    assert not is_report("2023年法治政府建设年度报告", "政府信息公开年报")


@pytest.mark.parametrize(
    ("title", "year"),
    [
        ("某局2023年年报", 2023), ("某局２０２３ 年年报", 2023), ("二〇二三年年报", 2023),
        ("二○一九年年报", 2019), ("2023-2024年年报", None), ("年报", None), ("第120231号", None),
        ("2023年年报（2023年1月）", 2023),
    ],
)  # fmt: skip
def test_the_year_of_a_title(title, year):
    assert year_in(title) == year


def test_the_agency_of_a_title_is_the_longest_name_in_it():
    everybody = [COUNTY, OFFICE, FINANCE, TOWN]

    assert agency_in("望岚县人民政府办公室2023年年报", everybody) == OFFICE
    assert agency_in("望岚县人民政府2023年年报", everybody) == COUNTY
    assert agency_in("望岚 县财政局 2023年年报", everybody) == FINANCE
    assert agency_in("某局2023年年报", everybody) is None


def listing(body: str, owners=(COUNTY,), roster=(COUNTY, OFFICE, FINANCE, TOWN)):
    page = f"<html><head><title>政府信息公开年报</title></head><body>{body}</body></html>"
    return read_listing(page.encode(), URL, owners, roster)


LIST_STYLE = """<ul>
<li><a href="t1.html" title="望岚县人民政府2023年政府信息公开工作年度报告">
望岚县人民…</a>
<span>2024-01-20</span></li>
<li><a href="/other/t2.html">望岚县人民政府2022年政府信息公开工作年度报告</a>
<span>2023年1月9日</span></li>
<li><a href="t3.html">望岚县政府信息公开指南</a><span>2023-05-05</span></li></ul>
<a href="javascript:go(2)">2021年政府信息公开工作年度报告</a>"""
TABLE_STYLE = """<table><tr><th>序号</th><th>标题</th><th>日期</th></tr>
<tr><td>1</td><td><a href="t1.html">望岚县人民政府2023年政府信息公开工作年度报告</a></td>
<td>[2024/01/20]</td></tr></table>
<div class="page"><a href="list.html">首页</a> <a href="list_2.html">下一页</a>
<a href="list_9.html">尾页</a></div>"""


def test_a_list_of_lines_gives_title_address_year_and_date():
    found = listing(LIST_STYLE).reports

    assert [(r.url, r.year, r.date, r.agency_id) for r in found] == [
        ("http://www.a.gov.cn/gknb/t1.html", 2023, "2024-01-20", "c"),
        ("http://www.a.gov.cn/other/t2.html", 2022, "2023-01-09", "c"),
    ]
    assert found[0].title.endswith("年度报告")


def test_a_table_gives_the_same_and_the_next_page():
    found = listing(TABLE_STYLE)

    assert [(r.year, r.date) for r in found.reports] == [(2023, "2024-01-20")]
    assert found.next_page == "http://www.a.gov.cn/gknb/list_2.html"


def test_pages_numbered_by_script_are_found():
    script = '<script>createPageHTML(3, 0, "index", "html");</script>'

    assert listing(script).next_page == "http://www.a.gov.cn/gknb/index_1.html"
    assert listing(script.replace("(3, 0", "(3, 2")).next_page is None


def test_the_last_page_has_no_next():
    assert listing('<a href="http://other.example/x">下一页</a>').next_page is None
    assert listing('<a href="list.html">下一页</a>').next_page is None


def test_a_wrong_name_in_a_title_does_not_change_the_owner():
    wrong = '<li><a href="t1.html">望岚县财政局2023年政府信息公开工作年度报告</a></li>'
    finance = Agency(id="f", name="望岚县财政局", kind="dept_county", columns=("http://b/",))

    assert listing(wrong, roster=(COUNTY, finance)).reports[0].agency_id == "c"


def test_an_agency_without_a_column_is_found_in_that_of_its_parent():
    guest = '<li><a href="t1.html">河口镇人民政府2023年政府信息公开工作年度报告</a></li>'
    named = '<li><a href="t1.html">望岚县河口镇人民政府2023年政府信息公开工作年度报告</a></li>'

    assert listing(named).reports[0].agency_id == "t"
    assert listing(guest).reports[0].agency_id == "c"


def test_in_a_shared_column_a_title_without_a_name_belongs_to_nobody():
    nameless = '<li><a href="t1.html">2023年政府信息公开工作年度报告</a></li>'

    assert listing(nameless, owners=(COUNTY, OFFICE)).reports[0].agency_id is None


def test_a_gbk_page_with_a_wrong_declaration_is_read():
    body = '<meta charset="utf-8"><li><a href="t1.html">某局2023年政府信息公开工作年度报告</a></li>'

    found = read_listing(body.encode("gb18030"), URL, [COUNTY], [COUNTY])

    assert found.reports[0].title == "某局2023年政府信息公开工作年度报告"


@pytest.mark.parametrize(
    "body", [b"", b"\0" * 100, b"<a href='http://[bad'>2023x</a>", b"<" * 9999]
)
def test_anything_may_come_and_nothing_is_found(body):
    assert read_listing(body, URL, [COUNTY], [COUNTY]).reports == ()
