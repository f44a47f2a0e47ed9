"""The edge: crawler, clock, roster, rules, uploads and pages; reading and judging are elsewhere.

What it records goes into its own store first, whose history is an outbox: a forwarder hands it on
to Kafka. The pages read what the indexer of the workers wrote.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from duban.adapters.blobs.opening import blob_store
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.embedded.observed_unit import ObservedUnit
from duban.adapters.embedded.runner import EmbeddedRunner
from duban.adapters.kafka.forwarder import Forwarder
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.retrying import Retrying
from duban.adapters.rules_in_force import RulesInForce
from duban.bootstrap import Machine
from duban.config import BlobSettings, ElasticSettings, KafkaSettings, Settings
from duban.distributed.alerts_unit import AlertsUnit
from duban.distributed.edge_desk import EdgeDesk, EdgeLog, ShownAsides
from duban.distributed.patient import Patient, PatientPublisher, PatientReader
from duban.distributed.worker import refuse_drift
from duban.domain.agency import Agency
from duban.domain.event import Topic
from duban.measuring.office import NOTIFIER, Office
from duban.ports import BlobStore, Index

_LOOK_EVERY_S = 0.3
_UNITS: tuple[tuple[str, Topic], ...] = (("forwarder", "facts"),)


class Edge(Machine):
    """A machine whose events are handled by workers behind Kafka.

    Raises what a Machine raises, and StorageError where Kafka or Elasticsearch cannot be used.
    """

    def __init__(
        self,
        settings: Settings,
        roster: Sequence[Agency] | None,
        *,
        kafka: KafkaSettings,
        elastic: ElasticSettings,
        blobs: BlobSettings,
    ) -> None:
        self._kafka = kafka
        self._elastic = elastic
        self._shared = blobs
        logging.getLogger("kafka").setLevel(logging.ERROR)  # what goes wrong is told by us
        super().__init__(settings, roster)

    def wait(self, position: int, timeout_s: float) -> int:
        until = time.monotonic() + timeout_s
        while (now := self.index.position()) <= position and time.monotonic() < until:
            time.sleep(_LOOK_EVERY_S)
        return now

    def _storage(self) -> tuple[BlobStore, Index]:
        refuse_drift(self._kafka)
        index = self._open.enter_context(ElasticIndex(self._elastic, lanes=self._kafka.partitions))
        index.prepare()
        return blob_store(self._shared), index

    def _office(self) -> Office:
        return Office(
            data=self.settings.data, store=self.store, clock=self.clock, days=self._days,
            almanac=self._almanac, reading=self._reading, rulebook=self.rulebook.version,
            units=_UNITS + (NOTIFIER if self._alerts is not None else ()),
            end=self._end, has_failed=self.has_failed, index=self.index,
        )  # fmt: skip

    def _desk(self) -> EdgeDesk:
        there = KafkaEventLog(self._kafka)
        self._open.callback(there.close)
        log = EdgeLog(self.store.log, there)
        return EdgeDesk(
            there=there.reader,
            log=log, blobs=self.blobs, index=self.index, clock=self.clock, read=self._read,
            judge=self.rulebook.judge,
            retry=Retrying(log, ShownAsides(self.index), self.clock).ask,
        )  # fmt: skip

    def _runner(self, rules: RulesInForce) -> EmbeddedRunner:
        del rules  # the workers find them by their release
        publisher, reader = PatientPublisher(self._kafka), PatientReader(self._kafka)
        self._open.callback(publisher.close)
        self._open.callback(reader.close)
        units = [Patient(Forwarder(self.store, publisher))]
        if self._alerts is not None:
            units.append(Patient(AlertsUnit(self.store.states, reader)))
        observed = [ObservedUnit(unit, self._figures) for unit in (*units, *self._notifying())]
        return self.store.relay(*observed)
