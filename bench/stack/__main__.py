"""`python -m bench.stack`: measure the distributed profile and write docs/benchmarks-stack.md.

Starts a Kafka and an Elasticsearch of its own. Where they cannot be had it says so and ends well,
but for CI, where nothing may be missing.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from tests.stack.fetch import Unavailable

from bench.__main__ import processor
from bench.stack import servers
from bench.stack.told import Line, Options, figures, measures, number

PAGE = Path(__file__).parents[2] / "docs" / "benchmarks-stack.md"
PARTS = ("cold", "throughput", "rebuild", "live")


def main() -> int:
    """Measure the parts named, or all; 1 when a bound was not kept."""
    asked = _arguments()
    options = Options(asked.seconds, asked.reports, asked.html)
    lines: list[Line] = []
    try:
        with tempfile.TemporaryDirectory(prefix="duban-bench-") as name, servers.running() as both:
            load = os.getloadavg()[0]
            for part in asked.parts:
                for line in importlib.import_module(f"bench.stack.{part}").measure(
                    both, Path(name), options
                ):
                    print(
                        f"{line.what}: {number(line.value)} {line.unit} ({line.detail})", flush=True
                    )
                    lines.append(line)
    except Unavailable as missing:
        print(f"没有测量：{missing}", file=sys.stderr)
        return 1 if os.environ.get("CI") == "true" else 0
    if asked.parts == list(PARTS) and not asked.keep_page:
        PAGE.write_text(page(lines, (load, *os.getloadavg())), encoding="utf-8")
    missed = [figure for figure in figures(lines) if not figure.is_kept]
    for figure in missed:
        print(f"NOT KEPT: {figure.what}", file=sys.stderr)
    return 1 if missed else 0


def page(lines: Sequence[Line], loads: Sequence[float]) -> str:
    """The benchmark page; `loads` of the machine: before, and after over 1, 5 and 15 minutes."""
    held = [
        f"| {f.what} | {number(f.value)} {f.unit} | {'≥' if f.at_least else '≤'} {f.bound:g}"
        f" {f.unit} | {'yes' if f.is_kept else '**no**'} | {f.detail} |"
        for f in figures(lines)
    ]
    told = [
        f"| {one.what} | {number(one.value)} {one.unit} | {one.detail} |" for one in measures(lines)
    ]
    return "\n".join(
        [
            "# Benchmarks of the distributed profile",
            "",
            f"Measured with `{_command()}` on {datetime.now(UTC):%Y-%m-%d}: {os.cpu_count()} cores"
            f" of {processor() or 'an unnamed processor'}, {platform.system()},"
            f" Python {platform.python_version()}, niceness {os.nice(0)};",
            f"Kafka, Elasticsearch, edge and workers all on this machine, {servers.PARTITIONS}"
            " partitions, heaps of 512 MB.",
            f"One part after the other on the same servers: {', '.join(PARTS)}. Servers that have",
            "just started compile for minutes; cold is their first minute, live comes last.",
            f"Load of the machine before the run {loads[0]:.1f}, at its end"
            f" {loads[1]:.1f} (15 minutes: {loads[3]:.1f}); two is what its cores can do at once.",
            "",
            "| what | measured | bound | kept | detail |",
            "|---|---|---|---|---|",
            *held,
            "",
            "Measured in the same run, with no bound; [scale.md](explanation/scale.md) reckons with"
            " them:",
            "",
            "| what | measured | detail |",
            "|---|---|---|",
            *told,
            "",
        ]
    )


def _command() -> str:
    given = " ".join(sys.argv[1:])
    return f"python -m bench.stack {given}" if given else "make bench-stack"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench.stack", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all where none is named")
    parser.add_argument("--seconds", type=int, default=Options.seconds, help="of posting")
    parser.add_argument("--reports", type=int, default=Options.reports, help="stored, rebuilt")
    parser.add_argument("--html", type=int, default=Options.html, help="through two workers")
    parser.add_argument("--keep-page", action="store_true", help="do not write the page")
    asked = parser.parse_args()
    if unknown := set(asked.parts) - set(PARTS):
        parser.error(f"no such part: {', '.join(sorted(unknown))}")
    asked.parts = [part for part in PARTS if part in asked.parts] or list(PARTS)
    return asked


if __name__ == "__main__":
    sys.exit(main())
