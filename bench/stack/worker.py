"""`duban worker` as a process."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from bench.stack.servers import Place
from bench.stack.watch import descendants, holds_open

DUBAN = Path(sys.executable).parent / "duban"
PATIENCE_S = 600.0
_GIVEN = r"^{}：分区 / partitions (.*)$"


class Worker:
    """One that runs; `started` is when its command was given, on the clock of `time.monotonic`."""

    def __init__(
        self, process: subprocess.Popen[bytes], folder: Path, units: Sequence[str]
    ) -> None:
        self.started = time.monotonic()
        self.pid = process.pid
        self.units = units
        self._process = process
        self._folder = folder

    def partitions(self, unit: str) -> frozenset[int]:
        """The partitions that a unit was last given."""
        given = re.findall(_GIVEN.format(unit), self.said(), re.MULTILINE)
        return frozenset(map(int, re.findall(r"\d+", given[-1]))) if given else frozenset()

    def said(self) -> str:
        """Everything it said."""
        return self._folder.with_suffix(".log").read_text("utf-8", "replace")

    def unit_pids(self) -> Mapping[str, int]:
        """The process of each unit, once its state is open."""
        return {
            unit: pid
            for pid in descendants(self.pid)
            for unit in self.units
            if holds_open(pid, self._folder / unit)
        }

    def refuse_its_end(self) -> None:
        """RuntimeError with its last words where it has ended."""
        if self._process.poll() is not None:
            raise RuntimeError(f"a worker ended:\n{self.said()[-3000:]}")


@contextmanager
def worker(place: Place, name: str, units: Sequence[str], readers: int) -> Iterator[Worker]:
    """One worker of some units for as long as the block lasts."""
    folder = place.folder / name
    folder.mkdir()
    command: list[str | Path] = [
        *(DUBAN, "worker", "--only", ",".join(units), "--data", folder),
        *("--readers", str(readers), "--port", "0", "--session", "15"),
    ]
    with (
        folder.with_suffix(".log").open("wb") as log,
        subprocess.Popen(
            command, env={**os.environ, **place.environment}, stdout=log, stderr=log
        ) as process,
    ):
        try:
            yield Worker(process, folder, units)
        finally:
            process.terminate()
            try:
                process.wait(60)
            except subprocess.TimeoutExpired:
                process.kill()


def until(holds: Callable[[], bool], workers: Sequence[Worker], what: str) -> None:
    """Wait for a condition; RuntimeError where a worker ends, or it takes too long."""
    end = time.monotonic() + PATIENCE_S
    while not holds():
        for one in workers:
            one.refuse_its_end()
        if time.monotonic() > end:
            raise RuntimeError(f"it took too long until {what}")
        time.sleep(0.2)
