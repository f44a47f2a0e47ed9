"""One unit of a worker, in its own process."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from duban.adapters.blobs.opening import blob_store
from duban.adapters.kafka.faust_worker import FaustWorker
from duban.adapters.kafka.origin import Watch
from duban.distributed.machinery import exposition, figures_of, told_at, told_by
from duban.distributed.state_folder import held
from duban.distributed.units import MAKE, Parts
from duban.distributed.worker import Place, Say
from duban.intake.collector import relax_collector


def run(place: Place, say: Say) -> None:
    """Run the one unit of a place in this process."""
    worker = place.worker
    (unit,) = worker.units
    folder = worker.data / unit
    with held(folder, place.kafka, unit) as watch:
        _run(place, unit, folder, say, watch)


def _run(place: Place, unit: str, folder: Path, say: Say, watch: Watch) -> None:
    worker = place.worker
    partitions = place.kafka.partitions
    figures = figures_of(unit, partitions)
    parts = Parts(
        kafka=place.kafka,
        blobs=blob_store(place.blobs),
        folder=folder,
        readers=worker.readers,
        observer=figures,
    )
    with closing(MAKE[unit](parts)) as steps:
        running = FaustWorker(
            place.kafka,
            steps,
            folder,
            session_s=worker.session_s,
            told=told_by(figures, unit),
            say=say,
            check=watch.check,
        )
        told = exposition(figures, running, unit, folder)
        with told_at(told, worker, worker.scrapers) as address:
            say(f"{unit}：已启动，运行指标 {address} / started, figures there")
            relax_collector()
            running.run()
