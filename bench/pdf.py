"""Reading a text pdf against pdfplumber's own `extract_tables` on the same file, same run.

`python -m bench.pdf [FILE] [--rounds N]` prints one JSON line; exit code 1 past the bound.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber

from bench.figure import Figure
from duban.domain.document import Grid
from duban.reading.formats.pdf import read

GOAL, BOUND = 0.25, 1.0
SAMPLES = Path(__file__).parents[2] / "shared" / "samples"
ROUNDS = 7


def baseline(data: bytes) -> int:
    """What pdfplumber does to find the tables of a file."""
    with pdfplumber.open(io.BytesIO(data)) as document:
        return sum(len(page.extract_tables()) for page in document.pages)


def ours(data: bytes) -> int:
    """What we do to read the whole file."""
    return sum(isinstance(block, Grid) for block in read(data).blocks)


def seconds(work: Callable[[bytes], int], data: bytes) -> float:
    """The wall time of one run."""
    start = time.perf_counter()
    work(data)
    return time.perf_counter() - start


def fastest(data: bytes, rounds: int) -> tuple[float, float]:
    """Both by turns, so that other load on the machine meets both; the fastest round counts."""
    pairs = [(seconds(ours, data), seconds(baseline, data)) for _ in range(rounds + 1)]
    return min(own for own, _ in pairs[1:]), min(other for _, other in pairs[1:])


def sample() -> Path:
    """The real report of six pages (DUBAN_SAMPLES overrides the folder)."""
    return Path(os.environ.get("DUBAN_SAMPLES", SAMPLES)) / "real" / "huaian_2024.pdf"


def result(path: Path, rounds: int) -> dict[str, float | str]:
    """Times in milliseconds and their ratio; exits with a sentence when the file is missing."""
    if not path.is_file():
        sys.exit(f"没有样本文件：{path}（可用 DUBAN_SAMPLES 指定样本目录）。")
    data = path.read_bytes()
    pages = read(data).pages or 1
    reading, plumber = fastest(data, rounds)
    return {
        "benchmark": "pdf",
        "pages": pages,
        "reading_ms": round(reading * 1000, 2),
        "reading_ms_per_page": round(reading * 1000 / pages, 2),
        "pdfplumber_ms": round(plumber * 1000, 2),
        "ratio": round(reading / plumber, 4),
        "goal": GOAL,
        "bound": BOUND,
    }


def measure() -> list[Figure]:
    """The figure for the page of benchmarks."""
    got = result(sample(), ROUNDS)
    detail = (
        f"{got['reading_ms_per_page']} ms per page, {got['reading_ms']} ms against "
        f"{got['pdfplumber_ms']} ms of pdfplumber for {got['pages']} pages; goal {GOAL}"
    )
    return [Figure("reading a text pdf", float(got["ratio"]), "× extract_tables", BOUND, detail)]


def main() -> int:
    """Print the result of one file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=sample())
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    got = result(options.file, options.rounds)
    print(json.dumps(got, ensure_ascii=False))
    return 0 if float(got["ratio"]) <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
