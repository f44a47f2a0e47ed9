"""The part of the edge that shows: pages over Elasticsearch, uploads and what else is asked for."""

from __future__ import annotations

import time

from fastapi import FastAPI

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.kafka.kafka_event_log import KafkaEventLog
from duban.adapters.retrying import Retrying
from duban.bootstrap import notices, reader_in
from duban.config import LOOPBACK, ElasticSettings
from duban.distributed.edge_desk import EdgeDesk, EdgeLog, ShownAsides
from duban.distributed.ground import Ground
from duban.distributed.in_force import Cards, InForce
from duban.domain.finding import Context, Judgement
from duban.domain.report import Report
from duban.intake.job import MAX_BYTES
from duban.intake.pool import ReadingPool
from duban.ports import BlobStore
from duban.web.app import create_app
from duban.web.site import Machinery, Site

_LOOK_EVERY_S = 0.3


class Showing:
    """The pages; what is asked for at them is recorded in the folder of the process."""

    def __init__(
        self, ground: Ground, blobs: BlobStore, elastic: ElasticSettings, in_force: InForce
    ) -> None:
        self._ground = ground
        self._blobs = blobs
        self._in_force = in_force
        index = ElasticIndex(elastic, lanes=ground.kafka.partitions)
        self.index = ground.open.enter_context(index)
        self.index.prepare()
        pool = ReadingPool(ground.settings.readers, observer=ground.figures)
        self.reading = ground.open.enter_context(pool)
        self._there = KafkaEventLog(ground.kafka)
        ground.open.callback(self._there.close)

    def app(self, machinery: Machinery) -> FastAPI:
        """The application."""
        ground = self._ground
        return create_app(
            Site(
                index=self.index,
                blobs=self._blobs,
                clock=ground.clock,
                rules=Cards(self._in_force),
                rulebook_version=lambda: self._in_force.rulebook().version,
                wait=self.wait,
                desk=self._desk(),
                most_bytes=MAX_BYTES,
                roster=self._in_force.roster,
                notices=lambda: notices(ground.clock, self._in_force.almanac()),
                hosts=(*LOOPBACK, *ground.settings.names),
                machinery=machinery,
                scrapers=ground.settings.scrapers,
            )
        )

    def wait(self, position: int, timeout_s: float) -> int:
        """Wait until the index knows more than `position`, or the time is over; where it is now."""
        until = time.monotonic() + timeout_s
        while (now := self.index.position()) <= position and time.monotonic() < until:
            time.sleep(_LOOK_EVERY_S)
        return now

    def _desk(self) -> EdgeDesk:
        ground = self._ground
        log = EdgeLog(ground.store.log, self._there)
        return EdgeDesk(
            there=self._there.reader,
            log=log, blobs=self._blobs, index=self.index, clock=ground.clock,
            read=reader_in(self.reading), judge=self._judge,
            retry=Retrying(log, ShownAsides(self.index), ground.clock).ask,
        )  # fmt: skip

    def _judge(self, report: Report, context: Context) -> Judgement:
        return self._in_force.rulebook().judge(report, context)
