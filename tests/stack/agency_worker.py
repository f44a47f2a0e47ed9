"""One worker of the agency unit that can be killed: `agency_worker.py DATA ADDRESS PREFIX [SLOW]`.

It judges with the evaluator of the tests; SLOW seconds are slept before each report.
"""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

from duban.adapters.kafka.chain_steps import ChainSteps
from duban.adapters.kafka.faust_worker import FaustWorker
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.config import KafkaSettings
from duban.domain.event import Event, ReportRead
from duban.processors.processor import Chain, State
from duban.testing.runner import evaluator

SESSION_S = 6.0


class Slow(Chain):
    """Sleeps before each report."""

    def __init__(self, seconds: float) -> None:
        super().__init__("agency", (evaluator(),))
        self._seconds = seconds

    def handle(self, event: Event, state: State) -> tuple[State, tuple[Event, ...]]:
        if isinstance(event.body, ReportRead):
            time.sleep(self._seconds)
        return super().handle(event, state)


def say(text: str) -> None:
    """Tell the test of what happens."""
    print(text, flush=True)  # noqa: T201


def main() -> None:
    """Work until told to stop."""
    data, address, prefix, *more = sys.argv[1:]
    logging.basicConfig(level=logging.WARNING)
    settings = KafkaSettings(addresses=(address,), prefix=prefix, partitions=3)
    steps = ChainSteps(
        Slow(float(more[0]) if more else 0.0), PartitionReader(settings), lambda event: None
    )
    worker = FaustWorker(
        settings, steps, Path(data), session_s=SESSION_S, told=lambda *_: None, say=say
    )
    worker.run()


if __name__ == "__main__":
    main()
