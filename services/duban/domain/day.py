"""Days as the law counts them: those of Asia/Shanghai, as ISO text (2025-01-31)."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time since 1991


def day_of(moment: datetime) -> str:
    """The day of an aware moment."""
    return moment.astimezone(SHANGHAI).date().isoformat()


def later(day: str, days: int) -> str:
    """The day so many days after `day`, or before it where `days` is negative."""
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()
