"""Reading a text pdf against pdfplumber's own `extract_tables` on the same file, same run.

Usage: python bench/pdf.py FILE [--rounds N]. Prints one JSON line; exit code 1 past the bound.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pdfplumber

from duban.domain.document import Grid
from duban.reading.formats.pdf import read

GOAL, BOUND = 0.25, 1.0
DEFAULT = Path(__file__).parents[2] / "shared" / "samples" / "real" / "huaian_2024.pdf"


def baseline(data: bytes) -> int:
    with pdfplumber.open(io.BytesIO(data)) as document:
        return sum(len(page.extract_tables()) for page in document.pages)


def ours(data: bytes) -> int:
    return sum(isinstance(block, Grid) for block in read(data).blocks)


def seconds(work: Callable[[bytes], int], data: bytes) -> float:
    start = time.perf_counter()
    work(data)
    return time.perf_counter() - start


def fastest(data: bytes, rounds: int) -> tuple[float, float]:
    """Both by turns, so that other load on the machine meets both; the fastest round counts."""
    pairs = [(seconds(ours, data), seconds(baseline, data)) for _ in range(rounds + 1)]
    return min(own for own, _ in pairs[1:]), min(other for _, other in pairs[1:])


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=DEFAULT)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    if not options.file.is_file():
        print(f"没有样本文件：{options.file}", file=sys.stderr)
        return 2
    data = options.file.read_bytes()
    pages = read(data).pages or 1
    reading, plumber = fastest(data, options.rounds)
    ratio = reading / plumber
    result = {
        "benchmark": "pdf",
        "pages": pages,
        "reading_ms": round(reading * 1000, 2),
        "reading_ms_per_page": round(reading * 1000 / pages, 2),
        "pdfplumber_ms": round(plumber * 1000, 2),
        "ratio": round(ratio, 4),
        "goal": GOAL,
        "bound": BOUND,
        "ok": ratio <= BOUND,
    }
    print(json.dumps(result, ensure_ascii=False))
    return 0 if ratio <= BOUND else 1


if __name__ == "__main__":
    sys.exit(main())
