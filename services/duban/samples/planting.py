"""Chooses which report gets which fault, or which harmless habit, and counts them."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from typing import NamedTuple

from duban.samples import oddities
from duban.samples.chance import chance
from duban.samples.composing import Habits, compose
from duban.samples.faults import FAULTS, plant, series
from duban.samples.faults.structure import FAULTS as OF_STRUCTURE
from duban.samples.figures import Stock
from duban.samples.manuscript import Manuscript, Planted
from duban.samples.rendering import Format
from duban.samples.roster import Entry

# A text copy of an original has lost its structure: faults of structure are not provable there.
_NOT_IN_TEXT = {*OF_STRUCTURE, "few_blanks", "many_blanks", "blank_row", "blank_group"}
_ODD_SHARE = 0.25
_STEP = 7


class Year(NamedTuple):
    """One report to be written: whose, of which year, in which format, after which report."""

    entry: Entry
    year: int
    habits: Habits
    media: Format
    before: Manuscript | None


class Planter:
    """Writes reports, `rate` of them with a fault; every fault in turn where there is room."""

    def __init__(self, seed: int, county: int, rate: float) -> None:
        self.faults: Counter[str] = Counter()
        self._seed = seed
        self._rate = rate
        order = [*FAULTS, *series.SERIES]
        chance(seed, "faults").shuffle(order)
        start = county * _STEP % len(order)
        self._queue = order[start:] + order[:start]

    def report(self, task: Year, stock: Stock) -> tuple[Manuscript, Stock]:
        """The report of a year and what it hands to the next; `stock` stays as it is."""
        rng = chance(self._seed, task.entry.code, task.year, "faults")
        true, left = self._written(task, stock)
        if task.before is not None and (found := series.breaks(true, task.before)):
            # The fault is the number that the report before handed on wrongly.
            true.planted.append(Planted(series.FROM_BEFORE, found, ("prior",)))
            self.faults[series.FROM_BEFORE] += 1
            return true, left
        if rng.random() >= self._rate:
            if rng.random() < _ODD_SHARE:
                oddities.add(true, rng, in_pdf=task.media == "pdf")
            return true, left
        for name in self._queue:
            if task.media in ("text", "markdown") and name in _NOT_IN_TEXT:
                continue
            faulty = self._with(name, task, stock, true, left)
            if faulty is not None:
                self._queue.remove(name)
                self._queue.append(name)
                self.faults[name] += 1
                return faulty
        return true, left

    def _written(self, task: Year, stock: Stock) -> tuple[Manuscript, Stock]:
        left = deepcopy(stock)
        rng = chance(self._seed, task.entry.code, task.year)
        return compose(rng, task.entry, task.year, task.habits, left), left

    def _with(
        self, name: str, task: Year, stock: Stock, true: Manuscript, left: Stock
    ) -> tuple[Manuscript, Stock] | None:
        """The report with a fault, None where it gives no room for it."""
        rng = chance(self._seed, task.entry.code, task.year, name)
        if name in FAULTS:
            changed = plant(true, name, rng)
            return (changed, left) if changed is not None else None
        is_busy = task.entry.size != "zero"
        if task.before is None or not series.has_room(name, task.year, task.before, is_busy):
            return None
        taken_over = deepcopy(stock)
        if not series.SERIES[name](taken_over, rng):
            return None
        paper, left = self._written(task, taken_over)
        return (paper, left) if series.planted(name, paper, task.before) else None
