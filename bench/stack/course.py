"""Reports posted at the edge at an even pace, and when each of them can be found."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.figure import Figure, percentile
from bench.stack.postings import Office, Posting
from bench.stack.servers import Place
from bench.stack.worker import Worker
from duban.adapters.elastic.asking import Search
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.config import Settings
from duban.distributed.edge import Edge

PER_SECOND = 20
MIX = {"html": 0.6, "docx": 0.3, "pdf": 0.1}
UNITS = ("intake", "agency", "indexer")
_PATIENCE_S = 600.0
_LOOK_EVERY_S = 0.5  # more often the index would be busy with being asked
_ASKED_AT_ONCE = 500


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
        end = time.monotonic() + _PATIENCE_S
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


@contextmanager
def coursing(here: Place, made: Office) -> Iterator[Course]:
    """An edge that runs, and an index to look into."""
    settings = Settings(data=here.folder / "edge")
    with (
        Edge(
            settings, made.roster, kafka=here.kafka, elastic=here.elastic, blobs=here.blobs
        ) as edge,
        ElasticIndex(here.elastic) as index,
    ):
        edge.start(crawl=False)
        yield Course(edge, index)


def visible(waits: list[float], when: str) -> Figure:
    """How long reports took from being posted until they could be found, judged."""
    ordered = sorted(waits)
    return Figure(
        f"posted → visible in the index at {PER_SECOND} reports/s, {when}, p95",
        percentile(ordered, 0.95), "s", 5.0,
        f"{len(ordered)} reports in {len(ordered) / PER_SECOND:.0f} s, 60 % html, 30 % docx, "
        f"10 % pdf; median {percentile(ordered, 0.5):.2f} s, longest {ordered[-1]:.2f} s",
    )  # fmt: skip
