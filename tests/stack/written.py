"""What a version of the program wrote: events, state and originals, half way through a course.

`python -m tests.stack.written` makes `written_v1.json.gz` from the program as it is, on a Kafka
given by DUBAN_TEST_KAFKA. What earlier versions wrote is never made anew.
"""

from __future__ import annotations

import gzip
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec
from kafka import KafkaProducer
from tests.drill.plan import Plan, Pool
from tests.drill_stack.crew import Crew
from tests.drill_stack.edge import live
from tests.stack.kafka_topics import PARTITIONS
from tests.stack.removing import remove_topics
from tests.stack.survey import UNITS, Survey
from tests.stack.workers import wait_until

from duban import assets
from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.kafka import admin
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.publisher import Message, Publisher, message_of
from duban.config import KafkaSettings

HERE = Path(__file__).parent
STREAMS = ("posted", "facts", "conclusions", "alerts", "aside")
WORKED = ("intake", "agency")


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that lies on Kafka; `later` is what the edge records after that.

    The messages of a stream are in the order of each partition; `state` is by unit and name.
    """

    streams: Mapping[str, tuple[Raw, ...]]
    state: Mapping[str, Mapping[str, str]]
    originals: tuple[bytes, ...]
    later: tuple[Message, ...]


def read(version: int) -> Written:
    """What a version wrote."""
    packed = (HERE / f"written_v{version}.json.gz").read_bytes()
    return msgspec.json.decode(gzip.decompress(packed), type=Written)


def restore(written: Written, settings: KafkaSettings, blobs: Path) -> None:
    """Put all of it where the version had put it."""
    store = FolderBlobStore(blobs)
    for original in written.originals:
        store.put(original)
    producer = KafkaProducer(bootstrap_servers=list(settings.addresses), acks="all")
    for stream, raws in written.streams.items():
        for raw in raws:
            producer.send(
                f"{settings.prefix}{stream}",
                key=raw.key.encode(),
                value=raw.value,
                headers=[("id", raw.id.encode()), ("name", raw.name.encode())],
                partition=raw.partition,
            )
    for unit, state in written.state.items():
        for name, value in state.items():
            producer.send(
                f"{settings.prefix}{unit}-state-changelog",
                key=name.encode(),
                value=value.encode(),
                partition=int(name.partition("/")[0]),
            )
    producer.flush()
    producer.close()


def is_handled(survey: Survey) -> bool:
    """Whether reading and judging have come to the end."""
    return not any(survey.left({unit: UNITS[unit] for unit in WORKED}).values())


def publish(settings: KafkaSettings, messages: Iterable[Message]) -> None:
    """Hand on what the edge recorded."""
    publisher = Publisher(settings)
    publisher.publish(list(messages))
    publisher.close()


def make(settings: KafkaSettings, folder: Path) -> Written:
    """Live through half a course with the program as it is."""
    pool, blobs = Pool(folder / "county"), folder / "edge" / "blobs"
    recorded = live(folder / "edge", Plan(pool, 5), assets.find("rules"))
    half = len(recorded) // 2
    admin.apply(settings)
    with Survey(settings) as survey, Crew(folder, settings, blobs, {}) as crew:
        publish(settings, map(message_of, recorded[:half]))
        crew.man_all(WORKED)
        wait_until(lambda: is_handled(survey))
        assert crew.stop_all() == []
        streams = {name: tuple(survey.all(name)) for name in STREAMS}
        state = {
            unit: {raw.key: raw.value.decode() for raw in survey.all(f"{unit}-state-changelog")}
            for unit in WORKED
        }
    store = FolderBlobStore(blobs)
    wanted = {path.parent.name + path.name for path in blobs.rglob("*") if path.is_file()}
    return Written(
        streams=streams,
        state=state,
        originals=tuple(store.get(sha256) for sha256 in sorted(wanted)),
        later=tuple(map(message_of, recorded[half:])),
    )


def main() -> int:
    """Write the file."""
    settings = KafkaSettings(
        addresses=(os.environ["DUBAN_TEST_KAFKA"],), prefix="written-", partitions=PARTITIONS
    )
    with tempfile.TemporaryDirectory() as name:
        try:
            written = make(settings, Path(name))
        finally:
            remove_topics(settings)
    packed = gzip.compress(msgspec.json.encode(written), mtime=0)
    (HERE / "written_v1.json.gz").write_bytes(packed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
