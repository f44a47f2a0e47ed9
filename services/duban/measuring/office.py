"""The figures of an office in one process: what its store, clock and processes are asked for."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path

import msgspec

from duban import __version__
from duban.adapters.clock import SystemClock
from duban.adapters.day_emitter import DayEmitter
from duban.adapters.embedded.backlog import Aside, Backlog, asides, backlogs
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.day import SHANGHAI, day_of
from duban.domain.event import Topic
from duban.domain.view import Scope
from duban.intake.pool import ReadingPool
from duban.measuring import catalogue
from duban.measuring.catalogue import OTHER
from duban.measuring.exposing import Exposition
from duban.measuring.figures import Figures
from duban.measuring.health import Advancing, Check, Filled
from duban.measuring.sampling import Sample
from duban.ports import Index
from duban.rulebook.almanac import Almanac

_SHOWN_AT_MOST = 10_000
Units = tuple[tuple[str, Topic], ...]
UNITS: Units = (("intake", "posted"), ("agency", "facts"))
NOTIFIER: Units = (("notifier", "alerts"),)  # only where there is a plan of whom to tell


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures are taken from; `units` run beside the indexer, each with what it takes.

    `end` is where the history ended when the process began; `index` is asked whether it answers,
    where the read models are elsewhere.
    """

    data: Path
    store: EmbeddedStore
    clock: SystemClock
    days: DayEmitter
    almanac: Almanac
    reading: ReadingPool
    rulebook: str
    units: Units
    end: int
    has_failed: Callable[[], bool]
    index: Index | None = None

    @property
    def profile(self) -> str:
        """Which profile the process belongs to."""
        return "embedded" if self.index is None else "distributed"

    def backlogs(self) -> list[Backlog]:
        """What its own units have still to do."""
        found = backlogs(self.store, self.units)
        return found if self.index is None else found[:-1]

    def asides(self) -> list[Aside]:
        """What was set aside; of units elsewhere what the read models show is known, no more."""
        found = asides(self.store)
        if self.index is not None:
            shown = Counter(one.unit for one in self.index.aside(Scope(), _SHOWN_AT_MOST))
            found += [Aside(unit, count, count) for unit, count in shown.items()]
        return found

    def shows(self) -> Check:
        """Holds once the read models know what was recorded before the process began."""
        if self.index is None:
            return Filled(self.store.index.position, self.end)
        position = self.index.position
        return lambda: position() >= 0


def figures_of(clock: SystemClock, rules: Collection[str], end: int) -> Figures:
    """The observer to hand to the units; `end` is where the history ends before they begin."""
    return Figures(clock.now, rules=rules, after=end)


def exposition(office: Office, figures: Figures) -> Exposition:
    """Everything that can be asked of the office's process."""
    asked = _Asked(office)
    advancing = Advancing(asked.left)
    return Exposition(
        figures,
        [asked.work, asked.set_aside, asked.time, asked.disk, asked.program],
        alive={"units": lambda: not office.has_failed()},
        ready={
            "units": lambda: not office.has_failed() and advancing(),
            "views": office.shows(),
            "reading": office.reading.can_start,
        },
    )


class _Asked:
    def __init__(self, office: Office) -> None:
        self._office = office

    def left(self) -> Mapping[str, tuple[int, ...]]:
        """What each unit has still to do; all zero where that is nothing."""
        return {
            one.unit: (one.position, one.events, one.agencies) if one.events else ()
            for one in self._office.backlogs()
        }

    def work(self) -> Iterator[Sample]:
        for one in self._office.backlogs():
            yield Sample(catalogue.LAG, one.events, (one.unit,))
            yield Sample(catalogue.AGENCIES_LEFT, one.agencies, (one.unit,))
            if one.unit == "indexer":
                yield Sample(catalogue.QUEUE, one.events)

    def set_aside(self) -> Iterator[Sample]:
        found = {one.unit: one for one in self._office.asides()}
        for unit in catalogue.UNITS:
            one = found.pop(unit, None)
            yield Sample(catalogue.ASIDE, one.now if one else 0, (unit,))
            yield Sample(catalogue.ASIDE_EVER, one.ever if one else 0, (unit,))
        yield Sample(catalogue.ASIDE, sum(one.now for one in found.values()), (OTHER,))
        yield Sample(catalogue.ASIDE_EVER, sum(one.ever for one in found.values()), (OTHER,))

    def time(self) -> Iterator[Sample]:
        now = self._office.clock.now()
        last = self._office.days.last()
        is_unknown = self._office.almanac.unknown_year(day_of(now)) is not None
        yield Sample(catalogue.CLOCK, self._office.clock.problem() is None)
        yield Sample(catalogue.CLOCK_TIME, now.timestamp())
        yield Sample(catalogue.LAST_DAY, _beginning(last) if last else 0)
        yield Sample(catalogue.HOLIDAYS, is_unknown)

    def disk(self) -> Iterator[Sample]:
        usage = shutil.disk_usage(self._office.data)
        yield Sample(catalogue.DISK_FREE, usage.free)
        yield Sample(catalogue.DISK_SIZE, usage.total)

    def program(self) -> Iterator[Sample]:
        build = (__version__, self._office.rulebook, self._office.profile)
        yield Sample(catalogue.BUILD, 1, build)
        yield Sample(catalogue.UP, not self._office.has_failed())
        yield Sample(catalogue.WORKERS, self._office.reading.processes, ("reading",))
        yield Sample(catalogue.WORKERS, self._office.store.workers, ("judging",))


def _beginning(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI).timestamp()
