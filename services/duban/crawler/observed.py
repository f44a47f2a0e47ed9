"""A fetcher that tells what came back, by class of host; no host is named."""

from __future__ import annotations

import ipaddress
import time
from urllib.parse import urlsplit

import httpx

from duban.crawler.address import BlockedError
from duban.errors import FetchError
from duban.observing import FetchOutcome, HostClass, Observer
from duban.ports import Fetcher, Page

_GONE = (404, 410)
_TOO_MANY = 429
_SERVER_TROUBLE = 500
_NOT_GIVEN = 400


class ObservedFetcher:
    """Implements ports.Fetcher over another one."""

    def __init__(self, fetcher: Fetcher, observer: Observer) -> None:
        self._fetcher = fetcher
        self._observer = observer

    def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        began = time.perf_counter()
        outcome: FetchOutcome = "failed"
        try:
            page = self._fetcher.fetch(url, etag=etag, last_modified=last_modified)
            outcome = _of_page(page)
        except FetchError as error:
            outcome = _of_error(error)
            raise
        finally:
            self._observer.fetched(class_of(url), outcome, time.perf_counter() - began)
        return page


def class_of(url: str) -> HostClass:
    """Whether the host is one of the government's domain, a bare address, or any other."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return "other"
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return "gov_cn" if host.rstrip(".").endswith(".gov.cn") else "other"
    return "address"


def _of_page(page: Page) -> FetchOutcome:
    if page.not_modified:
        return "not_modified"
    if page.status < _NOT_GIVEN:
        return "ok"
    if page.status in _GONE:
        return "gone"
    if page.status == _TOO_MANY or page.status >= _SERVER_TROUBLE:
        return "in_trouble"
    return "refused"


def _of_error(error: FetchError) -> FetchOutcome:
    if isinstance(error, BlockedError):
        return "blocked"
    if isinstance(error.__cause__, httpx.TimeoutException):
        return "timed_out"
    if isinstance(error.__cause__, httpx.ConnectError | OSError):
        return "unreachable"
    return "failed"
