"""Made reports for the benchmarks, the same in every run."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from tempfile import mkdtemp

from duban.samples import make

SEED = 7
FORMATS = ("html", "docx", "pdf")


@cache
def folder() -> Path:
    """A county of 40 agencies and three years, a third of the reports with a fault."""
    made = Path(mkdtemp(prefix="duban-bench-"))
    make(made, seed=SEED, agencies=40, years=(2020, 2022, 2023), fault_rate=0.3, formats=FORMATS)
    return made


@cache
def reports(media: str) -> tuple[bytes, ...]:
    """The bytes of all made reports of a format."""
    truth = json.loads((folder() / "truth.json").read_text(encoding="utf-8"))["files"]
    return tuple((folder() / e["path"]).read_bytes() for e in truth if e["media"] == media)
