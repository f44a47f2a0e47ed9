"""Whatever is sent to the pages: a clear refusal, nothing run, nothing leaked, nobody waits."""

from __future__ import annotations

import asyncio
import csv
import io
import socket
import time
from collections.abc import Sequence
from urllib.parse import quote

import httpx
import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.view import FindingRow
from duban.errors import DubanError, EventError, StorageError
from duban.processors.processor import Chain
from duban.testing.events import read, registered, released
from duban.testing.export import MANY, opened, resolved
from duban.testing.runner import evaluator
from duban.web import exports
from duban.web.live import Live

HUGE = "9" * 400
HASH = "0" * 64


def raw(client: httpx.Client, request: bytes) -> bytes:
    """What is answered to these very bytes."""
    assert client.base_url.port
    with socket.create_connection((client.base_url.host, client.base_url.port), 10) as one:
        one.sendall(request)
        return one.recv(4096)


def test_numbers_beyond_all_bounds_are_refused_in_words(client: httpx.Client) -> None:
    for path in (
        f"/reports/a/{HUGE}", "/reports/a/9223372036854775808", "/reports/a/-1",
        f"/api/v1/reports/a/{HUGE}", "/api/v1/reports/a/18446744073709551616", f"/?year={HUGE}",
        f"/findings?page={HUGE}", f"/findings?limit={HUGE}", f"/search?q=x&page={HUGE}",
        f"/matrix?page={HUGE}", f"/matrix?within={'9' * 5000}", f"/live?position={'9' * 5000}",
    ):  # fmt: skip
        assert client.get(path).status_code == 422, path
    assert client.get("/api/v1/reports/a/0").status_code == 404


def test_files_are_named_by_their_hash_or_lie_in_one_folder(client: httpx.Client) -> None:
    names = ("." * 64, "%00" * 64, "..%2f" * 13, "..%5c..%5c", "A" * 64, "%EF%BC%91" * 64,
             "a" * 63 + "%0A", HASH, "%ff" * 64, "x" * 20_000)  # fmt: skip
    static = ("%2e%2e/app.py", "..%2fapp.py", "/etc/passwd", "%00", "a" * 5000)
    for path in (*(f"/original/{one}" for one in names), *(f"/static/{one}" for one in static)):
        assert client.get(path).status_code == 404, path


def test_originals_run_nowhere(client: httpx.Client, store: EmbeddedStore) -> None:
    for data in (b"<script>alert(1)</script>", b"%PDF-1.7", b"<svg onload='alert(1)'/>"):
        headers = client.get(f"/original/{store.blobs.put(data)}").headers
        assert headers["Content-Type"] == "application/octet-stream"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in headers["Content-Security-Policy"]
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_only_our_own_names_are_answered_to(client: httpx.Client) -> None:
    for host in (
        "evil.example", "", "127.0.0.1.evil.example", "127.0.0.1:1@evil.example", "127.0.0.1:x",
        "[::1", "localhost.", "127.0.0.1, evil.example", "evil.example:80", "0.0.0.0",
    ):  # fmt: skip
        for path in ("/", "/findings/", "/api/v1/overview", "/static/app.js", "/live"):
            answer = client.get(path, headers={"Host": host})
            assert answer.status_code == 400, (host, path)
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for host in ("127.0.0.1", "127.0.0.1:8080", "LOCALHOST", "[::1]:8080", "[::1]"):
        assert client.get("/rules", headers={"Host": host}).status_code == 200, host


def test_an_origin_that_is_none_is_foreign(client: httpx.Client) -> None:
    for origin in (b"http://[", b"//", b"http://127.0.0.1@evil", b"\xff", b"null", b""):
        answer = client.post("/check", files={"file": b"x"}, headers={"Origin": origin})
        assert answer.status_code == 403, origin


def test_other_methods_do_nothing(client: httpx.Client, store: EmbeddedStore) -> None:
    for method in ("HEAD", "OPTIONS", "TRACE", "PUT", "DELETE", "PATCH", "X" * 99):
        for path in ("/", "/upload", "/api/v1/retry", f"/original/{HASH}"):
            answer = client.request(method, path, headers={"X-Secret": "geheim"})
            assert answer.status_code in (403, 405), (method, path)
            assert "geheim" not in answer.text
    assert store.log.head("facts") == store.log.head("posted") == 0


def test_a_failure_tells_no_path_and_runs_nothing(
    client: httpx.Client, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    for error, status in ((RuntimeError, 500), (StorageError, 503), (DubanError, 503)):

        def fail(*_: object, error: type[Exception] = error) -> None:
            raise error("数据文件 /srv/geheim/duban.db 无法使用（<b>）")

        monkeypatch.setattr(store.index, "overview", fail)
        for path in ("/", "/api/v1/overview"):
            answer = client.get(path, headers={"Connection": "close"})
            assert answer.status_code == status
            assert "geheim" not in answer.text
            assert "Traceback" not in answer.text
            assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_an_event_that_is_too_new_says_so(
    client: httpx.Client, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise EventError("请升级 duban 后再试。")

    monkeypatch.setattr(store.index, "overview", fail)
    assert "请升级 duban" in client.get("/").text


@pytest.mark.usefixtures("office")
def test_no_words_break_a_search(client: httpx.Client) -> None:
    for bomb in (
        '"', '""', '" OR 1', "a AND", "NOT", "NEAR(a b)", "*", "a*", "^a", "{text}: a", "text:a",
        "-a", "\0", "a\0b", "(" * 199, '"' * 199, "a " * 99, "公 " * 99, "公,,," * 49, "😀",
        "' OR '1'='1", "\\", "%", "_", "甲" * 200, "a" * 200, "１２", "ſ", "a\nb", "\u202e", "İ",
        "\u0300" * 199, b"\xed\xa0\x80", b"\xff\xfe",
    ):  # fmt: skip
        began = time.monotonic()
        for path in ("/api/v1/search", "/search", "/findings", "/matrix"):
            assert client.get(f"{path}?q={quote(bomb)}").status_code in (200, 422), bomb
        assert time.monotonic() - began < 5, bomb


def test_bodies_that_are_no_questions_are_refused(client: httpx.Client) -> None:
    lone = b'{"event_id":"\\ud800","unit":"agency","key":"a","by":"b","reason":"c"}'
    for body in (lone, b"[" * 10_000, b'{"event_id":' * 2000, b"\xff", b"null"):
        assert client.post("/api/v1/retry", content=body).status_code in (413, 422), body[:20]


def test_a_charset_is_no_way_in(client: httpx.Client, store: EmbeddedStore) -> None:
    body = (
        b'--x\r\nContent-Disposition: form-data; name="agency"\r\n\r\n\\ud800+2AA-xn--\xff\r\n'
        b'--x\r\nContent-Disposition: form-data; name="files"; filename="\\ud800+2AA-.txt"\r\n\r\n'
        b"abc\r\n--x--\r\n"
    )
    for charset in (b"unicode_escape", b"utf-7", b"idna", b"punycode", b"zlib", b"\xff", b"utf-16"):
        kind = b"multipart/form-data; boundary=x; charset=" + charset
        for path in ("/upload", "/api/v1/upload", "/check"):
            answer = client.post(path, content=body, headers={b"Content-Type": kind})
            assert answer.status_code == 415, (charset, path)
    assert store.log.head("posted") == 0


def test_an_export_runs_no_formula_of_any_width(client: httpx.Client, store: EmbeddedStore) -> None:
    names = ("=1+1", "＝1+1", "＋1", "－1", "＠SUM(1)", "@x", '"\n=1', "a\n=1")
    store.log.append([released()])
    for n, name in enumerate(names):
        store.log.append([registered(f"a{n}", name), read(f"a{n}", 2024, "错误SUM")])
    store.runner(Chain("agency", (evaluator(),))).run_until_idle()
    for path in ("/findings.csv", "/matrix.csv"):
        text = client.get(path).text.removeprefix("\ufeff")
        head, *rows = csv.reader(io.StringIO(text))
        assert len(rows) == len(names)
        assert all(len(row) == len(head) for row in rows)
        assert not any(cell[:1] in "=＝+＋－@＠" for row in rows for cell in row if cell)


@pytest.mark.usefixtures("office")
def test_an_export_that_is_not_whole_says_so(
    client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "以上只是" not in client.get("/findings.csv").text
    monkeypatch.setattr(exports, "EXPORT_LIMIT", 1)
    monkeypatch.setattr(exports, "_ROWS_AT_ONCE", 1)
    lines = client.get("/findings.csv").text.splitlines()
    assert "以上只是前 1 条，共 2 条" in lines[-1]
    assert len(lines) == 3


def test_a_change_while_an_export_is_sent_does_not_show_in_it(
    client: httpx.Client, store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.log.append([registered("a"), *(opened("a", n) for n in range(MANY))])
    store.runner().run_until_idle()
    told = exports._finding
    sent: list[str] = []

    def changed_in_the_middle(row: FindingRow) -> Sequence[object]:
        sent.append(row.finding.fingerprint)
        if len(sent) == 1000:
            store.log.append([opened("a", MANY), *(resolved("a", n) for n in range(100))])
            store.runner().run_until_idle()
        return told(row)

    monkeypatch.setattr(exports, "_finding", changed_in_the_middle)
    rows = list(csv.reader(io.StringIO(client.get("/findings.csv").text)))[1:]

    assert {row[8] for row in rows} == {f"f{n:05}" for n in range(MANY)}
    assert len(rows) == MANY
    assert client.get("/api/v1/findings").json()["total"] == MANY - 99


def test_a_question_too_long_is_refused(client: httpx.Client) -> None:
    for length in (60_000, 200_000):
        question = b"GET /findings?q=" + b"x" * length + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
        assert raw(client, question)[:12] in (b"HTTP/1.1 422", b"HTTP/1.1 400")


@pytest.mark.usefixtures("office")
def test_the_last_page_is_as_near_as_the_first(client: httpx.Client) -> None:
    deep = "page=100000&limit=1000"
    for path in (f"/findings?{deep}", f"/api/v1/findings?{deep}", "/search?q=正常&page=5000"):
        began = time.monotonic()
        assert client.get(path).status_code == 200, path
        assert time.monotonic() - began < 2, path


@pytest.mark.usefixtures("office")
def test_before_all_events_nothing_was_known_and_a_day_asked_twice_is_refused(
    client: httpx.Client,
) -> None:
    for day in ("0001-01-01", "1969-12-31", "1970-01-01"):
        assert client.get(f"/api/v1/matrix?as_of={day}").json() == []
        assert client.get(f"/?as_of={day}").status_code == 200
        assert client.get(f"/agencies/a?as_of={day}").status_code == 404
    assert client.get("/?as_of=2025-01-01&as_of=x").status_code == 422


def test_many_pages_listen_while_slow_ones_stall(client: httpx.Client) -> None:
    host, port = client.base_url.host, client.base_url.port
    assert port
    slow = [socket.create_connection((host, port)) for _ in range(60)]
    listeners = [socket.create_connection((host, port)) for _ in range(500)]
    try:
        for one in slow:
            one.sendall(
                b"POST /check HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 99999\r\n"
                b"Content-Type: multipart/form-data; boundary=x\r\n\r\n--x\r\n"
            )
        for one in listeners:
            one.sendall(b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n")
        began = time.monotonic()
        assert client.get("/rules").status_code == 200
        assert time.monotonic() - began < 10
        for one in listeners:
            one.settimeout(20)
            assert one.recv(4096).startswith(b"HTTP/1.1 200")
    finally:
        for one in (*slow, *listeners):
            one.close()
    assert client.get("/").status_code == 200


def test_a_page_hears_of_what_is_new_after_the_index_could_not_be_read() -> None:
    asked = 0

    def wait(_: int, __: float) -> int:
        nonlocal asked
        asked += 1
        if asked == 1:
            raise StorageError("视图文件已损坏，正从事件记录重新建立。")
        return 7

    async def listen() -> str:
        live = Live(wait)
        try:
            async with asyncio.timeout(10):
                async for told in live.stream(0):
                    if told.startswith("event"):
                        return told
        finally:
            await live.close()
        return ""

    assert "data: 7" in asyncio.run(listen())
