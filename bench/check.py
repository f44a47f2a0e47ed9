"""`duban check one.docx`, from the start of the process to its last byte."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import county
from bench.figure import Figure, times

DUBAN = Path(sys.executable).parent / "duban"
RUNS = 11


def measure() -> Iterator[Figure]:
    """Cold start: a process of its own for each run."""
    one = county.folder() / "one.docx"
    one.write_bytes(county.reports("docx")[0])

    def check() -> None:
        done = subprocess.run([DUBAN, "check", one], stdout=subprocess.DEVNULL, check=False)
        assert done.returncode in (0, 1)

    taken = times(check, RUNS)
    yield Figure(
        "duban check one.docx, cold process", taken.median, "s", 0.5,
        f"median of {RUNS} runs, the fastest {taken.fastest:.3f} s",
    )  # fmt: skip
