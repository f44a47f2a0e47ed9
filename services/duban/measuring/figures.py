"""Counts what the units tell, in a registry of its own."""

from __future__ import annotations

import threading
from collections import Counter as Tally
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from itertools import product
from typing import NamedTuple

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from duban.domain.event import (
    EventRetried,
    ReportAssessed,
    ReportRead,
    ReportRejected,
)
from duban.measuring import catalogue
from duban.measuring.catalogue import OTHER, Metric
from duban.observing import (
    DocumentStatus,
    FetchOutcome,
    HostClass,
    MessageOutcome,
    RoundOutcome,
    Taken,
)
from duban.ports import Recorded

_STAGES = {"report.posted": "posted_to_read", "report.read": "read_to_judged"}
_READ_AT_MOST = 10_000  # reports read and not judged yet whose way is followed
_BEGUN_AT_MOST = 64


class _Way(NamedTuple):
    posted: datetime
    read: datetime


class Figures:
    """The observer of one process. `now` is the clock that events are recorded with.

    `rules` are the ids that outcomes are counted under. What lay in the read models before, up to
    the position `after`, is not counted when it is taken in again. `lanes` is the number of
    partitions that positions are shared by; 0 where one position grows over all topics.
    """

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        rules: Collection[str] = (),
        units: Collection[str] = catalogue.UNITS,
        after: int = 0,
        lanes: int = 0,
    ) -> None:
        self.registry = CollectorRegistry()
        self._now = now
        self._rules = frozenset(rules)
        self._units = frozenset(units)
        self._after = after
        self._lanes = lanes
        self._counted_to: dict[tuple[str, int], int] = {}
        self._ways: dict[str, _Way] = {}
        self._indexing = threading.Lock()
        self._events = self._counter(catalogue.EVENTS)
        self._retries = self._counter(catalogue.RETRIES)
        self._fetches = self._counter(catalogue.FETCHES)
        self._rounds = self._counter(catalogue.ROUNDS)
        self._documents = self._counter(catalogue.DOCUMENTS)
        self._faults = self._counter(catalogue.FAULTS)
        self._outcomes = self._counter(catalogue.RULES)
        self._messages = self._counter(catalogue.MESSAGES)
        self._steps = self._histogram(catalogue.STEPS)
        self._visible = self._histogram(catalogue.VISIBLE)
        self._stages = self._histogram(catalogue.STAGES)
        self._fetching = self._histogram(catalogue.FETCH_TIMES)
        self._reading = self._histogram(catalogue.READING_TIMES)
        self._last_step = self._gauge(catalogue.LAST_STEP)
        self._last_round = self._gauge(catalogue.LAST_ROUND)
        for unit in self._units:
            self._last_step.labels(unit).set_to_current_time()

    def took_step(self, unit: str, taken: Sequence[Taken], took_s: float) -> None:
        unit = self._unit(unit)
        self._steps.labels(unit).observe(took_s)
        self._last_step.labels(unit).set_to_current_time()
        for (name, is_aside), count in Tally((one.name, one.is_aside) for one in taken).items():
            outcome = "set_aside" if is_aside else "handled"
            self._events.labels(unit, name, outcome).inc(count)
        now = None
        for one in taken:
            stage = _STAGES.get(one.name)
            if stage is not None and one.at is not None and not one.is_aside:
                now = now or self._now()
                self._stages.labels(stage).observe(_seconds(one.at, now))

    def indexed(self, recorded: Sequence[Recorded]) -> None:
        with self._indexing:
            new = [one for one in recorded if self._is_new(one)]
        if not new:
            return
        for name, count in Tally(one.event.name for one in new).items():
            self._events.labels("indexer", name, "handled").inc(count)
        outcomes: Tally[tuple[str, str]] = Tally()
        now = self._now()
        for one in new:
            match one.event.body:
                case ReportRead(found_at=found_at) if len(self._ways) < _READ_AT_MOST:
                    self._ways[one.event.id] = _Way(found_at or one.event.at, one.event.at)
                case ReportRejected(found_at=found_at):
                    self._visible.labels("rejected").observe(
                        _seconds(found_at or one.event.at, now)
                    )
                case ReportAssessed(outcomes=found):
                    outcomes.update((outcome.rule, outcome.outcome) for outcome in found)
                    self._arrived(one.event.cause, now)
                case EventRetried(unit=unit):
                    self._retries.labels(self._unit(unit)).inc()
        for (rule, outcome), count in outcomes.items():
            self._outcomes.labels(rule if rule in self._rules else OTHER, outcome).inc(count)

    def read_document(self, media: str, status: DocumentStatus, took_s: float) -> None:
        media = media if media in catalogue.DOCUMENTS.labels[0].values else OTHER
        self._documents.labels(media, status).inc()
        self._reading.labels(media).observe(took_s)
        if status in ("fault", "not_started"):
            self._faults.labels(media).inc()

    def fetched(self, hosts: HostClass, outcome: FetchOutcome, took_s: float) -> None:
        self._fetches.labels(hosts, outcome).inc()
        self._fetching.labels(hosts).observe(took_s)

    def ended_round(self, outcome: RoundOutcome) -> None:
        self._rounds.labels(outcome).inc()
        if outcome == "ended":
            self._last_round.set_to_current_time()

    def handed_over(self, outcome: MessageOutcome) -> None:
        self._messages.labels(outcome).inc()

    def _is_new(self, one: Recorded) -> bool:
        lane = (one.event.topic, one.position % self._lanes) if self._lanes else ("", 0)
        if one.position <= self._counted_to.get(lane, self._after):
            return False
        self._counted_to[lane] = one.position
        return True

    def _arrived(self, cause: str | None, now: datetime) -> None:
        """Only what is judged for the first time was posted just now."""
        way = self._ways.pop(cause or "", None)
        if way is not None:
            self._visible.labels("assessed").observe(_seconds(way.posted, now))
            self._stages.labels("read_to_visible").observe(_seconds(way.read, now))

    def _unit(self, unit: str) -> str:
        return unit if unit in self._units else OTHER

    def _counter(self, metric: Metric) -> Counter:
        made = Counter(metric.name, metric.help, metric.label_names, registry=self.registry)
        rows = list(product(*(label.values for label in metric.labels)))
        if len(rows) <= _BEGUN_AT_MOST:
            for values in rows:
                made.labels(*values)  # else the first increase of each would not be seen as one
        return made

    def _gauge(self, metric: Metric) -> Gauge:
        return Gauge(metric.name, metric.help, metric.label_names, registry=self.registry)

    def _histogram(self, metric: Metric) -> Histogram:
        return Histogram(
            metric.name,
            metric.help,
            metric.label_names,
            registry=self.registry,
            buckets=metric.buckets,
        )


def _seconds(since: datetime, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds())
