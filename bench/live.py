"""Posted → visible: 20 reports a second through intake, evaluator and indexer, embedded."""

from __future__ import annotations

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, percentile
from duban.adapters.embedded.backlog import backlogs
from duban.adapters.embedded.store import EmbeddedStore
from duban.bootstrap import Machine
from duban.config import Settings
from duban.crawler.registration import registered
from duban.domain.agency import Agency
from duban.domain.event import Event, ReportPosted, Topic, derived_id, record
from duban.domain.view import Scope
from duban.samples.making import make
from duban.samples.portal import roster

PER_SECOND = 20
SECONDS = 20
MIX = {"html": 0.6, "docx": 0.3, "pdf": 0.1}
WARM_UP = 10
PATIENCE_S = 120.0
UNITS: tuple[tuple[str, Topic], ...] = (("agency", "facts"), ("intake", "posted"))


def measure() -> Iterator[Figure]:
    """Seconds from the recorded posting to the report's row in the index."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as name:
        yield figure(Path(name), f"posted → visible at {PER_SECOND} reports/s, p95")


def figure(folder: Path, what: str) -> Figure:
    """Post a made county into the data folder under `folder`, beside whatever is stored there."""
    county = folder / "county"
    make(county, seed=3, agencies=160, years=range(2019, 2025), fault_rate=0.3)
    data = folder / "data"
    with Machine(Settings(data=data), [*_stored(data), *roster(county)]) as machine:
        machine.runner.run_until_idle()
        machine.start(crawl=False)
        settled_s = _settle(machine)
        waits = sorted(_run(machine, _mixed(county)))
        agencies = len(machine.roster)
    return Figure(
        what, percentile(waits, 0.95), "s", 1.0,
        f"{len(waits)} reports, 60 % html, 30 % docx, 10 % pdf; median "
        f"{percentile(waits, 0.5):.2f} s, longest {waits[-1]:.2f} s; before that, the day of the "
        f"start handled for {agencies} agencies in {settled_s:.1f} s",
    )  # fmt: skip


def _settle(machine: Machine) -> float:
    """Wait, in seconds, for what starting itself brings: a day on which terms end is everyone's."""
    begun = time.monotonic()
    while any(one.events or one.agencies for one in backlogs(machine.store, UNITS)):
        time.sleep(0.1)
    return time.monotonic() - begun


def _stored(data: Path) -> tuple[Agency, ...]:
    with EmbeddedStore(data) as store:
        return registered(store.states)


def _mixed(county: Path) -> list[dict[str, str]]:
    files = json.loads((county / "truth.json").read_text(encoding="utf-8"))["files"]
    by_media = {media: [f for f in files if f["media"] == media] for media in MIX}
    count = PER_SECOND * SECONDS + WARM_UP
    chosen = [f for media, share in MIX.items() for f in by_media[media][: round(count * share)]]
    random.Random(1).shuffle(chosen)
    return [{**file, "path": str(county / file["path"])} for file in chosen]


def _run(machine: Machine, files: list[dict[str, str]]) -> list[float]:
    pending: dict[tuple[str, int], float] = {}
    waits: list[float] = []
    position = 0
    start = time.monotonic()
    for number, file in enumerate(files):
        due = start + number / PER_SECOND
        while (left := due - time.monotonic()) > 0:
            position = _look(machine, pending, waits, position, left)
        event = _posting(machine, file)
        pending[file["agency_id"], int(file["year"])] = time.monotonic()
        machine.store.log.append([event])
    deadline = time.monotonic() + PATIENCE_S
    while pending and time.monotonic() < deadline:
        position = _look(machine, pending, waits, position, 0.5)
    assert not pending, f"{len(pending)} reports never became visible"
    return waits[WARM_UP:]


def _posting(machine: Machine, file: dict[str, str]) -> Event:
    data = Path(file["path"]).read_bytes()
    sha256 = machine.store.blobs.put(data)
    body = ReportPosted(
        sha256=sha256,
        bytes=len(data),
        source="crawler",
        url=f"http://127.0.0.1/{file['agency_id']}/{file['year']}",
        agency_hint=file["agency_id"],
        year_hint=int(file["year"]),
    )
    return record(body, id=derived_id(file["path"], "bench", sha256), at=machine.clock.now())


def _look(
    machine: Machine,
    pending: dict[tuple[str, int], float],
    waits: list[float],
    position: int,
    patience_s: float,
) -> int:
    """Wait for the index to move, then take down what has become visible."""
    moved = machine.store.wait(position, patience_s)
    if moved != position:
        for (agency_id, year), since in list(pending.items())[:PER_SECOND]:
            view = machine.store.index.report(agency_id, year, Scope())
            if view is not None and view.coverage is not None:
                waits.append(time.monotonic() - since)
                del pending[agency_id, year]
    return moved
