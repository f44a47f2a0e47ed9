"""Posted → visible while 50,000 reports are stored: a minute, and the archive once."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import archive, live
from bench.figure import Figure


def measure() -> Iterator[Figure]:
    """The same as bench.live, on a copy of the archive."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as name:
        folder = Path(name)
        shutil.copytree(archive.folder(), folder / "data")
        what = f"posted → visible at {live.PER_SECOND} reports/s while 50,000 are stored, p95"
        yield live.figure(folder, what)
