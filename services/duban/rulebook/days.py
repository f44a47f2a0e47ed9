"""Days that may be known only within bounds: when a report was posted, until when it was due."""

from __future__ import annotations

import math
from datetime import date
from typing import NamedTuple

from duban.domain.obligation import Posted
from duban.rulebook.quantity import Quantity, Span, Verdict


class Days(NamedTuple):
    """One day between `earliest` (None: no bound) and `latest`, ISO days, both included."""

    earliest: str | None
    latest: str

    @property
    def known(self) -> bool:
        """Whether it can only be one day."""
        return self.earliest == self.latest


def days_of(value: str | Posted | None) -> Days | None:
    """A printed day, or the days between which a report was posted; None where nothing tells."""
    if isinstance(value, Posted):
        return Days(value.earliest, value.latest)
    return Days(value, value) if value else None


def on_or_before(a: Days | None, b: Days | None) -> Verdict:
    """Whether `a` is not after `b`; False only if it surely is."""
    if a is None or b is None:
        return "日期不明，无法比较先后"
    if b.earliest is not None and a.latest <= b.earliest:
        return True
    if a.earliest is not None and a.earliest > b.latest:
        return False
    unsure = a if not a.known else b
    return f"只知道日期在{unsure.earliest or '（以前未查看）'}至{unsure.latest}之间，不能确定先后"


def between(a: Days | None, b: Days | None) -> Quantity:
    """How many days `b` is after `a`, negative where it is before."""
    if a is None or b is None:
        return Span(-math.inf, None, None, "日期不明，无法计算天数")
    low = _count(a.latest, b.earliest)
    high = _count(a.earliest, b.latest)
    if low is not None and low == high:
        return low
    return Span(-math.inf if low is None else low, high, None, "只知道日期所在的区间")


def iso(days: Days) -> str:
    """The day, or the interval in the manner of ISO 8601 (`..`: no bound)."""
    return days.latest if days.known else f"{days.earliest or '..'}/{days.latest}"


def _count(a: str | None, b: str | None) -> int | None:
    if a is None or b is None:
        return None
    return (date.fromisoformat(b) - date.fromisoformat(a)).days
