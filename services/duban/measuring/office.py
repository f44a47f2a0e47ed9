"""The figures of an office's process: what its store, clock and processes are asked for."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

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
Units = tuple[tuple[str, tuple[Topic, ...]], ...]
UNITS: Units = (("intake", ("posted",)), ("agency", ("facts",)))
NOTIFIER: Units = (("notifier", ("alerts",)),)  # only where there is a plan of whom to tell


class Office(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures are taken from; `units` are those of the process, each with what it takes.

    The embedded profile runs the indexer beside them. `end` is where the history ended when the
    process began; `index` are read models elsewhere, which are asked whether they answer. What a
    process of the distributed profile does not do (days, rules, reading) is not given;
    `reaches_kafka` says whether what it needs of Kafka was had at the last try.
    """

    data: Path
    store: EmbeddedStore
    clock: SystemClock
    units: Units
    end: int
    has_failed: Callable[[], bool]
    profile: Literal["embedded", "distributed"] = "embedded"
    days: DayEmitter | None = None
    almanac: Callable[[], Almanac] | None = None
    reading: ReadingPool | None = None
    rulebook: Callable[[], str] | None = None
    index: Index | None = None
    reaches_kafka: Check | None = None

    def backlogs(self) -> list[Backlog]:
        """What its own units have still to do."""
        found = backlogs(self.store, self.units)
        return found if self.profile == "embedded" else found[:-1]

    def asides(self) -> list[Aside]:
        """What was set aside; of units elsewhere what the read models show is known, no more."""
        found = asides(self.store)
        if self.index is not None:
            shown = Counter(one.unit for one in self.index.aside(Scope(), _SHOWN_AT_MOST))
            found += [Aside(unit, count, count) for unit, count in shown.items()]
        return found

    def ready(self) -> Mapping[str, Check]:
        """What must hold beside the units before anybody is sent here."""
        found: dict[str, Check] = {}
        if self.profile == "embedded":
            # What was recorded before the process began can be seen.
            found["views"] = Filled(self.store.index.position, self.end)
        elif self.index is not None:
            position = self.index.position
            found["views"] = lambda: position() >= 0
        if self.reaches_kafka is not None:
            found["kafka"] = self.reaches_kafka
        if self.reading is not None:
            found["reading"] = self.reading.can_start
        return found


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
        ready={"units": lambda: not office.has_failed() and advancing(), **office.ready()},
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
        office = self._office
        now = office.clock.now()
        yield Sample(catalogue.CLOCK, office.clock.problem() is None)
        yield Sample(catalogue.CLOCK_TIME, now.timestamp())
        if office.days is not None:
            last = office.days.last()
            yield Sample(catalogue.LAST_DAY, _beginning(last) if last else 0)
        if office.almanac is not None:
            is_unknown = office.almanac().unknown_year(day_of(now)) is not None
            yield Sample(catalogue.HOLIDAYS, is_unknown)

    def disk(self) -> Iterator[Sample]:
        usage = shutil.disk_usage(self._office.data)
        yield Sample(catalogue.DISK_FREE, usage.free)
        yield Sample(catalogue.DISK_SIZE, usage.total)

    def program(self) -> Iterator[Sample]:
        office = self._office
        rulebook = office.rulebook() if office.rulebook is not None else ""
        yield Sample(catalogue.BUILD, 1, (__version__, rulebook, office.profile))
        yield Sample(catalogue.UP, not office.has_failed())
        if office.reading is not None:
            yield Sample(catalogue.WORKERS, office.reading.processes, ("reading",))
        if office.profile == "embedded":
            yield Sample(catalogue.WORKERS, office.store.workers, ("judging",))


def _beginning(day: str) -> float:
    return datetime.fromisoformat(day).replace(tzinfo=SHANGHAI).timestamp()
