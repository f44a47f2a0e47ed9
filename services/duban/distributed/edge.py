"""The edge: crawler, pages and notifier, in one process or each in its own.

Reading and judging are elsewhere. What a process records goes into its own store first, whose
history is an outbox: a forwarder hands it on to Kafka. The pages read what the indexer of the
workers wrote.
"""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Sequence
from contextlib import ExitStack
from functools import partial
from types import TracebackType
from typing import Self

from starlette.applications import Starlette

from duban.adapters.blobs.opening import blob_store
from duban.adapters.clock import SystemClock, last_recorded
from duban.adapters.embedded.observed_unit import ObservedUnit
from duban.adapters.embedded.purpose import claim
from duban.adapters.embedded.runner import Unit
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.forwarder import NAME as FORWARDER
from duban.adapters.kafka.forwarder import TOPICS as HANDED_ON
from duban.adapters.kafka.forwarder import Forwarder
from duban.adapters.notify.channels import channels_of
from duban.adapters.notify.observed import ObservedChannel
from duban.bootstrap import notifier_of
from duban.config import PARTS, BlobSettings, ElasticSettings, KafkaSettings, Settings
from duban.distributed.alerts_unit import AlertsUnit
from duban.distributed.alone import Alone
from duban.distributed.crawling import Crawling
from duban.distributed.ground import Ground
from duban.distributed.handed_on import refuse_topics_made_anew, watched
from duban.distributed.handing_again import HandingAgain
from duban.distributed.in_force import Followed, InForce
from duban.distributed.patient import PatientPublisher
from duban.distributed.showing import Showing
from duban.distributed.worker import refuse_drift
from duban.domain.agency import Agency
from duban.measuring.office import NOTIFIER, Office, Units, exposition, figures_of
from duban.notifying.plan import Plan
from duban.notifying.plan_file import load as load_plan
from duban.web.machinery import machinery_app

_UNITS: Units = ((FORWARDER, HANDED_ON),)
_GATHERED_S = 0.2  # what is recorded within it is handed on together
_ONE_ONLY = ("crawler", "notifier")


class Edge:
    """One process of the edge with some of its parts, over a folder of its own.

    Use it as a context; leaving it ends every thread and process after the step in hand. The
    pages need `elastic`, crawler and pages `blobs`. Raises UsageError for a folder of something
    else, and where a crawler or notifier runs already; RuleError for wrong rules; StorageError
    where the folder, Kafka or Elasticsearch cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        roster: Sequence[Agency] | None,
        *,
        kafka: KafkaSettings,
        elastic: ElasticSettings | None = None,
        blobs: BlobSettings | None = None,
        parts: Sequence[str] = PARTS,
    ) -> None:
        for chatty in ("kafka", "elastic_transport"):
            logging.getLogger(chatty).setLevel(logging.CRITICAL)  # what goes wrong is told by us
        plan = load_plan(settings.alerts, os.environ) if settings.alerts else None
        self._plan = plan if "notifier" in parts else None
        self._alone: list[Alone] = []
        self._open = ExitStack()
        try:
            refuse_drift(kafka)
            self._ground = self._grounded(settings, kafka, parts)
            self.store, self.clock = self._ground.store, self._ground.clock
            self._units: list[Unit] = [self._forwarder()]
            if blobs is not None:
                self.blobs = blob_store(blobs)
            self._crawling = (
                Crawling(self._ground, self.blobs, roster) if "crawler" in parts else None
            )
            self._showing: Showing | None = None
            in_force: InForce | None = self._crawling
            if "pages" in parts:
                assert elastic is not None
                in_force = self._crawling or self._followed()
                self._showing = Showing(self._ground, self.blobs, elastic, in_force)
            if self._plan is not None:
                self._units += self._telling(self._plan)
        except BaseException:
            self._open.close()
            raise
        self.runner = self.store.relay(*self._units)
        self.machinery = exposition(self._office(in_force), self._ground.figures)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._open:
            try:
                if self._crawling is not None:
                    self._crawling.stop()
            finally:
                self.runner.stop()
            for one in self._alone:
                if one.error is not None:
                    raise one.error

    def start(self, *, crawl: bool = True) -> None:
        """Begin to hand on what is recorded and, with `crawl`, to look at the list pages."""
        if self._crawling is not None:
            self._crawling.start(crawl=crawl)
        self.runner.start()

    def has_failed(self) -> bool:
        """Whether a part had to stop; leaving the context raises the reason."""
        days = self._crawling.error if self._crawling is not None else None
        errors = (self.runner.error, days, *(one.error for one in self._alone))
        return any(one is not None for one in errors)

    def app(self) -> Starlette:
        """The pages; without that part, figures and health alone."""
        if self._showing is not None:
            return self._showing.app(self.machinery)
        return machinery_app(self.machinery, self._ground.settings.scrapers)

    def _grounded(self, settings: Settings, kafka: KafkaSettings, parts: Sequence[str]) -> Ground:
        """The folder, once nobody else has it and nobody else does the same."""
        store = self._open.enter_context(EmbeddedStore(settings.data))
        self._open.enter_context(store.processing())
        claim(store, parts)
        refuse_topics_made_anew(store, kafka)
        for part in _ONE_ONLY:
            if part in parts and (part != "notifier" or self._plan is not None):
                alone = Alone(kafka, part, settings.data)
                self._alone.append(self._open.enter_context(alone))
        clock = SystemClock(last_recorded(store.log), accept=settings.accept_clock)
        return Ground(
            settings=settings, kafka=kafka, store=store, clock=clock,
            figures=figures_of(clock, (), store.end()), open=self._open,
        )  # fmt: skip

    def _forwarder(self) -> Unit:
        publisher = PatientPublisher(self._ground.kafka)
        self._open.callback(publisher.close)
        watch = watched(self.store, self._ground.kafka)
        self._open.callback(watch.close)
        forwarder = self._ground.patiently(
            Forwarder(
                self.store,
                publisher,
                gather=partial(time.sleep, _GATHERED_S),
                gate=HandingAgain(self.store, self._ground.reader()),
                check=watch.check,
            )
        )
        return ObservedUnit(forwarder, self._ground.figures)

    def _followed(self) -> Followed:
        settings, states = self._ground.settings, self.store.states
        found = Followed(states, self._ground.reader(), self.blobs, settings.rules)
        self._units.append(self._ground.patiently(found))
        return found

    def _telling(self, plan: Plan) -> list[Unit]:
        figures = self._ground.figures
        channels = {name: ObservedChannel(one, figures) for name, one in channels_of(plan).items()}
        coming = AlertsUnit(self.store.states, self._ground.reader())
        telling = notifier_of(plan, channels, self.store, self.clock)
        return [self._ground.patiently(coming), ObservedUnit(telling, figures)]

    def _office(self, in_force: InForce | None) -> Office:
        showing, crawling = self._showing, self._crawling
        return Office(
            data=self._ground.settings.data, store=self.store, clock=self.clock,
            units=_UNITS + (NOTIFIER if self._plan is not None else ()),
            end=self.store.end(), has_failed=self.has_failed, profile="distributed",
            days=crawling.days if crawling else None,
            almanac=in_force.almanac if in_force else None,
            rulebook=(lambda: in_force.rulebook().version) if in_force else None,
            reading=showing.reading if showing else None,
            index=showing.index if showing else None,
            reaches_kafka=self._ground.reaches_kafka,
        )  # fmt: skip
