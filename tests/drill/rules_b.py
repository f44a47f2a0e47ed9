"""Second rules for drills: the first ones, with one rule less and other deadlines."""

from __future__ import annotations

import shutil
from pathlib import Path


def make(rules: Path, folder: Path) -> Path:
    """Copy the rules into `folder` with one rule retired, and departments to report earlier."""
    shutil.copytree(rules, folder)
    chosen = folder / "arithmetic" / "T3-SUM-ROW.yaml"
    text = chosen.read_text("utf-8")
    assert "\nstatus: active\n" in text
    chosen.write_text(text.replace("\nstatus: active\n", "\nstatus: shadow\n", 1), "utf-8")
    term = folder / "deadlines" / "A49-1.yaml"
    text = term.read_text("utf-8")
    assert "\ndue: 01-31\n" in text
    term.write_text(text.replace("\ndue: 01-31\n", "\ndue: 01-20\n", 1), "utf-8")
    return folder
