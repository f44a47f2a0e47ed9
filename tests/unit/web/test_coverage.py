"""Front page, ledger, matrix and agency: the numbers add up, and each leads to its reports."""

from __future__ import annotations

import csv
import io
import re
import sqlite3

import httpx
import pytest

from duban.adapters.embedded import ledger_query
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.obligation import Obligation
from duban.domain.view import STATES, Ledger, LedgerBy, Scope
from duban.processors.processor import Chain
from duban.testing.events import due, registered
from duban.testing.runner import evaluator

pytestmark = pytest.mark.usefixtures("office")


def cells(page: str) -> int:
    """How many reports the matrix shows."""
    return len(re.findall(r'<td><a class="dot', page))


def table(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))


def test_every_state_has_its_agency(client: httpx.Client) -> None:
    rows = client.get("/api/v1/matrix").json()
    assert {row["agency_id"]: row["state"] for row in rows} == {
        "a": "compliant", "b": "failing", "c": "unreadable", "d": "blocked", "e": "absent",
        "f": "waived", "g": "not_yet_due",
    }  # fmt: skip


def test_the_front_page_prints_a_sum_that_holds(client: httpx.Client) -> None:
    page = client.get("/").text
    owed, *parts = [int(n) for n in re.findall(r"<span>[^<]*</span><b>(\d+)</b>", page)]
    assert owed == sum(parts) == 7
    assert len(parts) == len(STATES)
    printed = re.search(r'<p class="sum">(.*?)</p>', page, re.DOTALL)
    assert printed
    told = [int(n) for n in re.findall(r"<b>(\d+)</b>", printed[1])]
    assert told == [owed, *parts]


@pytest.mark.parametrize("path", ["/", "/ledger", "/ledger?year=2024&kind=dept_county"])
def test_every_number_leads_to_as_many_reports(client: httpx.Client, path: str) -> None:
    page = client.get(path).text
    links = re.findall(r'href="(/matrix\?[^"]*)"[^>]*>(?:<span>[^<]*</span><b>)?(\d+)<', page)
    assert len(links) >= 7
    for link, number in links:
        shown = client.get(link.replace("&amp;", "&")).text
        assert cells(shown) == int(number), link


def test_the_front_page_tells_what_is_overdue_and_the_day_that_proved_it(
    client: httpx.Client,
) -> None:
    page = client.get("/").text
    section = page[page.index('id="overdue"') : page.index('id="reminders"')]
    assert "e局" in section
    assert "2025年2月1日" in section
    assert "d局" not in section


def test_a_reminder_is_shown_as_a_state_and_never_as_a_finding(client: httpx.Client) -> None:
    page = client.get("/").text
    section = page[page.index('id="reminders"') : page.index('id="recent"')]
    assert "还有 49 天" in " ".join(section.split())
    assert "g镇人民政府" in section
    assert not [
        row for row in client.get("/api/v1/findings").json()["rows"] if row["agency_id"] == "g"
    ]


def test_what_may_make_the_figures_doubtful_stands_above_them(client: httpx.Client) -> None:
    page = client.get("/").text
    assert page.index("时钟被拨回。") < page.index('class="cards')
    assert "The clock was set back." in client.get("/?lang=en").text


def test_the_ledger_counts_late_reports_beside_the_sum(client: httpx.Client) -> None:
    (row,) = client.get("/api/v1/ledger").json()
    assert (row["key"], row["late"], row["ledger"]["owed"]) == ("2024", 1, 7)
    shown = client.get("/matrix?late=1").text
    assert cells(shown) == 1
    assert "b局" in shown


def test_the_ledger_to_take_away_has_the_numbers_of_the_page(
    client: httpx.Client, store: EmbeddedStore
) -> None:
    head, *rows = table(client.get("/ledger.csv").text)
    assert head[2] == "应报"
    for by, name in (("year", "年度"), ("kind", "类别"), ("parent", "主管机关")):
        ledgers = [row.ledger for row in store.index.ledger(Scope(), by)]
        told = [[int(n) for n in row[2:-1]] for row in rows if row[0] == name]
        assert told == [
            [getattr(one, field) for field in Ledger.__struct_fields__] for one in ledgers
        ]
        assert all(owed == sum(parts) for owed, *parts in told)


def test_the_ledger_to_take_away_counts_the_same_reports_in_each_part(
    client: httpx.Client, office: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where an agency comes to owe a report while it is written."""
    count, keys = ledger_query.ledger, iter("xyz")

    def and_another(connection: sqlite3.Connection, scope: Scope, by: LedgerBy) -> object:
        told = count(connection, scope, by)
        key = next(keys)
        owes = Obligation(
            year=2024, stage="not_yet_due", due_on="2025-01-31", opens_on="2025-01-01", basis="A49"
        )
        office.log.append([registered(key, f"{key}局"), due(key, owes)])
        office.runner(Chain("agency", (evaluator(),))).run_until_idle()
        return told

    monkeypatch.setattr(ledger_query, "ledger", and_another)

    _, *rows = table(client.get("/ledger.csv").text)

    assert next(keys, None) is None
    owed = {name: sum(int(row[2]) for row in rows if row[0] == name) for name, *_ in rows}
    assert owed == {"年度": 7, "类别": 7, "主管机关": 7}


@pytest.mark.parametrize(
    ("query", "agencies"),
    [
        ("", "abcdefg"),
        ("?state=absent", "e"),
        ("?kind=town_gov", "g"),
        ("?q=c局", "c"),
        ("?parent=city&state=waived", "f"),
        ("?parent=-", ""),
        ("?year=2023", ""),
        ("?within=15", "g"),
    ],
)
def test_the_matrix_shows_what_is_asked_for(
    client: httpx.Client, query: str, agencies: str
) -> None:
    page = client.get(f"/matrix{query}").text
    shown = re.findall(r'<th scope="row"><a href="/agencies/(\w+)"', page)
    assert "".join(shown) == agencies
    assert [row["agency_id"] for row in client.get(f"/api/v1/matrix{query}").json()] == shown
    assert len(table(client.get(f"/matrix.csv{query}").text)) - 1 == len(shown)
    if not agencies:
        assert "没有符合条件的年报" in page


def test_the_matrix_is_paged_by_agency(client: httpx.Client, store: EmbeddedStore) -> None:
    more = [f"n{n:03}" for n in range(150)]
    duty = Obligation(
        year=2024, stage="not_yet_due", due_on="2025-03-31", opens_on="2025-01-01", basis="A49"
    )
    events = [event for key in more for event in (registered(key), due(key, duty))]
    store.log.append(events)
    store.runner().run_until_idle()

    first, second = (client.get(f"/matrix?page={n}").text for n in (1, 2))

    assert (cells(first), cells(second)) == (100, 57)
    assert "157" in first
    assert cells(client.get("/matrix?page=9").text) == 57


def test_an_agency_is_shown_with_all_that_stands_in_its_way(client: httpx.Client) -> None:
    late = client.get("/agencies/b").text
    assert "甲市人民政府" in late
    assert "2025年2月3日至2月5日之间" in late
    assert "迟至少 3 天" in " ".join(late.split())
    assert "期限以后栏目一直没有打开。" in client.get("/agencies/d").text
    assert "没有打开" in client.get("/agencies/d").text
    assert "整个栏目读完" in client.get("/agencies/a").text
    assert "扫描件" in client.get("/agencies/c").text
    assert "7 个" in " ".join(client.get("/agencies/city").text.split())
    assert client.get("/agencies/nobody").status_code == 404


def test_a_printed_day_is_told_as_such(client: httpx.Client) -> None:
    page = client.get("/reports/a/2024").text
    assert "2025年1月20日" in page
    assert "之间" not in page


def test_an_absent_report_has_a_page_that_says_so(client: httpx.Client) -> None:
    page = client.get("/reports/e/2024").text
    assert "未检索到" in page
    assert "2025年2月1日" in page


def test_nothing_of_the_ledger_needs_more_than_a_click(client: httpx.Client) -> None:
    for path in ("/", "/ledger", "/matrix", "/agencies/b", "/reports/b/2024"):
        page = client.get(path).text
        for link in set(re.findall(r'href="(/[^"#]*)', page)):
            if not link.startswith(("/original", "/live")):
                assert client.get(link.replace("&amp;", "&")).status_code == 200, (path, link)
