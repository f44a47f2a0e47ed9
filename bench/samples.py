"""Made reports: how long a large archive takes to generate with every processor at work."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from duban.samples import make

AGENCIES = 400
YEARS = range(2019, 2024)
ENOUGH = 50_000 / 3600  # 50,000 within the hour


def measure() -> Iterator[Figure]:
    """Reports a second, html, docx and pdf mixed as counties post them."""
    processes = os.cpu_count() or 1
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as name:
        used, begun = os.times(), time.perf_counter()
        make(
            Path(name), seed=17, agencies=AGENCIES, years=YEARS, fault_rate=0.3,
            formats=("html", "docx", "pdf"), processes=processes,
        )  # fmt: skip
        taken, after = time.perf_counter() - begun, os.times()
    made = AGENCIES * len(YEARS)
    processor_s = sum(after[:4]) - sum(used[:4])
    yield Figure(
        "making reports", made / taken, "reports/s", ENOUGH,
        f"{made} reports in {taken:.0f} s by {processes} processes, {processor_s:.0f} s of "
        "processor time; 50,000 within an hour",
        at_least=True,
    )  # fmt: skip
