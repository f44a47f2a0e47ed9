"""自查: what is checked is shown like a report, and nothing of it is kept."""

from __future__ import annotations

import hashlib
from pathlib import Path

import httpx
import pytest

from duban.adapters.embedded.store import EmbeddedStore

DRAFT = Path(__file__).parents[3] / "samples" / "twins" / "town_2024_lost_ordinals.txt"


def kept(folder: Path) -> dict[str, str]:
    """Every file of the data folder by its content; SQLite's own lock table apart."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith("-shm")
    }


@pytest.fixture
def heads(store: EmbeddedStore) -> dict[str, int]:
    return {topic: store.log.head(topic) for topic in ("posted", "facts", "conclusions")}  # type: ignore[arg-type]


def test_a_draft_is_shown_like_a_report_and_nothing_is_kept(
    client: httpx.Client, office: EmbeddedStore, tmp_path: Path, heads: dict[str, int]
) -> None:
    client.get("/check")
    before = kept(tmp_path / "data")
    page = client.post("/check", files={"file": ("草稿.txt", DRAFT.read_bytes())})
    assert page.status_code == 200
    assert kept(tmp_path / "data") == before
    assert {topic: office.log.head(topic) for topic in heads} == heads  # type: ignore[arg-type]
    assert "没有留存任何内容" in page.text
    assert 'id="extracted"' in page.text
    assert 'data-path="applications.' in page.text
    assert "核对项" in page.text
    assert "2024" in page.text


def test_a_program_gets_the_reading_and_the_judgement(client: httpx.Client) -> None:
    answer = client.post("/api/v1/check", files={"file": ("草稿.txt", DRAFT.read_bytes())}).json()
    assert answer["reading"]["report"]["year"] == 2024
    assert answer["judgement"]["coverage"]["assertions"] == 0
    assert answer["name"] == "草稿.txt"


@pytest.mark.parametrize(
    ("name", "data", "told"),
    [
        ("空.docx", b"", "空的"),
        ("大.txt", b"x" * 100_001, "上限"),
        ("程序.exe", b"MZ\x90\x00\x03\x00\x00\x00" * 50, "没能当作年报"),
        ("通知.txt", "关于防汛工作的通知\n请做好防汛工作。\n".encode(), "没能当作年报"),
        ("坏.docx", b"PK\x03\x04broken", "没能当作年报"),
    ],
)
def test_what_cannot_be_checked_is_told_in_a_sentence(
    client: httpx.Client, name: str, data: bytes, told: str
) -> None:
    page = client.post("/check", files={"file": (name, data)})
    assert page.status_code in (200, 422)
    assert told in page.text
    assert "没有收下" not in page.text
    assert 'id="extracted"' not in page.text


def test_one_draft_at_a_time(client: httpx.Client) -> None:
    files = [("file", ("1.txt", b"1")), ("file", ("2.txt", b"2"))]
    assert "只看一份" in client.post("/check", files=files).text
    assert "没有选择文件" in client.post("/check", files={"file": ("", b"")}).text


def test_the_words_of_a_draft_never_become_markup(client: httpx.Client) -> None:
    data = DRAFT.read_text(encoding="utf-8").replace("一、", "一、<script>alert(1)</script>", 1)
    name = "<script>alert(1)</script>.txt"
    page = client.post("/check", files={"file": (name, data.encode())})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
