"""Figures that are asked for when somebody scrapes, and never kept."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.registry import Collector

from duban.errors import DubanError
from duban.measuring import catalogue
from duban.measuring.catalogue import Metric

logger = logging.getLogger(__name__)


class Sample(NamedTuple):
    """One value of a gauge, its labels in the order of the metric."""

    metric: Metric
    value: float
    labels: tuple[str, ...] = ()


Source = Callable[[], Iterable[Sample]]


class Sampling(Collector):
    """Asks each source; one that cannot answer is left out, and counted as missing."""

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def describe(self) -> Iterable[Family]:
        """Nothing: registering asks no source."""
        return ()

    def collect(self) -> Iterator[Family]:
        families: dict[str, GaugeMetricFamily] = {}
        missing = 0
        for source in self._sources:
            try:
                samples = list(source())
            except (DubanError, OSError) as error:
                logger.warning("%s", error, extra={"action": "figures_missing"})
                missing += 1
                continue
            for sample in samples:
                _add(families, sample)
        _add(families, Sample(catalogue.MISSING, missing))
        yield from families.values()


def _add(families: dict[str, GaugeMetricFamily], sample: Sample) -> None:
    metric = sample.metric
    family = families.get(metric.name)
    if family is None:
        family = GaugeMetricFamily(metric.name, metric.help, labels=metric.label_names)
        families[metric.name] = family
    family.add_metric(sample.labels, sample.value)
