"""Posted → visible through the edge, Kafka, a worker with all its units, and Elasticsearch.

Reports are posted at the edge; every quarter of a second the index is asked which of those that
wait have been judged. Servers that have just started compile while they work: the first minute at
the same pace is told apart, against the same bound.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure, percentile
from bench.stack import sizes
from bench.stack.postings import Posting, office
from bench.stack.servers import Servers, place
from bench.stack.told import Line, Options, Told
from bench.stack.watch import Watch, watching
from bench.stack.worker import Worker, until, worker
from duban.adapters.elastic.asking import Search
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.config import Settings
from duban.distributed.edge import Edge

PER_SECOND = 20
MIX = {"html": 0.6, "docx": 0.3, "pdf": 0.1}
UNITS = ("intake", "agency", "indexer")
WARM_UP = 60 * PER_SECOND
IDLE_S = 20.0
PATIENCE_S = 600.0
_LOOK_EVERY_S = 0.25
_ASKED_AT_ONCE = 500


def measure(servers: Servers, folder: Path, options: Options) -> Iterator[Line]:
    """How long reports took, how long the worker took to begin, and what each process cost."""
    here = place(servers, folder, "live")
    count = PER_SECOND * options.seconds
    made = office(folder, count + WARM_UP, MIX)
    settings = Settings(data=here.folder / "edge")
    with (
        Edge(
            settings, made.roster, kafka=here.kafka, elastic=here.elastic, blobs=here.blobs
        ) as edge,
        ElasticIndex(here.elastic) as index,
    ):
        edge.start(crawl=False)
        course = Course(edge, index)
        first, *warm = made.postings[:WARM_UP]
        course.post(first)
        with worker(here, "worker", UNITS, readers=2) as one:
            yield from _beginning(course, one)
            yield _visible(course.run(warm, [one]), "in the first minute of the servers")
            roots = {**one.unit_pids(), "kafka": servers.kafka.pid}
            roots |= {"elasticsearch": servers.elastic.pid, "worker": one.pid}
            with watching(roots) as watch:
                idle = Costs(watch)
                time.sleep(IDLE_S)
                idle.end()
                busy = Costs(watch)
                waits = course.run(made.postings[WARM_UP:], [one])
                busy.end()
            yield _visible(waits, f"after {WARM_UP} at the same pace")
            yield from _memory(watch)
            yield from _processor(idle, busy, count)
        yield Told("heap of Elasticsearch", sizes.heap_mb(here), "MB", "used at the end, of 512 MB")
    yield from sizes.topics(here, len(made.postings))
    yield from sizes.indices(here, len(made.postings))
    yield _originals(here.folder / "blobs", len(made.postings))


class Course:
    """Posts reports and finds them again; `waits` are the seconds in between."""

    def __init__(self, edge: Edge, index: ElasticIndex) -> None:
        self.waits: list[float] = []
        self._edge = edge
        self._index = index
        self._pending: dict[str, float] = {}

    def post(self, posting: Posting) -> None:
        """Record a posting at the edge."""
        event = posting.event(self._edge.blobs, self._edge.clock)
        self._pending[f"{posting.agency_id}/{posting.year}"] = time.monotonic()
        self._edge.store.log.append([event])

    def look(self) -> bool:
        """Take down what has become visible; whether anything is still awaited."""
        asked = list(self._pending)[:_ASKED_AT_ONCE]
        found = self._index.asking.one(
            Search(
                model="reports",
                filters=[
                    {"term": {"current": True}},
                    {"terms": {"subject": asked}},
                    {"exists": {"field": "rulebook"}},
                ],
                fields=("agency_id", "year"),
                limit=_ASKED_AT_ONCE,
            )
        )
        now = time.monotonic()
        for one in found.sources:
            self.waits.append(now - self._pending.pop(f"{one['agency_id']}/{one['year']}"))
        return bool(self._pending)

    def wait(self, workers: list[Worker]) -> None:
        """Until everything that was posted is visible."""
        end = time.monotonic() + PATIENCE_S
        while self.look():
            assert time.monotonic() < end, f"{len(self._pending)} reports never became visible"
            for one in workers:
                one.refuse_its_end()
            time.sleep(_LOOK_EVERY_S)

    def run(self, postings: list[Posting], workers: list[Worker]) -> list[float]:
        """Post at an even pace; the seconds each took, in the order they became visible."""
        self.waits = []
        start = looked = time.monotonic()
        for number, posting in enumerate(postings):
            due = start + number / PER_SECOND
            while (now := time.monotonic()) < due:
                if now - looked >= _LOOK_EVERY_S and self._pending:
                    looked = now
                    self.look()
                else:
                    time.sleep(min(due - now, 0.02))
            self.post(posting)
        self.wait(workers)
        return self.waits


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


def _beginning(course: Course, one: Worker) -> Iterator[Line]:
    """From the command to the first report in the index, which all units had a part in."""
    until(lambda: not course.look(), [one], "the first report is visible")
    taken = time.monotonic() - one.started
    yield Figure(
        "start of a worker to its first event", taken, "s", 15.0,
        "from the command to the first report read, judged and found in the index, by a worker "
        "with all its units and no state",
    )  # fmt: skip


def _visible(waits: list[float], when: str) -> Figure:
    ordered = sorted(waits)
    return Figure(
        f"posted → visible in the index at {PER_SECOND} reports/s, {when}, p95",
        percentile(ordered, 0.95), "s", 5.0,
        f"{len(ordered)} reports in {len(ordered) / PER_SECOND:.0f} s, 60 % html, 30 % docx, "
        f"10 % pdf; median {percentile(ordered, 0.5):.2f} s, longest {ordered[-1]:.2f} s",
    )  # fmt: skip


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
