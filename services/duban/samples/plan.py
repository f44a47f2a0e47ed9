"""What is to be made, and its division into counties that need nothing of one another."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from duban.samples.rendering import Format
from duban.samples.roster import Entry, counties


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """The arguments of `make`: equal plans give equal bytes.

    `gap_rate` is the share of reports that are left out on purpose; `reports` cuts the last
    agency's earlier years off so that there are exactly so many, gaps included.
    """

    seed: int
    agencies: int
    years: tuple[int, ...]
    fault_rate: float
    formats: tuple[Format, ...]
    gap_rate: float = 0.0
    reports: int | None = None

    @property
    def size(self) -> int:
        """How many reports are owed."""
        return self.agencies * len(self.years) if self.reports is None else self.reports


class County(msgspec.Struct, frozen=True):
    """One county's agencies, each with its years."""

    number: int
    bodies: tuple[tuple[Entry, tuple[int, ...]], ...]

    @property
    def size(self) -> int:
        """How many reports it owes."""
        return sum(len(years) for _, years in self.bodies)


def divided(plan: Plan) -> Iterator[County]:
    """The counties of a plan, in order."""
    bodies: list[tuple[Entry, tuple[int, ...]]] = []
    number, left = 0, plan.size
    for entry in counties(plan.agencies):
        if entry.agency.parent is None and bodies:
            yield County(number, tuple(bodies))
            number, bodies = number + 1, []
        years = plan.years[max(0, len(plan.years) - left) :] if left > 0 else ()
        left -= len(years)
        bodies.append((entry, years))
    yield County(number, tuple(bodies))
