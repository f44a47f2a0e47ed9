"""Fetches pages over HTTP: politely, within limits, and only from where it may."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from email.utils import parsedate_to_datetime
from urllib.parse import urljoin

import httpx

from duban import __version__
from duban.crawler.address import BlockedError, Gate, Host, Target
from duban.crawler.body import take
from duban.crawler.pace import Pace
from duban.crawler.robots import AGENT, Robots
from duban.crawler.watchdog import Watchdog
from duban.errors import FetchError
from duban.ports import Page

_REDIRECTS = (301, 302, 303, 307, 308)
_IN_TROUBLE = (429, 500, 502, 503, 504)
MAX_BYTES = 64 * 1024 * 1024
MAX_REDIRECTS = 5
TOTAL_S = 60.0
_ADDRESSES_TRIED = 3
_TIMEOUT = httpx.Timeout(connect=10.0, read=15.0, write=10.0, pool=10.0)
# A connection of its own for each request: the watchdog must know which one to cut.
_NO_REUSE = httpx.Limits(max_keepalive_connections=0)


class HttpFetcher(AbstractContextManager["HttpFetcher"]):
    """Implements ports.Fetcher; may be used by several threads.

    `contact` tells a site's keeper whom to ask; it stands in every request. Proxies of the
    environment are not used: behind one, the address could not be checked.
    """

    def __init__(
        self,
        gate: Gate,
        pace: Pace,
        *,
        contact: str | None = None,
        max_bytes: int = MAX_BYTES,
        total_s: float = TOTAL_S,
    ) -> None:
        self._gate = gate
        self._pace = pace
        self._max_bytes = max_bytes
        self._total_s = total_s
        about = f"; {contact}" if contact else ""
        self._agent = f"{AGENT}/{__version__} (annual disclosure reports{about})"
        self._client = httpx.Client(
            trust_env=False, timeout=_TIMEOUT, follow_redirects=False, limits=_NO_REUSE
        )
        self._robots = Robots(self._robots_file)

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Give up the connections."""
        self._client.close()

    def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Page:
        conditions = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        headers = {name: value for name, value in conditions.items() if value}
        return self._follow(url, headers, asks_robots=True)

    def _robots_file(self, url: str) -> tuple[int, bytes]:
        page = self._follow(url, {}, asks_robots=False)
        return page.status, page.body

    def _follow(self, url: str, headers: dict[str, str], *, asks_robots: bool) -> Page:
        for _ in range(MAX_REDIRECTS + 1):
            target = self._gate.check(url)
            delay_s = None
            if asks_robots:
                if not self._robots.allows(target.origin, url):
                    raise BlockedError(f"网站的 robots.txt 不允许访问 {url}。")
                delay_s = self._robots.delay_s(target.origin)
            with self._pace.turn(target.host, delay_s):
                page = self._ask(target, headers)
            location = page.headers.get("location")
            if page.status not in _REDIRECTS or not location:
                return page
            url = urljoin(url, location)
        raise FetchError(f"{url} 反复跳转，已放弃。")

    def _ask(self, target: Target, headers: dict[str, str]) -> Page:
        """Ask the addresses that were checked, one after the other until one can be reached."""
        last: Exception | None = None
        for address in target.addresses[:_ADDRESSES_TRIED]:
            try:
                return self._ask_at(address, target, headers)
            except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                last = error
            except (httpx.HTTPError, httpx.InvalidURL) as error:
                last = error
                break
        self._pace.hold_back(target.host)
        raise FetchError(f"{target.url} 无法取得（{_in_words(last)}）。") from last

    def _ask_at(self, address: str, target: Target, headers: dict[str, str]) -> Page:
        """One request to an address, under the name of the host it was found by."""
        with Watchdog(self._total_s) as watchdog:
            try:
                page = self._take(address, target, headers, watchdog)
            except httpx.HTTPError as error:
                # Which error a cut comes to depends on what the client was doing at the time.
                if watchdog.is_over:
                    raise httpx.ReadTimeout("the time for the whole request is over") from error
                raise
        if watchdog.is_over:
            raise FetchError(f"{target.url} 传送超过时限，未采用。")
        return page

    def _take(
        self, address: str, target: Target, headers: dict[str, str], watchdog: Watchdog
    ) -> Page:
        place = f"[{address}]" if ":" in address else address
        request = self._client.build_request(
            "GET",
            f"{target.scheme}://{place}:{target.host.port}{target.path}",
            headers={
                "Host": target.origin.partition("://")[2],
                "User-Agent": self._agent,
                "Accept-Encoding": "gzip",
                **headers,
            },
            extensions={"sni_hostname": target.host.name, "trace": watchdog.trace},
        )
        response = self._client.send(request, stream=True)
        try:
            self._mind(target.host, response)
            is_page = response.status_code not in (*_REDIRECTS, 304)
            body = take(response, self._max_bytes) if is_page else b""
        finally:
            response.close()
        return Page(
            url=target.url,
            status=response.status_code,
            headers={name.lower(): value for name, value in response.headers.items()},
            body=body,
            not_modified=response.status_code == 304,
        )

    def _mind(self, host: Host, response: httpx.Response) -> None:
        if response.status_code in _IN_TROUBLE:
            self._pace.hold_back(host, _retry_after_s(response.headers.get("retry-after")))
        else:
            self._pace.went_well(host)


def _in_words(error: Exception | None) -> str:
    if isinstance(error, httpx.TimeoutException):
        return "超过时限"
    if isinstance(error, httpx.ConnectError):
        return f"连接失败：{error}"
    if isinstance(error, httpx.RemoteProtocolError):
        return "没有传完、超过时限或不合 HTTP 规定"
    return type(error).__name__


def _retry_after_s(value: str | None) -> float | None:
    """Seconds, or a date, as the header gives it."""
    if value is None:
        return None
    if value.strip().isdigit():
        return float(value)
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except ValueError:
        return None
