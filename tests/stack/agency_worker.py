"""One worker of the agency unit, as a process that can be killed.

python -m tests.stack.agency_worker DATA ADDRESSES PREFIX [SECONDS slept before each report]
"""

from __future__ import annotations

import logging
import sys
from pathlib import Path

from tests.stack.office_chain import OfficeChain

from duban.adapters.kafka.chain_steps import ChainSteps
from duban.adapters.kafka.faust_worker import FaustWorker
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.config import KafkaSettings

SESSION_S = 6.0


def say(text: str) -> None:
    """Tell the test of what happens."""
    print(text, flush=True)  # noqa: T201


def main() -> None:
    """Work until told to stop."""
    data, addresses, prefix, *more = sys.argv[1:]
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    settings = KafkaSettings(addresses=tuple(addresses.split(",")), prefix=prefix, partitions=3)
    chain = OfficeChain(float(more[0]) if more else 0.0)
    steps = ChainSteps(chain, PartitionReader(settings), lambda event: None)
    worker = FaustWorker(
        settings, steps, Path(data), session_s=SESSION_S, told=lambda *_: None, say=say
    )
    worker.run()


if __name__ == "__main__":
    main()
