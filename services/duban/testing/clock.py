"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8))


class MovableClock:
    """Starts on 2 January 2025, nine in the morning."""

    def __init__(self) -> None:
        self._now = datetime(2025, 1, 2, 9, 0, tzinfo=SHANGHAI)

    def now(self) -> datetime:
        return self._now

    def move(self, by: timedelta) -> None:
        """Forwards, or back for a clock that was set wrong."""
        self._now += by
