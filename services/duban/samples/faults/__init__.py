"""Planted faults: each takes a true report and makes exactly one thing wrong in it."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from random import Random

from duban.samples.faults import cells, identity, prose, structure, sums
from duban.samples.manuscript import Manuscript

Mutator = Callable[[Manuscript, Random], bool]
FAULTS: dict[str, Mutator] = {
    **cells.FAULTS, **sums.FAULTS, **prose.FAULTS, **structure.FAULTS, **identity.FAULTS,
}  # fmt: skip


def plant(paper: Manuscript, name: str, rng: Random) -> Manuscript | None:
    """A copy of the report with the fault, or None where the report gives no room for it."""
    changed = deepcopy(paper)
    return changed if FAULTS[name](changed, rng) else None
