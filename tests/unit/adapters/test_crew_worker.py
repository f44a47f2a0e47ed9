"""A worker whose parent is gone ends, and says nothing into the operator's terminal."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from duban.adapters.agency_chain import chain_from
from duban.adapters.embedded.crew import place_of
from duban.adapters.embedded.crew_task import Task, send
from duban.testing.office import fill_office


def test_a_worker_whose_answer_nobody_reads_ends_without_a_word(tmp_path: Path) -> None:
    fill_office(tmp_path / "data")
    worker = subprocess.Popen(
        [sys.executable, "-m", "duban.adapters.embedded.crew_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert worker.stdin is not None
    assert worker.stdout is not None
    assert worker.stderr is not None
    worker.stdout.close()
    send(worker.stdin, place_of(tmp_path / "data", chain_from))
    send(worker.stdin, Task([], whole=False))

    said = worker.stderr.read()

    assert worker.wait(timeout=60) != 0
    assert said == b""
    worker.stderr.close()
    worker.stdin.close()
