"""The pages and the API over a small index: what a report holds is shown, never run."""

from __future__ import annotations

import csv
import io

import httpx
import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.obligation import Obligation
from duban.processors.processor import Chain
from duban.testing.events import due, read, registered, rejected, released
from duban.testing.runner import evaluator

EVIL = "<script>alert(1)</script>\"'&"
ROUTES = (
    "/", "/findings", "/search?q=alert", "/files", "/rules", "/reports/a/2023", "/ledger",
    "/matrix", "/agencies/a", "/agencies/b", "/aside", "/check", f"/upload?agency={EVIL}",
    f"/matrix?parent={EVIL}&q={EVIL}",
)  # fmt: skip


@pytest.fixture(autouse=True)
def evil(store: EmbeddedStore) -> None:
    reason = f"尚无定论{EVIL}"
    told = {"due_on": "2025-01-31", "opens_on": "2025-01-01", "basis": "A49"}
    store.log.append(
        [
            released(),
            registered("a", f"=cmd|{EVIL}局"),
            registered("b", "乙局", parent="a"),
            read("a", 2023, f"正文{EVIL} 错误SUM", url="javascript:alert(1)"),
            read("a", 2024, "崩溃"),
            due("b", Obligation(year=2023, stage="blocked", reason=reason, **told)),
            rejected(f"文件{EVIL}", agency_id="b", year=2023),
        ]
    )
    store.runner(Chain("agency", (evaluator(),))).run_until_idle()


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_of_a_report_becomes_markup(client: httpx.Client, route: str, lang: str) -> None:
    answer = client.get(route, params={"lang": lang} if "?" not in route else None)
    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert 'href="javascript:' not in answer.text


@pytest.mark.parametrize("route", ROUTES)
def test_every_answer_forbids_foreign_content(client: httpx.Client, route: str) -> None:
    headers = client.get(route).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"


def test_an_export_runs_no_formula(client: httpx.Client) -> None:
    text = client.get("/findings.csv").text.removeprefix("\ufeff")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) > 1
    assert not any(cell[:1] in ("=", "+", "-", "@") for row in rows for cell in row)


def test_the_export_holds_as_many_findings_as_the_page_says(client: httpx.Client) -> None:
    page = client.get("/api/v1/findings").json()
    rows = list(csv.reader(io.StringIO(client.get("/findings.csv").text)))
    assert len(rows) - 1 == page["total"]


@pytest.mark.parametrize(
    ("route", "status"),
    [
        ("/api/v1/reports/a/1999", 404),
        ("/api/v1/agencies/zz", 404),
        ("/api/v1/search", 422),
        ("/api/v1/findings?page=0", 422),
        ("/api/v1/findings?severity=fatal", 422),
        ("/api/v1/nothing", 404),
    ],
)
def test_a_failure_of_the_api_has_one_shape(client: httpx.Client, route: str, status: int) -> None:
    answer = client.get(route)
    assert answer.status_code == status
    assert answer.json()["error"]["status"] == status
    assert answer.json()["error"]["message"]


@pytest.mark.parametrize("route", ["/reports/zz/2020", "/nothing", "/findings?page=x"])
def test_a_failure_of_a_page_is_a_page(client: httpx.Client, route: str) -> None:
    answer = client.get(route)
    assert answer.status_code in (404, 422)
    assert "<h1>" in answer.text
    assert "回到总览" in answer.text


def test_the_api_document_describes_every_answer(client: httpx.Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    for path, methods in document["paths"].items():
        for method in methods.values():
            schema = method["responses"]["200"]["content"]["application/json"]["schema"]
            assert "$ref" in str(schema), path
    for name in ("Overview", "LedgerRow", "ReportView", "Aside", "Uploaded", "Checked", "Retried"):
        assert name in document["components"]["schemas"]


def test_originals_are_only_downloaded(client: httpx.Client, store: EmbeddedStore) -> None:
    sha256 = store.blobs.put(b"<script>alert(1)</script>")
    answer = client.get(f"/original/{sha256}")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert client.get("/original/../../etc/passwd").status_code == 404
