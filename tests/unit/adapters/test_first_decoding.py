"""Threads that are the first to read a value of some type do not bring the process down."""

from __future__ import annotations

import subprocess
import sys

import pytest

pytest.importorskip("kafka")

_TOGETHER = """
import sys, threading
sys.setswitchinterval(1e-6)

def together(read):
    ready = threading.Barrier(8)

    def run():
        ready.wait()
        read()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
"""
_ANSWER = """
import msgspec
from duban.intake.job import Answer
from duban.intake.pool import ReadingPool
from duban.intake.sandbox import decoder

pool = ReadingPool(2)
data = msgspec.msgpack.encode(Answer(fault="x"))
together(lambda: decoder().decode(data))
"""
_STATE = """
from duban.adapters.kafka.partition_state import KeptAside, Outbox, PartitionState
from duban.ports import SetAside

made = PartitionState(0, lambda name: None)
made.put_aside(KeptAside(SetAside(1, "a", "e", "坏的"), 0, b""))
made.put_outbox({0: ()})
kept = made.writes()

def read():
    state = PartitionState(0, kept.get)
    assert state.aside("a", "e") and state.outbox()

together(read)
"""


@pytest.mark.parametrize("reading", [_ANSWER, _STATE], ids=["answer", "state"])
def test_threads_that_read_the_first_value_together_all_read_it(reading: str) -> None:
    for _ in range(3):
        done = subprocess.run(
            [sys.executable, "-c", _TOGETHER + reading], capture_output=True, text=True, check=False
        )
        assert (done.returncode, done.stderr) == (0, "")
