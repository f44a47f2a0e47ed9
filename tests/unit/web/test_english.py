"""Whatever the pages and the API tell is told in Chinese and in English."""

from __future__ import annotations

import re

import httpx
import pytest
from msgspec.structs import replace

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.doubt_english import english_of
from duban.domain.event import ReportRead, decode
from duban.domain.obligation import Obligation
from duban.domain.place import Place
from duban.domain.reason_english import ENGLISH
from duban.domain.report import Cell, Table
from duban.errors import DubanError, EventError, StorageError
from duban.processors.processor import Chain
from duban.testing.events import due, read, registered, released
from duban.testing.runner import evaluator
from duban.web.site import Site

CHINESE = re.compile("[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
API = "/api/v1"
RETRY = {"event_id": "e", "unit": "agency", "key": "a", "by": "甲", "reason": "已修复"}
REFUSED = (
    ("GET", "/nothing", {}, 404),
    ("GET", "/reports/a/1999", {}, 404),
    ("GET", "/agencies/nobody", {}, 404),
    ("POST", "/overview", {}, 405),
    ("GET", "/search", {}, 422),
    ("GET", "/findings?page=x", {}, 422),
    ("GET", "/overview?as_of=2025-02-30", {}, 422),
    ("GET", "/overview?as_of=2999-01-01", {}, 422),
    ("GET", "/ledger?by=colour", {}, 422),
    ("POST", "/retry", {"content": b"{"}, 422),
    ("POST", "/retry", {"content": b"x" * 20_000}, 413),
    ("POST", "/retry", {"json": RETRY | {"by": " "}}, 422),
    ("POST", "/retry", {"json": RETRY | {"reason": ""}}, 422),
    ("POST", "/retry", {"json": RETRY | {"by": "甲" * 41}}, 422),
    ("POST", "/retry", {"json": RETRY | {"unit": "indexer"}}, 503),
    ("POST", "/retry", {"json": RETRY, "headers": {"Origin": "http://evil.example"}}, 403),
    ("POST", "/upload", {"content": b"x"}, 415),
    ("POST", "/upload", {"files": {"files": ("", b"")}}, 422),
    ("POST", "/upload", {"files": {"files": ("a.txt", b"x")}, "data": {"year": "soon"}}, 422),
    ("POST", "/upload", {"files": {"files": ("a.txt", b"x")}, "data": {"agency": "nobody"}}, 422),
    ("POST", "/check", {"files": {"file": ("", b"")}}, 422),
    ("POST", "/check", {"files": {"file": ("a.txt", b"")}}, 422),
)  # fmt: skip


def has_both(told: dict[str, object]) -> bool:
    """Whether a sentence stands there in each language, and nothing Chinese in the English."""
    chinese, english = str(told["message"]), str(told["message_en"])
    return bool(CHINESE.search(chinese)) and bool(english) and not CHINESE.search(english)


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(("method", "path", "how", "status"), REFUSED)
def test_every_refusal_of_the_api_is_told_in_both_languages(
    client: httpx.Client, method: str, path: str, how: dict[str, object], status: int
) -> None:
    answer = client.request(method, API + path, **how)  # type: ignore[arg-type]

    assert answer.status_code == status
    assert list(answer.json()) == ["error"]
    assert list(answer.json()["error"]) == ["status", "message", "message_en"]
    assert answer.json()["error"]["status"] == status
    assert has_both(answer.json()["error"])


@pytest.mark.parametrize(
    "error",
    [
        StorageError("数据文件 /srv/duban.db 已损坏。", "The file /srv/duban.db is damaged."),
        DubanError("只有中文。"),
        EventError("只有中文。"),
        ZeroDivisionError("secret"),
    ],
)
def test_every_failure_of_the_api_is_told_in_both_languages(
    site: Site, client: httpx.Client, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(*_: object) -> None:
        raise error

    monkeypatch.setattr(type(site.index), "overview", fails)

    told = client.get(API + "/overview").json()["error"]

    assert has_both(told)
    assert "/srv" not in str(told)
    assert "secret" not in str(told)


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize(
    "path",
    ["/nothing", "/reports/a/1999", "/agencies/nobody", "/findings?page=x", f"/original/{'0' * 64}",
     "/?as_of=2025-02-30", "/?as_of=2999-01-01", "/ledger?year=x"],
)  # fmt: skip
def test_a_failure_page_speaks_the_language_of_the_reader(client: httpx.Client, path: str) -> None:
    sign = "&" if "?" in path else "?"
    english = client.get(f"{path}{sign}lang=en").text
    said = re.search(r'class="failure"><h1>\d+</h1><p>([^<]+)</p>', english)

    assert said is not None
    assert not CHINESE.search(said[1])


def test_what_becomes_of_a_retry_is_told_in_both_languages(
    client: httpx.Client, office: object
) -> None:
    assert has_both(client.post(API + "/retry", json=RETRY).json())


def test_an_event_of_a_newer_program_is_told_in_both_languages() -> None:
    for data in (
        b'{"id":"e","name":"x.y","version":9,"key":"k","at":"2025-01-01T00:00:00Z","body":1}',
        b"{",
    ):
        with pytest.raises(EventError) as told:
            decode(data)
        assert has_both({"message": str(told.value), "message_en": told.value.english})


@pytest.mark.usefixtures("office")
@pytest.mark.parametrize("path", ["/files", "/agencies/c", "/reports/c/2024"])
def test_a_reader_of_english_is_told_in_english_why_a_file_was_not_read(
    client: httpx.Client, path: str
) -> None:
    why = ENGLISH["scanned"]

    assert why in client.get(f"{path}?lang=en").text
    assert why not in client.get(f"{path}?lang=zh").text


@pytest.mark.usefixtures("office")
def test_the_api_says_in_both_languages_why_a_file_was_not_read(client: httpx.Client) -> None:
    reasons = [
        client.get(API + "/reports/c/2024").json()["row"]["reason"],
        client.get(API + "/agencies/c").json()["rejected"][0]["reason"],
        client.post(API + "/check", files={"file": ("a.txt", b"\xe7\x9b\xae" * 400)}).json()[
            "reading"
        ]["reason"],
        client.post(API + "/upload", files={"files": ("a.png", b"\x89PNG\r\n\x1a\n" * 9)}).json()[
            0
        ],
    ]

    assert [one for one in reasons if not has_both(one)] == []


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_doubts_of_a_report_are_told_in_the_language_of_the_reader(
    store: EmbeddedStore, client: httpx.Client, lang: str
) -> None:
    """A damaged text, a table not to be trusted, a row of it with a reason of its own, a duty."""
    why = ("文字中有大量乱码，可能是编码错误", "单元格重叠", "该行的数据单元格与表头的列没有对齐")
    blocked = "名录没有登记该机关的栏目网址，无从查证。"
    duty = Obligation(
        year=2024, stage="blocked", due_on="2025-01-31", opens_on="2025-01-01", basis="A49",
        reason=blocked,
    )  # fmt: skip
    fact = read("b", 2024)
    assert isinstance(fact.body, ReportRead)
    tables: dict[str, Table | None] = {
        "disputes": Table(name="disputes", at=Place(), cells={}, doubt=why[1]),
        "applications": Table(
            name="applications", at=Place(),
            cells={"new_received.total": Cell(kind="unreadable", raw="", note=why[2])},
        ),
    }  # fmt: skip
    body = replace(fact.body, report=replace(fact.body.report, damaged=why[0], tables=tables))
    store.log.append([released(), registered("b", "乙局"), replace(fact, body=body)])
    store.log.append([due("b", duty)])
    store.runner(Chain("agency", (evaluator(),))).run_until_idle()

    report = client.get(f"/reports/b/2024?lang={lang}").text
    agency = client.get(f"/agencies/b?lang={lang}").text

    other = "en" if lang == "zh" else "zh"
    for sentence in why:
        both = {"zh": sentence, "en": english_of(sentence)}
        assert both[lang] in report
        assert both[other] not in report
    assert {"zh": blocked, "en": english_of(blocked)}[lang] in agency

    told = client.get(API + "/reports/b/2024").json()["report"]
    cell = told["tables"]["applications"]["cells"]["new_received.total"]
    found = told["damaged_en"], told["tables"]["disputes"]["doubt_en"], cell["note_en"]
    assert found == tuple(map(english_of, why))
    for path in ("/agencies/b", "/matrix?year=2024"):
        assert english_of(blocked) in client.get(API + path).text


def test_the_description_of_the_api_names_the_english_sentences(client: httpx.Client) -> None:
    schemas = client.get(API + "/openapi.json").json()["components"]["schemas"]

    for name, field in (
        ("Cell", "note_en"), ("Table", "doubt_en"), ("Report", "damaged_en"),
        ("Obligation", "reason_en"),
    ):  # fmt: skip
        assert schemas[name]["properties"][field]["type"] == "string"
