"""`python -m bench`: measure everything and write docs/benchmarks.md.

Absolute times depend on the machine; ratios are against something measured in the same run.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.figure import Figure

PAGE = Path(__file__).parents[1] / "docs" / "benchmarks.md"
PARTS = (
    "check", "reading", "rules", "pdf", "live", "stored", "index", "judge", "observed", "rebuild",
    "samples",
)  # fmt: skip


def processor() -> str:
    """The processor's name, where the system tells it."""
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.processor()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), "")


def page(figures: list[Figure]) -> str:
    """The benchmark page."""
    rows = [
        f"| {f.what} | {f.value:.3g} {f.unit} | {'≥' if f.at_least else '≤'} {f.bound:g} {f.unit} "
        f"| {'yes' if f.is_kept else '**no**'} | {f.detail} |"
        for f in figures
    ]
    return "\n".join(
        [
            "# Benchmarks",
            "",
            f"Measured with `make bench` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores of"
            f" {processor() or 'an unnamed processor'}, {platform.system()},"
            f" Python {platform.python_version()}.",
            "The machine is shared and noisy; ratios are taken within one run.",
            "",
            "| what | measured | bound | kept | detail |",
            "|---|---|---|---|---|",
            *rows,
            "",
        ]
    )


def main() -> int:
    """Measure the parts named, or all; 1 when a bound was not kept."""
    chosen = _parts()
    figures: list[Figure] = []
    for part in chosen:
        for figure in importlib.import_module(f"bench.{part}").measure():
            print(f"{figure.what}: {figure.value:.3g} {figure.unit} ({figure.detail})", flush=True)
            figures.append(figure)
    if chosen == list(PARTS):
        PAGE.write_text(page(figures), encoding="utf-8")
    missed = [figure for figure in figures if not figure.is_kept]
    for figure in missed:
        print(f"NOT KEPT: {figure.what}", file=sys.stderr)
    return 1 if missed else 0


def _parts() -> list[str]:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all where none is named")
    asked: list[str] = parser.parse_args().parts
    if unknown := set(asked) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    return [part for part in PARTS if part in asked] or list(PARTS)


if __name__ == "__main__":
    sys.exit(main())
