from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED_MEMORY = Path("/dev/shm")  # no disk: what is killed is the program, not the power


def test_nothing_is_lost_or_doubled_over_twenty_five_drills() -> None:
    folder = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else os.environ.get("TMPDIR", "")
    done = subprocess.run(
        [sys.executable, "-m", "tests.drill", "--seeds", "25"],
        cwd=ROOT,
        env={**os.environ, "TMPDIR": folder},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "25 drills" in done.stdout
    [line] = re.findall(r"^killed: (.*)$", done.stdout, re.MULTILINE)
    killed = {name: int(times) for name, times in re.findall(r"(\w+) (\d+)", line)}
    assert set(killed) == {"serve", "judge", "rebuild", "backup", "restore"}
    assert min(killed.values()) >= 25
