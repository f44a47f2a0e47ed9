"""The topics as data: what each is called, how it is cut, and how long it is kept."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from duban.config import KafkaSettings

#: Every stream of events; each is kept for ever, whole, so that offsets have no holes.
STREAMS = ("posted", "facts", "figures", "narratives", "conclusions", "alerts", "aside")
#: The units of processing: one application each, with a table of what it remembers.
UNITS = ("intake", "agency", "hierarchy", "similarity", "indexer", "notifier")
TABLE = "state"
#: The largest event: a whole report as it was read, long prose included.
MAX_EVENT_BYTES = 16 * 1024 * 1024

_NEVER = "-1"


class TopicSpec(msgspec.Struct, frozen=True):
    """A topic as it should be; `settings` are Kafka's own names and values."""

    name: str
    partitions: int
    replication: int
    settings: Mapping[str, str]


def stream(settings: KafkaSettings, name: str) -> str:
    """The name of a stream's topic on the server."""
    return f"{settings.prefix}{name}"


def application(settings: KafkaSettings, unit: str) -> str:
    """The id of a unit's application and consumer group."""
    return f"{settings.prefix}{unit}"


def changelog(settings: KafkaSettings, unit: str) -> str:
    """Where a unit's table is kept, as Faust names it."""
    return f"{application(settings, unit)}-{TABLE}-changelog"


def leader(settings: KafkaSettings, unit: str) -> str:
    """The topic by which the workers of an application agree on a leader, as Faust names it."""
    return f"{application(settings, unit)}-__assignor-__leader"


def declared(settings: KafkaSettings) -> tuple[TopicSpec, ...]:
    """Every topic that duban uses, in the order in which they are made."""
    common = {
        "max.message.bytes": str(MAX_EVENT_BYTES),
        # With three copies or more, one may fail and nothing that was acknowledged is lost.
        "min.insync.replicas": str(2 if settings.replication > 2 else 1),
    }
    kept = {
        **common,
        "cleanup.policy": "delete",
        "retention.ms": _NEVER,
        "retention.bytes": _NEVER,
        # Read by kafka-python and aiokafka without another library, which zstd is not.
        "compression.type": "gzip",
    }
    compacted = {**common, "cleanup.policy": "compact", "compression.type": "producer"}
    one = {**common, "cleanup.policy": "delete", "compression.type": "producer"}
    many, copies = settings.partitions, settings.replication
    return (
        *(TopicSpec(stream(settings, name), many, copies, kept) for name in STREAMS),
        *(TopicSpec(changelog(settings, unit), many, copies, compacted) for unit in UNITS),
        *(TopicSpec(leader(settings, unit), 1, copies, one) for unit in UNITS),
    )
