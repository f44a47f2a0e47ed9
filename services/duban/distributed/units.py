"""What each unit of a worker is made of."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

import msgspec

from duban.adapters.agency_chain import agency_chain
from duban.adapters.clock import SystemClock
from duban.adapters.kafka.chain_steps import ChainSteps
from duban.adapters.kafka.effect_steps import EffectSteps
from duban.adapters.kafka.index_steps import IndexSteps
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.adapters.kafka.released_rules import ReleasedRules
from duban.adapters.kafka.roster_follower import RosterFollower
from duban.adapters.kafka.steps import Steps
from duban.config import KafkaSettings
from duban.config_servers import elastic_settings
from duban.domain.event import Event, ReportPosted
from duban.intake.pool import ReadingPool
from duban.intake.unit import NAME as INTAKE
from duban.intake.unit import Intake
from duban.observing import Observer
from duban.ports import BlobStore, Recorded

_ROSTER_S = 1.0  # how old it may be where it has the agency that the list named
_AHEAD = 3  # a file is fetched and its roster asked for while those before it are read


class Parts(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit is given: `folder` is its own, `readers` how many files are read at once."""

    kafka: KafkaSettings
    blobs: BlobStore
    folder: Path
    readers: int
    observer: Observer


def intake(parts: Parts) -> Steps:
    """Reads what was posted, in confined processes, and records what it found as facts."""
    follower = RosterFollower(PartitionReader(parts.kafka), parts.folder / "roster.json")
    pool = ReadingPool(parts.readers, observer=parts.observer)
    pool.start()
    reading = Intake(pool.read, parts.blobs, SystemClock(), follower.agencies)

    def prepare() -> None:
        follower.catch_up(within_s=_ROSTER_S)

    def handle(recorded: Recorded) -> Sequence[Event]:
        posted = recorded.event.body
        if isinstance(posted, ReportPosted) and not follower.knows(posted.agency_hint):
            follower.catch_up()
        return reading.handle(recorded)

    def close() -> None:
        pool.close()
        follower.close()

    return EffectSteps(
        INTAKE,
        "posted",
        handle,
        PartitionReader(parts.kafka),
        at_once=_AHEAD * parts.readers,
        prepare=prepare,
        close=close,
    )


def agency(parts: Parts) -> Steps:
    """Judges the facts of each agency."""
    rules = ReleasedRules(parts.blobs)
    chain = agency_chain(rules.rulebook, rules.calendar)
    return ChainSteps(chain, PartitionReader(parts.kafka), rules.learn)


def indexer(parts: Parts) -> Steps:
    """Takes everything into the read models on Elasticsearch."""
    from duban.adapters.elastic.elastic_index import ElasticIndex

    logging.getLogger("elastic_transport").setLevel(logging.CRITICAL)  # what goes wrong we tell
    settings = elastic_settings()
    index = ElasticIndex(settings, lanes=parts.kafka.partitions)
    index.prepare()
    return IndexSteps(
        index,
        PartitionReader(parts.kafka),
        parts.kafka.partitions,
        every_s=settings.refresh_s,
        observer=parts.observer,
        close=index.close,
    )


MAKE: dict[str, Callable[[Parts], Steps]] = {
    "intake": intake,
    "agency": agency,
    "indexer": indexer,
}
