"""One measured figure and the bound it is held to."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Figure:
    """`value` in `unit`, at most `bound` (or at least, where `at_least`)."""

    what: str
    value: float
    unit: str
    bound: float
    detail: str = ""
    at_least: bool = False

    @property
    def is_kept(self) -> bool:
        return self.value >= self.bound if self.at_least else self.value <= self.bound


@dataclass(frozen=True)
class Times:
    """Wall times of several runs in seconds; other load on the machine only ever adds to one."""

    median: float
    fastest: float


def times(action: Callable[[], object], runs: int) -> Times:
    """The times of `action`, after one warm-up."""
    action()
    taken = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        taken.append(time.perf_counter() - start)
    return Times(statistics.median(taken), min(taken))


def percentile(values: list[float], share: float) -> float:
    """The value below which `share` of all values lie."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
