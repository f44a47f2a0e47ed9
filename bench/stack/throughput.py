"""Html through two workers that read and judge, against reading and judging alone."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from bench.figure import Figure
from bench.stack import bare
from bench.stack.postings import Office, office
from bench.stack.servers import PARTITIONS, Place, Servers, place
from bench.stack.tail import tail
from bench.stack.told import Line, Options, Told
from bench.stack.watch import watching
from bench.stack.worker import Worker, until, worker
from duban.adapters.blobs.opening import blob_store
from duban.adapters.clock import WallClock
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.adapters.kafka.publisher import Message, Publisher, message_of
from duban.config import Settings
from duban.distributed.edge import Edge

UNITS = ("intake", "agency")
WARM_UP = 60
ALONE_AT_MOST = 600
SETTLED_S = 3.0


def measure(servers: Servers, folder: Path, options: Options) -> Iterator[Line]:
    """Reports a second, as a share of what the same work reaches without Kafka and state."""
    here = place(servers, folder, "throughput")
    made = office(folder, options.html + WARM_UP, {"html": 1.0})
    files = [one.path for one in made.postings[WARM_UP:][:ALONE_AT_MOST]]
    before = bare.alone(files)
    through, used_s = _through(here, made)
    after = bare.alone(files)
    alone, alone_s = (statistics.mean(pair) for pair in zip(before, after, strict=True))
    yield Figure(
        "html through two workers, against reading and judging alone", through / alone,
        "times", 0.7,
        f"{through:.1f} reports/s from intake to conclusion, {alone:.1f} alone by two processes "
        f"(before {before[0]:.1f}, after {after[0]:.1f}); {options.html} reports, the middle 80 % "
        "of the run",
        at_least=True,
    )  # fmt: skip
    for name, value in used_s.items():
        yield Told(f"processor time of {name}, html", value / options.html * 1000, "ms a report")
    yield Told("processor time of reading and judging alone, html", alone_s * 1000, "ms a report")
    messages = _facts(here)
    passed, passed_s = bare.passing(here, messages)
    yield Told(
        "bare Faust agents, two processes", passed, "messages/s",
        f"they only pass on the same {len(messages)} facts; html through two workers is "
        f"{through / passed:.3f} of it; {passed_s * 1000:.1f} ms of processor time each, start "
        "included",
    )  # fmt: skip


def _through(here: Place, made: Office) -> tuple[float, dict[str, float]]:
    """Reports a second, and seconds of processor time of the workers and of Kafka."""
    settings = Settings(data=here.folder / "edge")
    with ExitStack() as stack:
        with Edge(
            settings, made.roster, kafka=here.kafka, elastic=here.elastic, blobs=here.blobs
        ) as edge:
            edge.start(crawl=False)
            _wait_for_the_outbox(edge)
        clock, blobs = WallClock(), blob_store(here.blobs)
        posted = [message_of(one.event(blobs, clock)) for one in made.postings]
        publisher = Publisher(here.patient, in_turn=False)
        stack.callback(publisher.close)
        seen = stack.enter_context(tail(here.patient, "conclusions"))
        two = [stack.enter_context(worker(here, f"w{n}", UNITS, readers=1)) for n in (1, 2)]
        publisher.publish(posted[:WARM_UP])
        until(lambda: _share(two), two, "both workers have partitions")
        until(lambda: len(seen.when("report.assessed")) >= WARM_UP, two, "the first are judged")
        time.sleep(SETTLED_S)
        begun = len(seen.when("report.assessed"))
        roots = {
            "the workers": two[0].pid,
            "worker 2": two[1].pid,
            "kafka": here.servers.kafka.pid,
        }
        with watching(roots) as watch:
            used = {name: watch.used_s(name) for name in roots}
            publisher.publish(posted[WARM_UP:])
            wanted = len(posted) - WARM_UP + begun
            until(lambda: len(seen.when("report.assessed")) >= wanted, two, "all are judged")
            watch.look()
            used = {name: watch.used_s(name) - before for name, before in used.items()}
        used["the workers"] += used.pop("worker 2")
        return bare.pace(seen.when("report.assessed")[begun:]), used


def _wait_for_the_outbox(edge: Edge) -> None:
    end, head = time.monotonic() + 120, 0
    while time.monotonic() < end:
        before, head = head, edge.store.log.head("facts")
        if head and head == before and edge.store.states.cursor("forwarder").position >= head:
            return
        time.sleep(1.0)
    raise RuntimeError("the edge did not hand everything on to Kafka")


def _share(two: list[Worker]) -> bool:
    """Whether each unit's partitions lie with both workers."""
    whole = frozenset(range(PARTITIONS))
    for unit in UNITS:
        first, second = (one.partitions(unit) for one in two)
        if not first or not second or first & second or first | second != whole:
            return False
    return True


def _facts(here: Place) -> list[Message]:
    """The readings that intake recorded, as they are to be passed on."""
    reader = PartitionReader(here.patient)
    try:
        raws = reader.read("facts", reader.spans("facts"))
    finally:
        reader.close()
    return [
        Message(stream="bare-in", key=raw.key, id=raw.id, name=raw.name, value=raw.value)
        for raw in raws
        if raw.name == "report.read"
    ]
