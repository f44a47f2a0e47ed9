"""One request at a time per host, with a pause between, and a longer one when it is in trouble."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from duban.crawler.address import Host
from duban.errors import FetchError

_LONGEST_S = 3600.0
_WORTH_WAITING_S = 30.0


class _Lane:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.not_before = 0.0
        self.failures = 0


class Pace:
    """Keeps the order of each host; `delay_s` lies between two requests to it."""

    def __init__(
        self,
        delay_s: float,
        *,
        now: Callable[[], float] = time.monotonic,
        wait: Callable[[float], object] = time.sleep,
    ) -> None:
        self._delay_s = delay_s
        self._now = now
        self._wait = wait
        self._lanes: dict[Host, _Lane] = {}
        self._lock = threading.Lock()

    @contextmanager
    def turn(self, host: Host, delay_s: float | None = None) -> Iterator[None]:
        """The only request to the host while it lasts; waits for its time first.

        Raises FetchError at once when the host asked for a pause that is not worth waiting for.
        """
        lane = self._lane(host)
        with lane.lock:
            missing = lane.not_before - self._now()
            if missing > _WORTH_WAITING_S:
                raise FetchError(f"网站 {host.name} 暂不可用，{missing:.0f} 秒后再试。")
            if missing > 0:
                self._wait(missing)
            try:
                yield
            finally:
                pause = max(self._delay_s, min(delay_s or 0.0, _WORTH_WAITING_S))
                lane.not_before = max(lane.not_before, self._now() + pause)

    def went_well(self, host: Host) -> None:
        """The host answered as it should."""
        self._lane(host).failures = 0

    def hold_back(self, host: Host, retry_after_s: float | None = None) -> None:
        """The host is in trouble: leave it alone as long as it asks, or longer each time."""
        lane = self._lane(host)
        lane.failures += 1
        pause = min(max(self._delay_s, 1.0) * 2.0 ** min(lane.failures, 12), _LONGEST_S / 6)
        if retry_after_s is not None:
            pause = max(0.0, retry_after_s)
        lane.not_before = max(lane.not_before, self._now() + min(pause, _LONGEST_S))

    def _lane(self, host: Host) -> _Lane:
        with self._lock:
            return self._lanes.setdefault(host, _Lane())
