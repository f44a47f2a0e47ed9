"""A worker: its units over the partitions that Kafka gives it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import msgspec

from duban.adapters.kafka import admin
from duban.adapters.kafka.groups import refuse_strangers
from duban.config import BlobSettings, KafkaSettings
from duban.config_worker import WorkerSettings
from duban.distributed.side_by_side import side_by_side
from duban.errors import StorageError

Say = Callable[[str], None]
_UNIT = "duban.distributed.working"  # what takes long to load: each unit is a copy of it loaded


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a worker is told: where Kafka and the originals are, and what to run."""

    kafka: KafkaSettings
    blobs: BlobSettings
    worker: WorkerSettings


def work(place: Place, *, begin: Callable[[], None], say: Say) -> None:
    """Run the units until SIGINT or SIGTERM, several in processes of their own.

    `begin` sets up the log of each process. DubanError for what cannot start or had to end.
    """
    units = place.worker.units

    def check() -> None:
        refuse_drift(place.kafka)
        refuse_strangers(place.kafka, units)

    if len(units) == 1:
        check()
        begin()
        _run(place, say)
        return
    works = {unit: partial(_run, _alone(place, unit), say) for unit in units}
    side_by_side(works, begin, shared=(_UNIT,), check=check)


def _run(place: Place, say: Say) -> None:
    from duban.distributed.working import run

    run(place, say)


def _alone(place: Place, unit: str) -> Place:
    """The place of one of the units: the ports of their figures follow one another."""
    worker = place.worker
    port = worker.port + worker.units.index(unit) if worker.port else 0
    return msgspec.structs.replace(
        place, worker=msgspec.structs.replace(worker, units=(unit,), port=port)
    )


def refuse_drift(settings: KafkaSettings) -> None:
    """StorageError with what mends it where a topic is not as declared."""
    found = admin.check(settings).differences
    if not found:
        return
    one = found[0]
    if one.setting == "topic":
        raise StorageError(
            f"Kafka 上没有主题 {one.topic}：请先运行 {one.mend}",
            f"There is no topic {one.topic} on Kafka: please run {one.mend} first",
        )
    zh = f"改正：{one.mend}" if one.mend else one.why
    en = f"mend: {one.mend}" if one.mend else one.why_english
    more = len(found) - 1
    raise StorageError(
        f"主题 {one.topic} 的 {one.setting} 应为 {one.declared}，实为 {one.found or '（无）'}"
        f"{f'，另有 {more} 处不同' if more else ''}。{zh}",
        f"{one.setting} of the topic {one.topic} must be {one.declared}, is {one.found or 'none'}"
        f"{f', and {more} other differences' if more else ''}; {en}",
    )
