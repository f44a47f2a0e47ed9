"""The clock on the wall, in the time zone of the law."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class SystemClock:
    """The machine's time, told in Asia/Shanghai."""

    def now(self) -> datetime:
        return datetime.now(SHANGHAI)
