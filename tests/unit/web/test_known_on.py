"""Asked as known on a day, every page shows that day, says so, and leads back to now."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import httpx
import msgspec
import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.testing.clock import SHANGHAI
from duban.testing.events import registered

pytestmark = pytest.mark.usefixtures("office")

PATHS = (
    "/", "/ledger", "/matrix", "/findings", "/agencies/e", "/reports/e/2024", "/files", "/aside",
    "/search?q=正常",
)  # fmt: skip


def on(path: str, day: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}as_of={day}"


@pytest.mark.parametrize("path", PATHS)
def test_the_day_is_told_and_now_is_a_click_away(client: httpx.Client, path: str) -> None:
    page = client.get(on(path, "2025-01-30")).text
    told = re.search(r'<p class="past".*?</p>', page, re.DOTALL)
    assert told
    assert "2025年1月30日" in told[0]
    back = re.search(r'<a href="([^"]*)"', told[0])
    assert back
    assert "as_of" not in back[1]
    assert 'class="past"' not in client.get(path).text


@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_the_past_does_not_move(client: httpx.Client, path: str) -> None:
    assert "data-position" not in client.get(on(path, "2025-01-30")).text
    assert "data-position" in client.get(path).text


def test_links_keep_the_day(client: httpx.Client) -> None:
    for path in ("/", "/ledger", "/matrix", "/agencies/e", "/reports/e/2024"):
        page = client.get(on(path, "2025-01-30")).text
        main = page[page.index("<main") : page.index("</main>")]
        links = re.findall(r'href="(/(?:matrix|ledger|findings|agencies|reports)[^"]*)"', main)
        assert links, path
        assert all("as_of=2025-01-30" in link for link in links), path


def test_what_was_proved_later_was_not_known_then(client: httpx.Client) -> None:
    def states(day: str) -> dict[str, str]:
        rows = client.get(f"/api/v1/matrix?as_of={day}").json()
        return {row["agency_id"]: row["state"] for row in rows}

    assert states("2025-01-19") == {}
    assert states("2025-01-25")["e"] == "not_yet_due"
    assert states("2025-02-02")["e"] == "absent"
    assert "b" not in states("2025-02-04")
    assert states("2025-02-05")["b"] == "failing"
    assert states("2025-02-10") == {
        row["agency_id"]: row["state"] for row in client.get("/api/v1/matrix").json()
    }


def test_the_end_of_the_day_counts_in_shanghai(client: httpx.Client) -> None:
    """Report `a` was judged at nine in the morning of 20 January, Shanghai time."""
    assert client.get("/api/v1/reports/a/2024?as_of=2025-01-19").status_code == 404
    assert client.get("/api/v1/reports/a/2024?as_of=2025-01-20").status_code == 200


def test_a_day_ends_with_its_last_microsecond_in_shanghai(
    client: httpx.Client, store: EmbeddedStore
) -> None:
    midnight = datetime(2025, 2, 8, tzinfo=SHANGHAI)
    for key, moment in (("last", midnight - timedelta(microseconds=1)), ("next", midnight)):
        store.log.append([msgspec.structs.replace(registered(key), at=moment.astimezone(UTC))])
    store.runner().run_until_idle()

    def status(key: str, day: str) -> int:
        return client.get(f"/api/v1/agencies/{key}?as_of={day}").status_code

    assert [status("last", f"2025-02-0{n}") for n in (6, 7, 8)] == [404, 200, 200]
    assert [status("next", f"2025-02-0{n}") for n in (6, 7, 8)] == [404, 404, 200]


def test_tables_to_take_away_are_those_of_the_day(client: httpx.Client) -> None:
    for name in ("matrix", "ledger", "findings"):
        then = client.get(f"/{name}.csv?as_of=2025-01-19")
        assert then.status_code == 200
        assert "2025-01-19" in then.headers["Content-Disposition"]
        assert len(then.text.splitlines()) == 1
        assert len(client.get(f"/{name}.csv").text.splitlines()) > 1


@pytest.mark.parametrize(
    ("day", "told"),
    [
        ("2025-02-11", "还没有到"),
        ("2999-01-01", "还没有到"),
        ("2025-02-30", "年月日"),
        ("20250101", "年月日"),
        ("昨天", "年月日"),
        ("2025-1-1", "年月日"),
        ("<script>", "年月日"),
    ],
)
def test_a_day_that_cannot_be_is_refused_in_words(
    client: httpx.Client, day: str, told: str
) -> None:
    for path in ("/", "/ledger", "/matrix.csv", "/api/v1/overview"):
        answer = client.get(path, params={"as_of": day})
        assert answer.status_code == 422
        assert told in answer.text
        assert "<script>" not in answer.text.replace('<script src="/static', "")


def test_no_day_is_now(client: httpx.Client) -> None:
    assert client.get("/?as_of=").status_code == 200


def test_nothing_is_offered_that_would_change_the_past(client: httpx.Client) -> None:
    assert "补上传" in client.get("/agencies/e").text
    assert "补上传" not in client.get("/agencies/e?as_of=2025-02-02").text
