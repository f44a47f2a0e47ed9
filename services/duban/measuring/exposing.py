"""What `/metrics`, `/healthz` and `/readyz` answer with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import cast

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.metrics_core import Metric as Family

from duban.measuring.figures import Figures
from duban.measuring.health import Check, answers
from duban.measuring.sampling import Sampling, Source


class Exposition:
    """The figures of one process and its checks, for the pages' server or one of a worker.

    `sources` are asked at each scrape. `alive` are the checks whose failure asks for a restart,
    `ready` those that must hold before anybody is sent here.
    """

    def __init__(
        self,
        figures: Figures,
        sources: Sequence[Source],
        *,
        alive: Mapping[str, Check],
        ready: Mapping[str, Check],
    ) -> None:
        self._registry = figures.registry
        self._registry.register(Sampling(sources))
        ProcessCollector(registry=self._registry)
        self._alive = alive
        self._ready = ready

    def figures(self) -> bytes:
        """Everything, in the text format of Prometheus."""
        return generate_latest(cast("CollectorRegistry", _WithoutBirthdays(self._registry)))

    def alive(self) -> Mapping[str, bool]:
        """Each check of being alive, and whether it holds."""
        return answers(self._alive)

    def ready(self) -> Mapping[str, bool]:
        """Each check of being ready, and whether it holds."""
        return answers(self._ready)


class _WithoutBirthdays:
    """A registry without the series that tell when others were begun: as many again, never used."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._registry = registry

    def collect(self) -> Iterator[Family]:
        for family in self._registry.collect():
            family.samples = [one for one in family.samples if not one.name.endswith("_created")]
            yield family
