"""Uploads: each file has its own outcome in a sentence; what is refused leaves nothing behind."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.agency import Agency
from duban.domain.event import ReportPosted
from duban.intake.job import Answer, Job
from duban.intake.unit import Intake
from duban.reading.reader import read as read_bytes
from duban.testing.clock import MovableClock
from duban.testing.events import registered
from duban.web import forms

LIMIT = 100_000  # as in the conftest
REPORT = (
    "a局2024年政府信息公开工作年度报告\n\n一、总体情况\n2024年，a局做好信息公开工作。\n".encode()
)


@pytest.fixture
def running(store: EmbeddedStore, clock: MovableClock) -> Iterator[None]:
    """Intake at work beside the pages, without its sandbox."""

    def read(job: Job) -> Answer:
        found = read_bytes(job.data)  # type: ignore[union-attr]
        return Answer(reading=found.reading, document=found.document)

    agency = Agency(id="a", name="a局", kind="dept_county")
    intake = Intake(read, store.blobs, clock, lambda: (agency,))
    store.log.append([registered("a", "a局")])
    runner = store.runner(units=[store.effect("intake", "posted", intake.handle)])
    runner.start()
    yield
    runner.stop()


Send = Callable[..., list[dict[str, object]]]


@pytest.fixture
def send(client: httpx.Client, running: None) -> Send:
    def post(
        *files: tuple[str, bytes], status: int = 200, **fields: str
    ) -> list[dict[str, object]]:
        answer = client.post(
            "/api/v1/upload", data=fields, files=[("files", file) for file in files]
        )
        assert answer.status_code == status, answer.text
        told = answer.json()
        return told if status == 200 else [told["error"]]

    return post


def postings(store: EmbeddedStore) -> list[ReportPosted]:
    bodies = [one.event.body for one in store.log.read("posted")]
    return [body for body in bodies if isinstance(body, ReportPosted)]


def test_an_uploaded_report_is_read_as_that_of_the_agency_and_year(
    send: Send, store: EmbeddedStore
) -> None:
    (one,) = send(("年报.txt", REPORT), agency="a局", year="2024")
    assert (one["came"], one["agency_id"], one["year"]) == ("read", "a", 2024), one
    (posted,) = postings(store)
    assert (posted.source, posted.agency_hint, posted.year_hint) == ("upload", "a", 2024)
    assert store.blobs.get(posted.sha256) == REPORT


def test_the_title_tells_whose_report_it_is_where_nobody_says(send: Send) -> None:
    (one,) = send(("x.txt", REPORT))
    assert (one["came"], one["agency_id"], one["year"]) == ("read", "a", 2024), one


def test_the_same_file_twice_is_known_and_nothing_is_doubled(
    send: Send, store: EmbeddedStore
) -> None:
    send(("年报.txt", REPORT), agency="a", year="2024")
    (again,) = send(("别名.txt", REPORT), agency="a", year="2024")
    assert again["came"] == "known"
    assert "没有重复" in str(again["message"])
    assert len(postings(store)) == 1
    twice = send(("1.txt", REPORT), ("2.txt", REPORT))
    assert [one["came"] for one in twice] == ["read", "known"]
    assert len(postings(store)) == 2


def test_bytes_that_were_replaced_may_come_back(
    send: Send, store: EmbeddedStore, clock: MovableClock
) -> None:
    other = REPORT.replace("做好".encode(), "做细".encode())
    for data in (REPORT, other, REPORT, other):
        clock.move(timedelta(minutes=1))
        (one,) = send(("年报.txt", data), agency="a", year="2024")
        assert one["came"] == "read", one
    assert len(postings(store)) == 4


def test_of_several_files_each_tells_its_own_outcome(send: Send, store: EmbeddedStore) -> None:
    came = send(
        ("good.txt", REPORT),
        ("empty.docx", b""),
        ("program.exe", b"MZ\x90\x00\x03\x00\x00\x00" * 50),
        ("large.txt", b"x" * (LIMIT + 1)),
        ("other.txt", "关于做好防汛工作的通知\n各单位：请做好防汛工作。\n".encode()),
    )
    assert [one["came"] for one in came] == ["read", "refused", "refused", "refused", "rejected"]
    told = [str(one["message"]) for one in came]
    assert "空的" in told[1]
    assert "文件类型" in told[2]
    assert "上限" in told[3]
    assert "待处理文件" in told[4]
    assert len(postings(store)) == 2


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\用户\\年报.txt", "年报.txt"),
        ("<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("年" * 500 + ".txt", "年" * 116 + ".txt"),
    ],
)
def test_a_name_is_a_title_and_never_a_path_or_markup(
    client: httpx.Client, running: None, store: EmbeddedStore, sent: str, kept: str
) -> None:
    page = client.post("/upload", files={"files": (sent, REPORT)})
    assert page.status_code == 200
    assert "<img src=x" not in page.text
    assert postings(store)[0].title == kept


def test_several_files_for_one_agency_and_year_are_refused_whole(
    send: Send, store: EmbeddedStore
) -> None:
    (error,) = send(
        ("1.txt", REPORT), ("2.txt", REPORT + b"2"), agency="a", year="2024", status=422
    )
    assert "一次只能上传一个" in str(error["message"])
    assert postings(store) == []


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"agency": "没有这个局"}, "名录中没有"),
        ({"agency": "局"}, "请写全称"),
        ({"year": "24"}, "四位数字"),
        ({"year": "1999"}, "四位数字"),
    ],
)
def test_an_agency_or_year_that_cannot_be_meant_is_told(
    send: Send, store: EmbeddedStore, fields: dict[str, str], told: str
) -> None:
    (error,) = send(("1.txt", REPORT), status=422, **fields)
    assert told in str(error["message"])
    assert postings(store) == []


def test_a_form_without_a_file_is_told_on_the_page(client: httpx.Client, running: None) -> None:
    answer = client.post("/upload", data={"agency": "a"}, files={"files": ("", b"")})
    assert answer.status_code == 422
    assert "没有选择文件" in answer.text
    assert 'value="a"' in answer.text


def test_ten_thousand_files_are_refused_at_once_and_none_is_kept(
    client: httpx.Client, store: EmbeddedStore
) -> None:
    files = [("files", (f"{n}.txt", b"x")) for n in range(10_000)]
    answer = client.post("/upload", files=files)
    assert answer.status_code == 413
    assert f"超过 {forms.MOST_FILES} 个" in answer.text
    assert "没有收下任何内容" in answer.text
    assert postings(store) == []


def endless(total: int) -> Iterator[bytes]:
    yield b'--b\r\nContent-Disposition: form-data; name="files"; filename="2g.pdf"\r\n\r\n'
    block = b"%PDF-" + b"0" * (2**20 - 5)
    for _ in range(total // len(block)):
        yield block
    yield b"\r\n--b--\r\n"


def test_a_file_many_times_the_limit_is_refused_without_filling_the_disk(
    client: httpx.Client, store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    monkeypatch.setattr(forms, "MOST_REQUEST_BYTES", 4 * 2**20)
    most = 0
    stop = threading.Event()

    def watch() -> None:
        nonlocal most
        while not stop.wait(0.01):
            most = max(most, sum(p.stat().st_size for p in tmp_path.glob("tmp*") if p.is_file()))

    watcher = threading.Thread(target=watch)
    watcher.start()
    answer = client.post(
        "/upload",
        content=endless(128 * 2**20),  # two gigabytes: tests/acceptance/test_bad_input_uploads.py
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    stop.set()
    watcher.join()
    assert answer.status_code == 413
    assert "4 MB" in answer.text
    assert most <= 4 * 2**20
    assert postings(store) == []
    assert not list(tmp_path.glob("tmp*"))


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{}", "application/json", 415),
        (b"no form at all", "multipart/form-data; boundary=b", 400),
        (b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--\r\n",
         "multipart/form-data; boundary=b", 400),
        (b"x", "multipart/form-data", 400),
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_in_words(
    client: httpx.Client, content: bytes, kind: str, status: int
) -> None:
    answer = client.post("/api/v1/upload", content=content, headers={"Content-Type": kind})
    assert answer.status_code == status
    assert answer.json()["error"]["message"].endswith("。")


def test_a_broken_transfer_keeps_nothing(client: httpx.Client, store: EmbeddedStore) -> None:
    def broken() -> Iterator[bytes]:
        yield from list(endless(2**21))[:2]
        raise OSError("cable pulled")

    with pytest.raises(OSError, match="cable"):
        client.post(
            "/upload",
            content=broken(),
            headers={"Content-Type": "multipart/form-data; boundary=b"},
        )
    assert client.get("/upload").status_code == 200
    assert postings(store) == []


def test_the_page_says_the_limits_before_anything_is_sent(client: httpx.Client) -> None:
    page = client.get("/upload?agency=a&year=2024").text
    assert f"最多 {forms.MOST_FILES} 个" in " ".join(page.split())
    assert 'value="a局"' in page
    assert 'value="2024"' in page


def test_names_are_offered_from_the_roster(client: httpx.Client) -> None:
    assert '<option value="c局">' in client.get("/upload").text
