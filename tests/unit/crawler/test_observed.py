"""What the crawler tells of each fetch: the class of the host and what came back, no name."""

from __future__ import annotations

import httpx
import pytest

from duban.crawler.address import BlockedError
from duban.crawler.observed import ObservedFetcher, class_of
from duban.errors import FetchError
from duban.observing import FetchOutcome, HostClass, Unobserved
from duban.ports import Page


class Heard(Unobserved):
    def __init__(self) -> None:
        self.fetches: list[tuple[HostClass, FetchOutcome]] = []

    def fetched(self, hosts: HostClass, outcome: FetchOutcome, took_s: float) -> None:
        assert took_s >= 0
        self.fetches.append((hosts, outcome))


class Spoken:
    """A fetcher that answers, or fails, as it was told to."""

    def __init__(self, answer: Page | Exception) -> None:
        self.answer = answer

    def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def page(status: int, *, not_modified: bool = False) -> Page:
    return Page(
        url="http://x.gov.cn/", status=status, headers={}, body=b"", not_modified=not_modified
    )


def failed(cause: Exception | None) -> FetchError:
    error = FetchError("无法取得。")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (page(200), "ok"),
        (page(304, not_modified=True), "not_modified"),
        (page(404), "gone"),
        (page(410), "gone"),
        (page(403), "refused"),
        (page(429), "in_trouble"),
        (page(502), "in_trouble"),
        (BlockedError("不允许。"), "blocked"),
        (failed(httpx.ReadTimeout("")), "timed_out"),
        (failed(httpx.ConnectError("")), "unreachable"),
        (failed(OSError("no such host")), "unreachable"),
        (failed(None), "failed"),
        (ValueError("a fault of ours"), "failed"),
    ],
)
def test_each_answer_is_told_and_handed_on(answer: Page | Exception, outcome: str) -> None:
    heard = Heard()
    fetcher = ObservedFetcher(Spoken(answer), heard)

    if isinstance(answer, Exception):
        with pytest.raises(type(answer)):
            fetcher.fetch("http://x.gov.cn/a")
    else:
        assert fetcher.fetch("http://x.gov.cn/a") is answer

    assert heard.fetches == [("gov_cn", outcome)]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.x.gov.cn:8443/a", "gov_cn"),
        ("http://X.GOV.CN./", "gov_cn"),
        ("http://gov.cn.evil.example/", "other"),
        ("http://www.x.cn/", "other"),
        ("http://127.0.0.1:8000/", "address"),
        ("http://[::1]/", "address"),
        ("http://[broken/", "other"),
        ("", "other"),
    ],
)
def test_hosts_have_three_classes(url: str, expected: str) -> None:
    assert class_of(url) == expected
