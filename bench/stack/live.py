"""Posted → visible through the edge, Kafka, a worker with all its units, and Elasticsearch.

Servers that have worked for a while: those that have just started are measured in `cold`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from bench.stack import sizes
from bench.stack.course import MIX, PER_SECOND, UNITS, coursing, visible
from bench.stack.postings import office
from bench.stack.servers import Servers, place
from bench.stack.told import Line, Options, Told
from bench.stack.watch import Watch, watching
from bench.stack.worker import worker

WARM_UP = 60 * PER_SECOND
IDLE_S = 20.0
_WATCH_EVERY_S = 10.0  # looking takes time of the cores that are measured


def measure(servers: Servers, folder: Path, options: Options) -> Iterator[Line]:
    """How long reports took, and what each process cost."""
    here = place(servers, folder, "live")
    count = PER_SECOND * options.seconds
    made = office(folder, count + WARM_UP, MIX)
    with coursing(here, made) as course, worker(here, "worker", UNITS, readers=2) as one:
        course.run(made.postings[:WARM_UP], [one])
        roots = {**one.unit_pids(), "kafka": servers.kafka.pid}
        roots |= {"elasticsearch": servers.elastic.pid, "worker": one.pid}
        with watching(roots, every_s=_WATCH_EVERY_S) as watch:
            idle = Costs(watch)
            time.sleep(IDLE_S)
            idle.end()
            busy = Costs(watch)
            waits = course.run(made.postings[WARM_UP:], [one])
            busy.end()
        yield visible(waits, f"after {WARM_UP} at the same pace")
        yield from _memory(watch)
        yield from _processor(idle, busy, count)
        yield Told("heap of Elasticsearch", sizes.heap_mb(here), "MB", "used at the end, of 512 MB")
    yield from sizes.topics(here, len(made.postings))
    yield from sizes.indices(here, len(made.postings))
    yield _originals(here.folder / "blobs", len(made.postings))


class Costs:
    """Processor time of everything watched, from here to the end."""

    def __init__(self, watch: Watch) -> None:
        self._watch = watch
        watch.look()
        self._before = watch.every_s()
        self._begun = time.monotonic()
        self._after = self._before
        self.taken_s = 0.0

    def end(self) -> None:
        """It ends now."""
        self._watch.look()
        self.taken_s = time.monotonic() - self._begun
        self._after = self._watch.every_s()

    def used_s(self, name: str) -> float:
        """Seconds of a root in between."""
        return self._after[name] - self._before[name]


def _memory(watch: Watch) -> Iterator[Line]:
    each = ", ".join(f"{unit} {watch.largest_mb(unit):.0f}" for unit in UNITS)
    yield Figure(
        "memory of a process of a worker", watch.largest_mb("worker"), "MB", 400.0,
        f"the most it ever held; the largest process of each unit: {each} MB",
    )  # fmt: skip
    yield Told(
        "memory of a worker with all its units", watch.together_mb("worker"), "MB",
        "all its processes together, two reading ones among them, shared pages counted once",
    )  # fmt: skip
    for name in ("kafka", "elasticsearch"):
        yield Told(f"memory of {name}", watch.together_mb(name), "MB", "heap of at most 512 MB")


def _processor(idle: Costs, busy: Costs, count: int) -> Iterator[Told]:
    """What a report costs each, beside what each uses when nothing comes."""
    for name in (*UNITS, "kafka", "elasticsearch"):
        resting = idle.used_s(name) / idle.taken_s
        used = busy.used_s(name) - resting * busy.taken_s
        yield Told(
            f"processor time of {name}", used / count * 1000, "ms a report",
            f"beside {resting * 1000:.1f} ms a second when nothing comes",
        )  # fmt: skip


def _originals(blobs: Path, reports: int) -> Told:
    held = [path.stat().st_size for path in blobs.rglob("*") if path.is_file()]
    return Told(
        "originals, and what was read of each", sum(held) / reports, "bytes a report",
        f"{len(held)} files",
    )  # fmt: skip
