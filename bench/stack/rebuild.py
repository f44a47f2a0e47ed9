"""`duban rebuild --profile distributed` of a large history, and questions to what it built.

The history is that of `bench.archive`, written to Kafka as the edge and the workers would have.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import msgspec

from bench import archive
from bench.figure import Figure
from bench.stack import sizes
from bench.stack.asked import answers
from bench.stack.servers import PARTITIONS, Place, Servers, place
from bench.stack.told import Line, Options, Told
from bench.stack.watch import Watch, watching
from bench.stack.worker import DUBAN
from duban.adapters.elastic import documents
from duban.adapters.elastic.asking import Search
from duban.adapters.elastic.bulk import Bulk, Operation
from duban.adapters.elastic.client import connected
from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.indices import SHOWN, Indices
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.kafka.publisher import Publisher, message_of
from duban.domain.event import AgencyRegistered, Event, ReportRead, Topic

STREAMS: tuple[Topic, ...] = ("facts", "conclusions", "alerts", "posted")
BARE_AGENCIES = 100
_BARE = 99
_AT_ONCE = 200
_OWN = "its processes"


def measure(servers: Servers, folder: Path, options: Options) -> Iterator[Line]:
    """Reports a second built and compared, memory, and milliseconds of a search."""
    here = place(servers, folder, "rebuild")
    agencies = max(1, options.reports // len(archive.YEARS))
    reports = agencies * len(archive.YEARS)
    events, written_s = _written(here, archive.folder(agencies), agencies)
    yield Told("history written to Kafka", events / written_s, "events/s", f"{events} events")
    yield from sizes.topics(here, reports)
    with ElasticIndex(here.elastic, lanes=PARTITIONS) as index:
        index.prepare()
    first_s, *_ = _rebuilt(here, "--accept")
    second_s, watch, used = _rebuilt(here)
    built, documents_each, bare = _bare(here)
    yield Figure(
        "rebuild of the indices", reports / second_s, "reports/s", 300,
        f"{reports} reports, {events} events in {second_s:.0f} s, from the command to the "
        f"exchange, compared with those in use; {first_s:.0f} s where those in use were empty; "
        f"{reports * documents_each / second_s:.0f} documents/s, "
        f"{reports * documents_each / second_s / bare:.2f} of a bare bulk load of {built} of them "
        f"({bare:.0f} documents/s)",
        at_least=True,
    )  # fmt: skip
    yield Figure(
        "memory of a process of a rebuild", watch.largest_mb(_OWN), "MB", 400.0,
        "the most that the largest ever held",
    )  # fmt: skip
    yield Told("memory of a rebuild", watch.together_mb(_OWN), "MB", "all its processes together")
    for name, seconds in used.items():
        yield Told(f"processor time of a rebuild, {name}", seconds / reports * 1000, "ms a report")
    yield from sizes.indices(here, reports)
    yield from answers(here, reports)
    yield Told("heap of Elasticsearch", sizes.heap_mb(here), "MB", "used after that, of 512 MB")


def _written(here: Place, data: Path, agencies: int) -> tuple[int, float]:
    """The history of so many agencies, topic by topic; how many events, and in how many seconds."""
    publisher, count, begun = Publisher(here.patient, in_turn=False), 0, time.monotonic()
    keys: dict[str, None] = {}
    with tempfile.TemporaryDirectory(dir=here.folder) as name:
        copy = Path(name, "data")
        shutil.copytree(data, copy)
        with EmbeddedStore(copy) as store:
            for topic in STREAMS:
                after = 0
                while found := store.log.read(topic, after=after, limit=_AT_ONCE):
                    after = found[-1].position
                    kept = [one.event for one in found if _is_kept(one.event, keys, agencies)]
                    publisher.publish([message_of(event) for event in kept])
                    count += len(kept)
    publisher.close()
    return count, time.monotonic() - begun


def _is_kept(event: Event, keys: dict[str, None], agencies: int) -> bool:
    """Whether it is of one of the first agencies, or of the bytes of one of their reports."""
    match event.body:
        case AgencyRegistered(agency=agency) if len(keys) < agencies:
            keys[agency.id] = None
        case ReportRead(agency_id=agency_id, sha256=sha256) if agency_id in keys:
            keys[sha256] = None
    return event.key in keys


def _rebuilt(here: Place, *options: str) -> tuple[float, Watch, dict[str, float]]:
    """Seconds, what was seen of its processes, and its and the servers' processor time."""
    command: list[str | Path] = [DUBAN, "rebuild", "--profile", "distributed", *options]
    environment = {**os.environ, **here.environment}
    begun = time.perf_counter()
    with (
        tempfile.TemporaryFile() as said,
        subprocess.Popen(command, env=environment, stdout=said, stderr=said) as process,
        watching(
            {
                _OWN: process.pid,
                "kafka": here.servers.kafka.pid,
                "elasticsearch": here.servers.elastic.pid,
            }
        ) as watch,
    ):
        before = {name: watch.used_s(name) for name in ("kafka", "elasticsearch")}
        code = process.wait()
        taken = time.perf_counter() - begun
        watch.look()
        said.seek(0)
        told = said.read().decode()
        assert code == 0 or (code == 1 and "--accept" in options), told[-3000:]
    used = {name: watch.used_s(name) - since for name, since in before.items()}
    return taken, watch, {_OWN: watch.used_s(_OWN), **used}


def _bare(here: Place) -> tuple[int, float, float]:
    """Documents loaded bare, how many a report has, and how many a second went in."""
    client = connected(here.elastic)
    try:
        with ElasticIndex(here.elastic) as index:
            ids = sorted({one["agency_id"] for one in index.asking.every(Search(model="agencies"))})
            of_some = [{"terms": {"agency_id": ids[:BARE_AGENCIES]}}]
            found = {
                model: list(index.asking.every(Search(model=model, filters=of_some, limit=200)))
                for model in SHOWN
                if model not in ("aside", "rejected")
            }
        indices = Indices(client, here.elastic)
        made = indices.make(_BARE)
        operations = [
            Operation(
                entry=made.entry(model),
                id=documents.document_id(f"{one['subject']}{number}"),
                routing=one["agency_id"],
                version=1,
                source=msgspec.json.encode({**one, **documents.derived(model, one)}),
            )
            for model, sources in found.items()
            for number, one in enumerate(sources)
        ]
        begun = time.perf_counter()
        written = Bulk(client, here.elastic).write(operations)
        indices.refresh(made)
        taken = time.perf_counter() - begun
        indices.remove(made)
        assert not written.refused, written.refused[0].cause
    finally:
        client.close()
    reports = min(BARE_AGENCIES, len(ids)) * len(archive.YEARS)
    return len(operations), len(operations) / reports, len(operations) / taken
