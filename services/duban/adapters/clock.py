"""The clock on the wall, in the time zone of the law, held against the history it continues."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.domain.event import Topic, decode
from duban.errors import EventError

SHANGHAI = ZoneInfo("Asia/Shanghai")
MOST_AHEAD = timedelta(days=400)  # no office forgets its machine for longer than a season
_SLACK = timedelta(minutes=1)  # time servers put a clock right by less
_HOURS_SHOWN = 72
_TOPICS: tuple[Topic, ...] = ("facts", "posted")

logger = logging.getLogger(__name__)


class Problem(NamedTuple):
    """One sentence on a clock that is not believed, in Chinese and in English."""

    zh: str
    en: str


def _wall() -> datetime:
    return datetime.now(SHANGHAI)


class WallClock:
    """The machine's time as it is, right or wrong: for what waits, and never for what is judged."""

    def now(self) -> datetime:
        return _wall()


class SystemClock:
    """The machine's time, told in Asia/Shanghai, never earlier than what was told before.

    `after` is the time of the last recorded fact. A machine whose clock was set back, or jumped
    ahead by more than `MOST_AHEAD`, is not believed: time stands still until the clock is right
    again, and `problem` says so. `accept` believes the clock as it stands at the start.
    """

    def __init__(
        self,
        after: datetime | None = None,
        *,
        accept: bool = False,
        wall: Callable[[], datetime] = _wall,
    ) -> None:
        self._wall = wall
        self._told = after.astimezone(SHANGHAI) if after else None
        if accept and self._told is not None:
            self._told = max(self._told, wall())
        self._is_wrong = False
        self._lock = threading.Lock()

    def now(self) -> datetime:
        wall = self._wall()
        with self._lock:
            told, problem = self._told, self._problem(wall)
            if told is None or (problem is None and wall > told):
                self._told = told = wall
            if problem is not None and not self._is_wrong:
                logger.error("%s", problem.zh, extra={"action": "clock_wrong"})
            self._is_wrong = problem is not None
            return told

    def problem(self) -> Problem | None:
        """What is wrong with the machine's clock; None while it is believed."""
        wall = self._wall()
        with self._lock:
            return self._problem(wall)

    def _problem(self, wall: datetime) -> Problem | None:
        if self._told is None or -_SLACK <= wall - self._told <= MOST_AHEAD:
            return None
        stand = f"{self._told:%Y-%m-%d %H:%M}"
        gap = abs(wall - self._told)
        if wall < self._told:
            return Problem(
                f"系统时钟比最后一条记录慢 {_span(gap)}：时间暂停在 {stand}，"
                "赶上之前不会开始新的一天。请校准时钟；如果现在的时间才对，那么时钟此前曾被拨快："
                "请把那以前的备份恢复到新目录（duban restore）。",
                f"The system clock is {_hours(gap)} behind the last record: time stands still at "
                f"{stand}, and no day begins before it has caught up. Please set the clock; if the "
                "time is right now, the clock was ahead before: please restore a backup from "
                "before that into a new folder (duban restore).",
            )
        return Problem(
            f"系统时钟比最后一条记录快 {_span(gap)}，未予采信：时间停在 {stand}，"
            "请校准时钟；如时钟无误，请加 --accept-clock 重新运行。",
            f"The system clock is {_hours(gap)} ahead of the last record and is not believed: time "
            f"stands still at {stand}. Please set the clock, or run this again with "
            "--accept-clock.",
        )


def last_recorded(log: SqliteEventLog) -> datetime | None:
    """When the last fact was recorded; None in an empty history.

    An event that cannot be decoded is passed over: the units set it aside and tell of it.
    """
    found = []
    for topic in _TOPICS:
        for _, _, data in log.read_raw((topic,), log.head(topic) - 1, 1):
            try:
                found.append(decode(data).at)
            except EventError:
                continue
    return max(found, default=None)


def _span(gap: timedelta) -> str:
    """A gap in hours, and in days where there are many."""
    hours = gap.total_seconds() / 3600
    return (
        f"{hours:.1f} 小时" if hours < _HOURS_SHOWN else f"{hours / 24:.0f} 天（{hours:.0f} 小时）"
    )


def _hours(gap: timedelta) -> str:
    return f"{gap.total_seconds() / 3600:.1f} hours"
