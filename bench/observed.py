"""What counting costs: the same facts judged and indexed with figures and without, in turns."""

from __future__ import annotations

import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench import archive
from bench.figure import Figure
from duban import assets
from duban.adapters.agency_chain import chain_from
from duban.adapters.embedded.chain_unit import ChainUnit
from duban.adapters.embedded.index_unit import IndexUnit
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import Event
from duban.measuring.figures import Figures
from duban.observing import UNOBSERVED, Observer, Taken, Unobserved
from duban.ports import Recorded
from duban.rulebook import load
from duban.testing.clock import MovableClock
from duban.testing.office import open_office

AGENCIES = 30  # with ten reports each
ROUNDS = 3
_MANY = 1_000_000
_RELEASES = ("rulebook.released", "calendar.released")  # each folder makes its own


def measure() -> Iterator[Figure]:
    """The share of processor time that goes into counting; the whole run with and without."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as name:
        folder = Path(name)
        archive.build(folder / "made", AGENCIES)
        with EmbeddedStore(folder / "made") as store:
            recorded = [one.event for one in store.log.read("facts", 0, _MANY)]
        facts = [one for one in recorded if one.name not in _RELEASES]
        rules = [rule.id for rule in load(assets.find("rules")).rules]
        plain: list[float] = []
        counted: list[float] = []
        shares: list[float] = []
        for _ in range(ROUNDS):
            plain.append(_taken(folder, facts, UNOBSERVED))
            figures = _Timed(Figures(MovableClock().now, rules=rules))
            counted.append(_taken(folder, facts, figures))
            shares.append(figures.spent_s / counted[-1])
    reports = AGENCIES * len(archive.YEARS)
    share = statistics.median(shares)
    yield Figure(
        "counting, of judging and indexing", 100 * share, "%", 3.0,
        f"processor time over {reports} reports, {1000 * share * min(counted) / reports:.3f} ms "
        f"each; the whole run with figures ÷ without, the fastest of {ROUNDS} in turns: "
        f"{min(counted) / min(plain):.2f}",
    )  # fmt: skip


class _Timed(Unobserved):
    """Hands on what units tell, and takes the processor time of it."""

    def __init__(self, observer: Observer) -> None:
        self._observer = observer
        self.spent_s = 0.0

    def took_step(self, unit: str, taken: Sequence[Taken], took_s: float) -> None:
        begun = time.process_time()
        self._observer.took_step(unit, taken, took_s)
        self.spent_s += time.process_time() - begun

    def indexed(self, recorded: Sequence[Recorded]) -> None:
        begun = time.process_time()
        self._observer.indexed(recorded)
        self.spent_s += time.process_time() - begun


def _taken(folder: Path, facts: list[Event], observer: Observer) -> float:
    """Processor seconds to judge and index the facts in a new data folder."""
    data = folder / "data"
    try:
        with EmbeddedStore(data) as store:
            shutil.copytree(folder / "made" / "blobs", data / "blobs", dirs_exist_ok=True)
            open_office(store)
            store.log.append(facts)
            chain = chain_from(store.blobs, store.states)
            units = (
                ChainUnit(store.log, store.states, chain, observer=observer),
                IndexUnit(store.log, store.index, observer=observer),
            )
            begun = time.process_time()
            for unit in units:
                while unit.advance():
                    pass
            return time.process_time() - begun
    finally:
        shutil.rmtree(data)
