"""What a part of the benchmark tells: figures with a bound, and measures without one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bench.figure import Figure


@dataclass(frozen=True)
class Told:
    """A measure that nothing is held to; `docs/explanation/scale.md` is reckoned from these."""

    what: str
    value: float
    unit: str
    detail: str = ""


@dataclass(frozen=True)
class Options:
    """How much is measured: `seconds` of posting, `reports` stored, `html` for the throughput."""

    seconds: int = 600
    reports: int = 50_000
    html: int = 2000


Line = Figure | Told


def number(value: float) -> str:
    """Three digits, and all that stand before the point."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def figures(lines: Iterable[Line]) -> Iterator[Figure]:
    """Those with a bound."""
    return (one for one in lines if isinstance(one, Figure))


def measures(lines: Iterable[Line]) -> Iterator[Told]:
    """Those without."""
    return (one for one in lines if isinstance(one, Told))
