"""What reading and judging alone reach, and what Faust alone reaches, on the same bytes.

As a program: one bare Faust agent that passes messages on, until it is ended.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from subprocess import Popen
from typing import Any

from bench.stack.servers import PARTITIONS, Place
from bench.stack.watch import watching
from duban import assets
from duban.adapters.kafka.connection import administration
from duban.adapters.kafka.faust_app import application_of
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.adapters.kafka.publisher import Message, Publisher
from duban.config import KafkaSettings
from duban.domain.finding import Context
from duban.intake.collector import relax_collector
from duban.reading.reader import read
from duban.rulebook import load

PROCESSES = 2
_UNIT = "bare"
_PATIENCE_S = 300.0
_MIDDLE = 0.1, 0.9  # the beginning and the end of a run are left out


def alone(files: Sequence[Path]) -> tuple[float, float]:
    """Reports a second read and judged by two processes, and seconds of processor time for one."""
    parts = [list(files[number::PROCESSES]) for number in range(PROCESSES)]
    with get_context("spawn").Pool(PROCESSES) as pool:
        pool.map(_handle, [part[:10] for part in parts], chunksize=1)
        begun = time.perf_counter()
        used = pool.map(_handle, parts, chunksize=1)
        taken = time.perf_counter() - begun
    return len(files) / taken, sum(used) / len(files)


def _handle(files: list[Path]) -> float:
    rulebook = load(assets.find("rules"))
    relax_collector()  # as in every reading process
    begun = time.process_time()
    for path in files:
        report = read(path.read_bytes()).reading.report
        if report is not None:
            rulebook.judge(report, Context())
    return time.process_time() - begun


def pace(moments: Sequence[float]) -> float:
    """How many a second, over the middle of a run."""
    first, last = (int(share * (len(moments) - 1)) for share in _MIDDLE)
    return (last - first) / (moments[last] - moments[first])


def passing(place: Place, messages: Sequence[Message]) -> tuple[float, float]:
    """Messages a second through two bare agents, and seconds of processor time for one."""
    settings = place.patient
    shape = {"num_partitions": PARTITIONS, "replication_factor": 1}
    with administration(settings) as client:
        for name in ("bare-in", "bare-out"):
            client.create_topics({f"{settings.prefix}{name}": shape}, wait_for_metadata=True)
    publisher, reader = Publisher(settings, in_turn=False), PartitionReader(settings)
    moments: list[float] = []
    try:
        publisher.publish(messages)
        with _agents(place) as pids, watching({str(pid): pid for pid in pids}) as watch:
            end = time.monotonic() + _PATIENCE_S
            while len(moments) < len(messages):
                assert time.monotonic() < end, "the bare agents did not pass everything on"
                time.sleep(0.05)
                passed = sum(span.end for span in reader.spans("bare-out").values())
                moments += [time.monotonic()] * (passed - len(moments))
            watch.look()
            used = sum(watch.used_s(str(pid)) for pid in pids)
    finally:
        publisher.close()
        reader.close()
    return pace(moments), used / len(messages)


@contextmanager
def _agents(place: Place) -> Iterator[list[int]]:
    address, running = place.servers.kafka.address, []
    try:
        for number in range(PROCESSES):
            folder = place.folder / f"bare-{number}"
            command: list[str | Path] = [
                sys.executable,
                "-m",
                "bench.stack.bare",
                address,
                place.prefix,
                folder,
            ]
            running.append(Popen(command))
        yield [process.pid for process in running]
    finally:
        for process in running:
            process.kill()
            process.wait()


def main() -> None:
    """Pass on whatever comes."""
    address, prefix, folder = sys.argv[1:]
    settings = KafkaSettings(addresses=(address,), prefix=prefix, partitions=PARTITIONS)
    app = application_of(settings, _UNIT, Path(folder), 15.0)
    raw: dict[str, Any] = {
        "key_type": bytes,
        "value_type": bytes,
        "key_serializer": "raw",
        "value_serializer": "raw",
    }
    source = app.topic(f"{prefix}bare-in", **raw)
    target = app.topic(f"{prefix}bare-out", **raw)

    @app.agent(source)
    async def pass_on(stream: Any) -> None:
        async for event in stream.events():
            await target.send(key=event.key, value=event.value)

    asyncio.run(_run(app))


async def _run(app: Any) -> None:
    app.in_worker = True
    await app.start()
    await app.wait_until_stopped()


if __name__ == "__main__":
    main()
