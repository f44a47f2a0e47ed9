"""All rules on one read report, warm: milliseconds per report, as one JSON line.

The baseline of the same run is one JSON round trip of the report, which says how fast the
machine is just now; the ratio is what should stay the same from machine to machine.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bench.figure import Figure
from duban.domain.finding import Context
from duban.domain.report import Report
from duban.rulebook import load
from duban.testing.reports import AGENCY, build

BUDGET_MS = 1.5
RULES = Path(__file__).parent.parent / "rules"
FACTS = [
    {"name": "received", "value": 104},
    {"name": "handled", "value": 95},
    {"name": "granted", "value": 37},
    {"name": "partial", "value": 13},
    {"name": "refused", "value": 8},
    {"name": "not_provided", "value": 22},
    {"name": "not_processed", "value": 8},
    {"name": "other_handling", "value": 7},
    {"name": "recon_total", "value": 12, "sentence": 2, "clause": 2},
    {"name": "lit_total", "value": 10, "sentence": 2, "clause": 3},
    {"name": "lit_upheld", "value": 5, "sentence": 2, "clause": 3},
]


def best_ms(work: Callable[[], object], *, rounds: int = 40, each: int = 10) -> float:
    """The fastest of several rounds, in milliseconds for one piece of work."""
    fastest = float("inf")
    for _ in range(rounds):
        begun = time.perf_counter()
        for _ in range(each):
            work()
        fastest = min(fastest, (time.perf_counter() - begun) / each)
    return fastest * 1000


def result() -> dict[str, float | str]:
    """Milliseconds for loading all rules and for judging one report with them."""
    begun = time.perf_counter()
    book = load(RULES)
    load_ms = (time.perf_counter() - begun) * 1000
    report = build({"facts": FACTS})
    context = Context(names=(AGENCY,), year=2023)
    wrong = build({"facts": FACTS, "set": {"applications.results.granted.total": 73}})

    judge_ms = best_ms(lambda: book.judge(report, context))
    baseline_ms = best_ms(lambda: msgspec.json.decode(msgspec.json.encode(report), type=Report))
    return {
        "benchmark": "rules",
        "rules": len(book.rules),
        "assertions": book.judge(report, context).coverage.assertions,
        "load_ms": round(load_ms, 2),
        "judge_ms": round(judge_ms, 3),
        "judge_with_a_diagnosis_ms": round(best_ms(lambda: book.judge(wrong, context)), 3),
        "baseline_ms": round(baseline_ms, 3),
        "ratio": round(judge_ms / baseline_ms, 2),
        "budget_ms": BUDGET_MS,
    }


def measure() -> Iterator[Figure]:
    """The figures for the benchmark page."""
    found = result()
    yield Figure(
        "all rules on one read report, warm", float(found["judge_ms"]), "ms", BUDGET_MS,
        f"{found['rules']} rules, {found['assertions']} assertions; "
        f"{found['judge_with_a_diagnosis_ms']} ms where a wrong cell is looked for; "
        f"rule files loaded in {found['load_ms']} ms",
    )  # fmt: skip


if __name__ == "__main__":
    print(json.dumps(result()))
