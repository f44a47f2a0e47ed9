"""Times as the data file keeps them: microseconds since 1970, shown in Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

_START = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991


def micros(at: datetime) -> int:
    """An aware time as a number that keeps its order."""
    return (at - _START) // _MICROSECOND


def moment(us: int) -> datetime:
    """The aware time of such a number."""
    return (_START + us * _MICROSECOND).astimezone(SHANGHAI)
