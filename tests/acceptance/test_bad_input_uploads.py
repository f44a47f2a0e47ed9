"""What is sent to the pages of a real server: told in a sentence, and nothing is half done."""

from __future__ import annotations

import hashlib
import html
import io
import re
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import httpx
import pytest

from duban.testing.serving import Served, served

MOST_MB = 400
GIGABYTE = 2**30
BLOCK = bytes(4 * 2**20)
PAGES = ("/upload", "/check")
REPORT = "望岚县财政局2024年政府信息公开工作年度报告\n\n一、总体情况\n2024年，做好公开工作。\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("office")


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[Served]:
    roster = folder / "roster.csv"
    roster.write_text("id,name,kind\na,望岚县财政局,dept_county\nb,望岚县教育局,dept_county\n")
    with served(folder, "--no-crawl", "--roster", roster) as server:
        yield server


@pytest.fixture
def client(server: Served) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=server.address, timeout=120) as client:
        yield client


@pytest.fixture(autouse=True)
def nothing_left(server: Served) -> Iterator[None]:
    """After every test the server lives, within its memory, without a temporary file."""
    yield
    assert server.process.poll() is None
    assert server.peak_mb() < MOST_MB
    end = time.monotonic() + 5
    while server.left_behind() and time.monotonic() < end:
        time.sleep(0.05)
    assert server.left_behind() == []


def told(answer: httpx.Response) -> str:
    """What the page says, without its marks."""
    text = re.sub(r"<(script|style|datalist)\b.*?</\1>", "", answer.text, flags=re.S)
    said = html.unescape(" ".join(re.sub(r"<[^>]+>", " ", text).split()))
    assert "Traceback" not in said
    return said


def kept(folder: Path) -> dict[str, str]:
    """Every file of the data folder by its content; SQLite's own lock table apart."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in (folder / "data").rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


def uploads(client: httpx.Client) -> list[str]:
    """The titles of all files that were ever taken in."""
    return re.findall(r'<td class="name">(.*?)</td>', client.get("/files").text)


def multipart(*parts: bytes) -> bytes:
    return b"".join(b"--b\r\n" + part + b"\r\n" for part in parts) + b"--b--\r\n"


def file_part(name: bytes, data: bytes, field: bytes = b"files") -> bytes:
    head = b'Content-Disposition: form-data; name="' + field + b'"; filename="' + name + b'"'
    return head + b"\r\n\r\n" + data


def send(client: httpx.Client, page: str, body: bytes) -> httpx.Response:
    kind = {"Content-Type": "multipart/form-data; boundary=b"}
    return client.post(page, content=body, headers=kind)


@pytest.mark.parametrize("page", PAGES)
def test_ten_thousand_files_are_refused_in_a_sentence_and_none_is_kept(
    client: httpx.Client, folder: Path, page: str
) -> None:
    before = kept(folder)
    body = multipart(*(file_part(b"%d.txt" % n, b"x" * 500) for n in range(10_000)))

    answer = send(client, page, body)

    assert answer.status_code == 413
    assert "文件超过 100 个，整批没有收下任何内容" in told(answer)
    assert kept(folder) == before


def stream(server: Served, page: str, total: int) -> bytes:
    """Send a file of so many bytes over a socket, and what the server answers."""
    head = b"--b\r\n" + file_part(b"2g.pdf", b"%PDF-1.7\n")
    request = (
        f"POST {page} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
        f"Content-Type: multipart/form-data; boundary=b\r\nContent-Length: {total}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port), timeout=120) as wire:
        wire.sendall(request.encode() + head)
        left = total - len(head)
        while left:
            wire.sendall(BLOCK[:left])
            left -= min(left, len(BLOCK))
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    return answer


@pytest.mark.parametrize(("page", "total"), [("/upload", 2 * GIGABYTE), ("/check", GIGABYTE // 3)])
def test_a_file_of_two_gigabytes_is_refused_within_memory_and_disk(
    server: Served, folder: Path, page: str, total: int
) -> None:
    before = kept(folder)

    answer = stream(server, page, total).decode()

    assert answer.startswith("HTTP/1.1 413")
    assert "超过 256 MB，整批没有收下任何内容" in answer
    assert kept(folder) == before


@pytest.mark.parametrize("page", PAGES)
def test_a_connection_that_is_cut_in_the_middle_leaves_nothing(
    client: httpx.Client, server: Served, folder: Path, page: str
) -> None:
    before = kept(folder)
    head = (
        f"POST {page} HTTP/1.1\r\nHost: 127.0.0.1\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nContent-Length: 90000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", server.port)) as wire:
        wire.sendall(head.encode() + b"--b\r\n" + file_part(b"a.pdf", b"x" * 3_000_000))
        end = time.monotonic() + 10
        while not server.left_behind() and time.monotonic() < end:
            time.sleep(0.02)
        assert server.left_behind()  # so much of it lies on the disk now

    assert client.get(page).status_code == 200
    assert kept(folder) == before


def test_the_same_file_twice_is_kept_once(client: httpx.Client, folder: Path) -> None:
    data = REPORT.encode()

    first = told(
        client.post("/upload", files=[("files", ("甲.txt", data)), ("files", ("乙.txt", data))])
    )
    blobs = kept(folder).keys()
    again = told(client.post("/upload", files={"files": ("丙.txt", data)}))

    assert "以前已经收下，内容完全相同，没有重复登记" in first
    assert first.count("以前已经收下") == 1
    assert again.count("以前已经收下") == 1
    assert kept(folder).keys() == blobs


def bomb() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        with archive.open("word/document.xml", "w") as entry:
            for _ in range(64):
                entry.write(bytes(2**20))
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("make", "wanted"),
    [
        (lambda: b"", "文件是空的（0 字节）"),
        (bomb, "文件展开后超过 32 MB 或压缩比异常"),
        (lambda: b"PK\x03\x04" + bytes(300), "文件不完整"),
    ],
)
def test_a_file_that_cannot_be_a_report_is_told_on_both_pages(
    client: httpx.Client, folder: Path, make: Callable[[], bytes], wanted: str
) -> None:
    data = make()
    before = kept(folder)
    assert wanted in told(client.post("/check", files={"file": ("年报.docx", data)}))
    assert kept(folder) == before
    assert wanted in told(client.post("/upload", files={"files": ("年报.docx", data)}))


def test_names_that_are_paths_or_hold_what_nobody_sees_become_plain_titles(
    client: httpx.Client, folder: Path
) -> None:
    name = b"../../etc/\x01\x07\x1b[31mpass\xe2\x80\xaewd\xe2\x80\x8b.txt"

    said = told(send(client, "/upload", multipart(file_part(name, b"nothing of a report"))))

    assert "[31mpasswd.txt" in said
    assert not (folder / "etc").exists()
    for one in "\x01\x07\x1b\u202e\u200b":
        assert one not in said


def test_a_name_of_4000_characters_is_told_and_nothing_is_kept(
    client: httpx.Client, folder: Path
) -> None:
    before = kept(folder)
    for page in PAGES:
        name = ("年" * 4000 + ".txt").encode()
        answer = send(client, page, multipart(file_part(name, b"hello")))
        assert answer.status_code == 400
        assert "文件名过长" in told(answer)
        answer = send(client, page, multipart(file_part(b"x" * 20_000_000, b"hello")))
        assert "文件名过长" in told(answer)
    assert kept(folder) == before


@pytest.mark.parametrize("page", PAGES)
def test_forms_with_countless_fields_are_refused_for_what_they_are(
    client: httpx.Client, folder: Path, page: str
) -> None:
    before = kept(folder)
    field = b'Content-Disposition: form-data; name="f"\r\n\r\nx'
    for count in (50, 100_000):
        answer = send(client, page, multipart(*[field] * count))
        assert answer.status_code in (400, 413)
        assert "填写项过多" in told(answer)
    answer = client.post(page, data={f"f{n}": "x" for n in range(100_000)})
    assert answer.status_code in (400, 413)
    assert "填写项过多" in told(answer)
    answer = send(client, page, multipart(field + b"x" * 1_000_000))
    assert "填写的内容过长" in told(answer)
    assert kept(folder) == before


@pytest.mark.parametrize(
    ("fields", "wanted"),
    [
        ({"agency": "望岚县没有这个局"}, "名录中没有“望岚县没有这个局”"),
        ({"agency": "望岚县"}, "可能是望岚县财政局、望岚县教育局：请写全称"),
        ({"year": "二〇二四"}, "年度“二〇二四”不对：请写四位数字"),
        ({"year": "1900"}, "年度“1900”不对"),
        ({"year": "9" * 5000}, "年度“99999999999999999999…”不对"),
        ({"agency": "\x00' OR 1=1 --"}, "名录中没有"),
    ],
)
def test_an_agency_or_a_year_that_cannot_be_meant_is_told_and_nothing_is_kept(
    client: httpx.Client, folder: Path, fields: dict[str, str], wanted: str
) -> None:
    before = kept(folder)

    answer = client.post("/upload", data=fields, files={"files": ("a.txt", b"some text")})

    assert answer.status_code == 422
    assert wanted in told(answer)
    assert kept(folder) == before


def test_a_form_without_a_file_is_told(client: httpx.Client) -> None:
    for page in PAGES:
        answer = client.post(page, files={"files": ("", b"")})
        assert answer.status_code == 422
        assert "没有选择文件" in told(answer)


def test_what_is_no_form_at_all_is_told(client: httpx.Client) -> None:
    for page in PAGES:
        assert "请求不是表单" in told(client.post(page, json={}))
        assert "表单不完整或已损坏" in told(send(client, page, b"no form at all"))


def test_a_draft_is_checked_and_nothing_of_it_is_kept(client: httpx.Client, folder: Path) -> None:
    client.get("/check")
    before = kept(folder)

    said = told(client.post("/check", files={"file": ("草稿.txt", REPORT.encode() + b"1")}))

    assert "没有留存任何内容" in said
    assert kept(folder) == before
