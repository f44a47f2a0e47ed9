"""`duban check one.docx`, from the start of the process to its last byte.

The modules are compiled once before, as an installation does it, also where the environment
forbids to keep what is compiled.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
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
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as compiled:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": compiled}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)

        def check() -> None:
            done = subprocess.run(
                [DUBAN, "check", one], stdout=subprocess.DEVNULL, env=environment, check=False
            )
            assert done.returncode in (0, 1)

        taken = times(check, RUNS)
        used = os.times()
        check()
        after = os.times()
    processor_s = sum(after[2:4]) - sum(used[2:4])
    yield Figure(
        "duban check one.docx, cold process", taken.median, "s", 0.5,
        f"median of {RUNS} runs, the fastest {taken.fastest:.3f} s; "
        f"{processor_s:.2f} s of processor time",
    )  # fmt: skip
