"""Drills of workers, as many as fit; `make drill-stack` has troubles of servers too."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("kafka")
pytest.importorskip("faust")
pytest.importorskip("elasticsearch")

pytestmark = pytest.mark.long

ROOT = Path(__file__).parents[2]
SEEDS = 10
MINUTES = 4.0


def test_kills_rebalances_and_standstills_of_workers_lose_and_double_nothing(
    programs: object,
) -> None:
    del programs  # it says why where the servers cannot be had
    done = subprocess.run(
        [
            *(sys.executable, "-m", "tests.drill_stack", "--seeds", f"{SEEDS}"),
            *("--workers-only", "--within", f"{MINUTES}"),
        ],
        cwd=ROOT,
        env={name: one for name, one in os.environ.items() if not name.startswith("DUBAN_TEST")},
        capture_output=True,
        text=True,
        timeout=1800,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert " 0 failed" in done.stdout
