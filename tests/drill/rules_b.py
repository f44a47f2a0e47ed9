"""A second rulebook for drills: the first one, with one rule less."""

from __future__ import annotations

import shutil
from pathlib import Path


def make(rules: Path, folder: Path) -> Path:
    """Copy the rules into `folder` with one rule retired."""
    shutil.copytree(rules, folder)
    chosen = folder / "arithmetic" / "T3-SUM-ROW.yaml"
    text = chosen.read_text("utf-8")
    assert "\nstatus: active\n" in text
    chosen.write_text(text.replace("\nstatus: active\n", "\nstatus: shadow\n", 1), "utf-8")
    return folder
