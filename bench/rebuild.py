"""`duban rebuild` of a tenth of the archive: all conclusions and views anew, in minutes.

The baseline of the same run is decoding the same facts bare, in one process.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench import archive
from bench.figure import Figure
from bench.memory import Memory
from duban.adapters.embedded.store import EmbeddedStore

DUBAN = Path(sys.executable).parent / "duban"
AGENCIES = archive.AGENCIES // 10
LOOK_EVERY_S = 0.2
SAMPLE = 2000


def measure() -> Iterator[Figure]:
    """Reports a second from the start of the process to the exchange of the views."""
    reports = AGENCIES * len(archive.YEARS)
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as name:
        data = Path(name, "data")
        archive.build(data, AGENCIES)
        bare = _bare(data)
        pid, memory, taken = _rebuilt(data)
    yield Figure(
        "rebuild of everything", reports / taken, "reports/s", 300,
        f"{reports} reports in {taken:.0f} s, conclusions derived by workers, views built and "
        f"compared; bare decoding of the facts {bare:.0f} reports/s",
        at_least=True,
    )  # fmt: skip
    yield Figure(
        "memory of the rebuilding process", memory.most_mb(pid), "MB", 400.0,
        f"the most it ever held; the largest of its workers {memory.others_mb(pid):.0f} MB",
    )  # fmt: skip


def _rebuilt(data: Path) -> tuple[int, Memory, float]:
    memory, begun = Memory(), time.perf_counter()
    command = [DUBAN, "rebuild", "--data", data]
    with (
        tempfile.TemporaryFile() as told,
        subprocess.Popen(command, stdout=told, stderr=told) as process,
    ):
        while process.poll() is None:
            memory.look(process.pid)
            time.sleep(LOOK_EVERY_S)
        taken = time.perf_counter() - begun
        told.seek(0)
        assert process.returncode == 0, told.read().decode()[-2000:]
    return process.pid, memory, taken


def _bare(data: Path) -> float:
    """Facts of so many reports, read and decoded."""
    with EmbeddedStore(data) as store:
        begun = time.process_time()
        found = store.log.read("facts", after=AGENCIES, limit=SAMPLE)
        return len(found) / (time.process_time() - begun)
