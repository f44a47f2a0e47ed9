"""Judging again: a new rulebook over the stored reports, with workers and without.

The baseline of the same run is bare `Rulebook.judge` over the same reports in one process: the
ratio says what reading, comparing and storing cost, and what two cores give.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from bench import archive
from bench.figure import Figure
from bench.memory import Memory
from duban import assets
from duban.adapters.agency_chain import chain_from
from duban.adapters.embedded.chain_unit import ChainUnit
from duban.adapters.embedded.crew import Crew, place_of
from duban.adapters.embedded.packing import unpack
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rulebook_library import RulebookLibrary
from duban.domain.finding import Context
from duban.domain.report import Report
from duban.processors.remembered import Text
from duban.rulebook import Rulebook, load
from duban.testing.clock import MovableClock

WORKERS = 2
ROUNDS = 2
STEPS = 20  # of 320 reports each, without workers
SAMPLE = 600


def measure() -> Iterator[Figure]:
    """Reports a second from the release to the last conclusion stored."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as name:
        data = Path(name, "data")
        shutil.copytree(archive.folder(), data)
        crew, serial, bare, memory, each_ms = _measured(data, Path(name))
    reports = archive.AGENCIES * len(archive.YEARS)
    yield Figure(
        f"judging again, {WORKERS} workers", crew, "reports/s", 1000,
        f"mean of {ROUNDS} rulebooks over {reports} stored reports, start of the workers "
        f"included, {each_ms:.2f} ms of processor time for each in all processes; "
        f"{serial:.0f} without workers; bare Rulebook.judge in one process "
        f"{bare:.0f}, of which this is {crew / bare:.2f}",
        at_least=True,
    )  # fmt: skip
    yield Figure(
        "memory of a process that judges again", memory, "MB", 400.0,
        "the most any of the workers ever held",
    )  # fmt: skip


def _measured(data: Path, folder: Path) -> tuple[float, float, float, float, float]:
    memory, own = Memory(), os.getpid()
    with EmbeddedStore(data) as store:
        rates: list[float] = []
        used = os.times()
        for round_ in range(ROUNDS):
            crew = Crew(place_of(data, chain_from), WORKERS)
            try:
                _release(store, _rules(folder, round_))
                rates.append(_rate(store, crew, lambda: memory.look(own)))
            finally:
                crew.close()
        after = os.times()  # of the workers too: they have ended
        judged = ROUNDS * archive.AGENCIES * len(archive.YEARS)
        each_ms = 1000 * (sum(after[:4]) - sum(used[:4])) / judged
        _release(store, _rules(folder, ROUNDS))
        serial = _rate(store, None, lambda: None, STEPS)
        return statistics.mean(rates), serial, _bare(store), memory.others_mb(own), each_ms


def _rules(folder: Path, round_: int) -> Path:
    """The rules under another version, so that every report is judged again."""
    rules = folder / f"rules-{round_}"
    shutil.copytree(assets.find("rules"), rules)
    book = rules / "rulebook.yaml"
    text = book.read_text(encoding="utf-8")
    version = next(line for line in text.splitlines() if line.startswith("version:"))
    book.write_text(text.replace(version, f'version: "9.0.{round_}"'), encoding="utf-8")
    return rules


def _release(store: EmbeddedStore, rules: Path) -> None:
    RulebookLibrary(store.blobs, store.states).release(rules, MovableClock())


def _rate(
    store: EmbeddedStore, crew: Crew | None, look: Callable[[], None], steps: int | None = None
) -> float:
    """Reports judged a second, in so many steps or until all are."""
    unit = ChainUnit(store.log, store.states, chain_from(store.blobs, store.states), crew=crew)
    begun, done = time.perf_counter(), 0
    while done != steps and unit.advance():
        done += 1
        look()
    taken = time.perf_counter() - begun
    after = store.states.cursor("agency").broadcast_after
    return _judged_until(store, after) / taken


def _judged_until(store: EmbeddedStore, key: str | None) -> int:
    with store.history.read() as connection:
        found = connection.execute(
            "SELECT count(*) FROM state WHERE unit = 'agency' AND part LIKE 'evaluator/%/report' "
            "AND (? IS NULL OR key <= ?)",
            (key, key),
        )
        return int(found.fetchone()[0])


def _bare(store: EmbeddedStore) -> float:
    rulebook = load(assets.find("rules"))
    sample = [_report(store, row) for row in _texts(store)]
    return SAMPLE / min(_judged(rulebook, sample) for _ in range(ROUNDS))


def _judged(rulebook: Rulebook, sample: list[Report]) -> float:
    begun = time.process_time()
    for report in sample:
        rulebook.judge(report, Context(year=report.year))
    return time.process_time() - begun


def _texts(store: EmbeddedStore) -> list[int]:
    with store.history.read() as connection:
        rows = connection.execute(
            "SELECT rowid FROM state WHERE unit = 'agency' AND part LIKE 'evaluator/%/report' "
            "LIMIT ?",
            (SAMPLE,),
        )
        return [row[0] for row in rows]


def _report(store: EmbeddedStore, row: int) -> Report:
    with store.history.read() as connection:
        packed, data = connection.execute(
            "SELECT packed, data FROM state WHERE rowid = ?", (row,)
        ).fetchone()
    return msgspec.json.decode(unpack(packed, data), type=Text).whole()


if __name__ == "__main__":
    for figure in measure():
        print(f"{figure.what}: {figure.value:.0f} {figure.unit} ({figure.detail})")
