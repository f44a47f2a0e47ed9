"""What changes something is taken from our own pages only; looking never changes anything."""

from __future__ import annotations

import httpx
import pytest

from duban.adapters.embedded.store import EmbeddedStore

ACTS = ("/upload", "/check", "/aside", "/api/v1/upload", "/api/v1/check", "/api/v1/retry")
FOREIGN = (
    {"Origin": "http://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:1"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
)


@pytest.mark.parametrize("path", ACTS)
@pytest.mark.parametrize("headers", FOREIGN)
def test_a_post_of_another_site_is_refused(
    client: httpx.Client, store: EmbeddedStore, path: str, headers: dict[str, str]
) -> None:
    answer = client.post(path, files={"files": ("1.txt", b"text")}, headers=headers)
    assert answer.status_code == 403
    assert "什么也没有改变" in answer.text
    assert store.log.head("posted") == 0


def test_a_post_of_our_own_page_is_taken(client: httpx.Client) -> None:
    own = str(client.base_url).rstrip("/")
    headers = {"Origin": own, "Sec-Fetch-Site": "same-origin"}
    answer = client.post("/check", files={"file": ("1.txt", b"text")}, headers=headers)
    assert answer.status_code == 200


def test_another_host_name_is_refused(client: httpx.Client) -> None:
    headers = {"Host": "evil.example", "Origin": "http://evil.example"}
    assert (
        client.post("/check", files={"file": ("1.txt", b"x")}, headers=headers).status_code == 400
    )


@pytest.mark.parametrize("path", ACTS)
def test_a_get_never_acts(client: httpx.Client, store: EmbeddedStore, path: str) -> None:
    before = [store.log.head(topic) for topic in ("posted", "facts", "conclusions")]  # type: ignore[arg-type]
    answer = client.get(path, params={"event": "x", "by": "x", "reason": "x", "agency": "a"})
    assert answer.status_code == (405 if path.startswith("/api") else 200)
    assert [store.log.head(topic) for topic in ("posted", "facts", "conclusions")] == before  # type: ignore[arg-type]
