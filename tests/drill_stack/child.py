"""One unit of a worker in a process that can be killed, with a clock that can be moved."""

from __future__ import annotations

import logging
import mmap
import multiprocessing
import os
import struct
import sys
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

from duban.adapters.clock import SHANGHAI, SystemClock
from duban.adapters.kafka import partition_state
from duban.distributed import units
from duban.distributed.worker import Place
from duban.distributed.working import run
from duban.errors import DubanError

_REAL = time.time


class Skew:
    """By how many seconds the clock of all workers is wrong, in a file that they share."""

    def __init__(self, file: Path) -> None:
        if not file.exists():
            file.write_bytes(struct.pack("d", 0.0))
        with file.open("r+b") as opened:
            self._shared = mmap.mmap(opened.fileno(), 8)

    def set(self, seconds: float) -> None:
        """Let the clock be wrong by so much from now on."""
        self._shared[:8] = struct.pack("d", seconds)

    def get(self) -> float:
        """How wrong the clock is."""
        found: float = struct.unpack("d", self._shared[:8])[0]
        return found


def main(
    place: Place, environment: Mapping[str, str], log: Path, skew: Path, *, is_newer: bool
) -> None:
    """Run the unit until it is told to stop; its words go to `log`.

    A newer program writes state of the next version, and still reads that of this one.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    with log.open("ab", buffering=0) as opened:
        os.dup2(opened.fileno(), 1)
        os.dup2(opened.fileno(), 2)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    os.environ.update(environment)
    if is_newer:
        partition_state.VERSION += 1
        partition_state.USUAL_VERSION = partition_state.VERSION
    clock = Skew(skew)
    time.time = lambda: _REAL() + clock.get()
    wall = partial(_wrong, clock)
    units.SystemClock = partial(SystemClock, wall=wall)  # type: ignore[misc]
    try:
        run(place, _say)
    except DubanError as error:
        _say(str(error))
        sys.exit(2)


def _wrong(clock: Skew) -> datetime:
    return datetime.now(SHANGHAI) + timedelta(seconds=clock.get())


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _end_with_parent() -> None:
    """Nothing of a drill outlives it."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)
