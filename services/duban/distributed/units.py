"""What each unit of a worker is made of."""

from __future__ import annotations

from collections.abc import Callable

from duban.adapters.agency_chain import agency_chain
from duban.adapters.kafka.chain_steps import ChainSteps
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.adapters.kafka.released_rules import ReleasedRules
from duban.adapters.kafka.steps import Steps
from duban.config import KafkaSettings
from duban.config_worker import WorkerSettings
from duban.ports import BlobStore

Make = Callable[[KafkaSettings, WorkerSettings, BlobStore], Steps]


def agency(settings: KafkaSettings, worker: WorkerSettings, blobs: BlobStore) -> Steps:
    """Judges the facts of each agency."""
    rules = ReleasedRules(blobs)
    chain = agency_chain(rules.rulebook, rules.calendar)
    return ChainSteps(chain, PartitionReader(settings), rules.learn)


MAKE: dict[str, Make] = {"agency": agency}
