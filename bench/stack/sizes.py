"""What a run wrote: bytes in the topics and in the indices."""

from __future__ import annotations

from collections.abc import Iterator

from bench.stack.servers import Place
from bench.stack.told import Told
from duban.adapters.elastic.client import connected
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.adapters.kafka.topics import UNITS, changelog, stream

_STREAMS = ("posted", "facts", "conclusions", "alerts")


def topics(place: Place, reports: int) -> Iterator[Told]:
    """The bytes in each topic that was written to, for each report, and how many events."""
    reader = PartitionReader(place.patient)
    try:
        for name in _STREAMS:
            events = sum(span.end for span in reader.spans(name).values())
            size = _on_disk(place, stream(place.kafka, name))
            if events:
                yield _told(f"topic {name}", size, reports, f"{events} events")
    finally:
        reader.close()
    for unit in UNITS:
        if size := _on_disk(place, changelog(place.kafka, unit)):
            yield _told(f"changelog of {unit}, not compacted yet", size, reports, "")


def indices(place: Place, reports: int) -> Iterator[Told]:
    """Of each kind of document: its bytes for each report, and how many documents."""
    client = connected(place.elastic)
    try:
        pattern = f"{place.prefix}*"
        client.indices.flush(index=pattern)
        found = client.indices.stats(index=pattern, metric="docs,store")["indices"]
    finally:
        client.close()
    whole = 0
    for name, one in sorted(found.items()):
        size, count = one["primaries"]["store"]["size_in_bytes"], one["primaries"]["docs"]["count"]
        whole += size
        kind = name.removeprefix(place.prefix).rpartition("-")[0]
        if count:
            yield _told(f"index {kind}", size, reports, f"{count} documents")
    yield _told("all indices", whole, reports, "")


def heap_mb(place: Place) -> float:
    """What Elasticsearch's heap holds now, in megabytes."""
    client = connected(place.elastic)
    try:
        nodes = client.nodes.stats(metric="jvm")["nodes"].values()
    finally:
        client.close()
    return float(sum(node["jvm"]["mem"]["heap_used_in_bytes"] for node in nodes)) / 2**20


def _told(what: str, size: int, reports: int, detail: str) -> Told:
    more = f"{detail}, " if detail else ""
    return Told(what, size / reports, "bytes a report", f"{more}{size / 2**20:.1f} MB in all")


def _on_disk(place: Place, topic: str) -> int:
    """The segments of all partitions, as they were compressed."""
    logs = (place.servers.kafka.folder / "data").glob(f"{topic}-*/*.log")
    return sum(
        path.stat().st_size for path in logs if path.parent.name.removeprefix(f"{topic}-").isdigit()
    )
