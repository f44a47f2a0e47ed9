"""What a site lets robots see (RFC 9309), remembered for an hour."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import NamedTuple
from urllib.robotparser import RobotFileParser

from duban.errors import FetchError

AGENT = "duban"
_KEPT_S = 3600.0
_LONGEST = 500 * 1024  # bytes of the file that count, as the RFC allows


class _Known(NamedTuple):
    until: float
    rules: RobotFileParser


class Robots:
    """Answers for each site whether a page may be fetched, and the pause it asks for.

    `get` fetches a file of a site: its status and body.
    """

    def __init__(self, get: Callable[[str], tuple[int, bytes]]) -> None:
        self._get = get
        self._known: dict[str, _Known] = {}
        self._lock = threading.Lock()

    def allows(self, origin: str, url: str) -> bool:
        """Whether the site lets us fetch the page; FetchError while that cannot be found out."""
        return self._rules(origin).can_fetch(AGENT, url)

    def delay_s(self, origin: str) -> float | None:
        """The pause between two requests the site asks for."""
        delay = self._rules(origin).crawl_delay(AGENT)
        return None if delay is None else float(delay)

    def _rules(self, origin: str) -> RobotFileParser:
        with self._lock:
            known = self._known.get(origin)
        if known is not None and known.until > time.monotonic():
            return known.rules
        rules = self._fetched(origin)
        with self._lock:
            self._known[origin] = _Known(time.monotonic() + _KEPT_S, rules)
        return rules

    def _fetched(self, origin: str) -> RobotFileParser:
        status, body = self._get(f"{origin}/robots.txt")
        if status >= 500 or status == 429:
            raise FetchError(
                f"{origin} 的 robots.txt 暂时取不到（状态 {status}），先不访问该网站。"
            )
        lines: list[str] = []
        # A site that answers every unknown address with a page of its own has no such file.
        if status == 200 and body.lstrip()[:1] != b"<":
            lines = body[:_LONGEST].decode("utf-8", "replace").lstrip("\ufeff").splitlines()
        rules = RobotFileParser()
        rules.parse(lines)
        return rules
