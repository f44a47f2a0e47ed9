"""The figures and the health of one unit of a worker, and the small server that tells them."""

from __future__ import annotations

import shutil
import socket
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import msgspec
import uvicorn

from duban import __version__, assets
from duban.adapters.clock import WallClock
from duban.adapters.kafka.delivery import Told
from duban.adapters.kafka.faust_worker import FaustWorker
from duban.adapters.kafka.index_steps import INDEXER
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.taken import Taken as Step
from duban.config_worker import WorkerSettings
from duban.errors import UsageError
from duban.measuring import catalogue
from duban.measuring.exposing import Exposition
from duban.measuring.figures import Figures
from duban.measuring.health import Advancing
from duban.measuring.sampling import Sample
from duban.observing import UNREADABLE, Taken
from duban.rulebook import load
from duban.web.machinery import Network, machinery_app

_DATED = ("report.posted", "report.read")  # whose stages are measured


class _Time(msgspec.Struct):
    at: datetime


def figures_of(unit: str, partitions: int) -> Figures:
    """The observer of a unit's process; the indexer's counts what the rules say."""
    rules = [rule.id for rule in load(assets.find("rules")).rules] if unit == INDEXER else []
    return Figures(WallClock().now, rules=rules, units=(unit,), lanes=partitions)


def told_by(figures: Figures, unit: str) -> Told:
    """What the unit's steps are counted with; what the indexer takes in it tells itself."""

    def told(raws: Sequence[Raw], step: Step, took_s: float) -> None:
        if not any(name.endswith("/cursor") for name in step.writes):
            return  # the first of several steps
        aside = {row.event_id for row in step.set_aside}
        taken = [_taken(raw, raw.id in aside) for raw in raws]
        if unit == INDEXER:
            taken = [one for one in taken if one.is_aside]
        figures.took_step(unit, taken, took_s)

    return told


def exposition(figures: Figures, worker: FaustWorker, unit: str, folder: Path) -> Exposition:
    """Everything that can be asked of the process of a unit."""

    def left() -> Mapping[str, tuple[int, ...]]:
        return {unit: tuple(count for _, count in sorted(worker.left().items()))}

    def work() -> Iterator[Sample]:
        count = sum(worker.left().values())
        yield Sample(catalogue.LAG, count, (unit,))
        if unit == INDEXER:
            yield Sample(catalogue.QUEUE, count)

    def program() -> Iterator[Sample]:
        usage = shutil.disk_usage(folder)
        yield Sample(catalogue.DISK_FREE, usage.free)
        yield Sample(catalogue.DISK_SIZE, usage.total)
        yield Sample(catalogue.BUILD, 1, (__version__, "", "distributed"))
        yield Sample(catalogue.UP, not worker.has_failed())

    advancing = Advancing(left)
    return Exposition(
        figures,
        [work, program],
        alive={"units": lambda: not worker.has_failed()},
        ready={
            "kafka": worker.reaches_kafka,
            "partitions": worker.has_partitions,
            "units": advancing,
        },
    )


@contextmanager
def told_at(
    told: Exposition, settings: WorkerSettings, scrapers: Sequence[Network] = ()
) -> Iterator[str]:
    """Serve /metrics, /healthz and /readyz meanwhile; gives the address of the figures.

    UsageError where the port is taken.
    """
    app = machinery_app(told, scrapers)
    listener = _listener(settings.host, settings.port)
    server = uvicorn.Server(
        uvicorn.Config(app, log_level="warning", access_log=False, lifespan="off")
    )
    thread = threading.Thread(
        target=server.run, kwargs={"sockets": [listener]}, name="figures", daemon=True
    )
    thread.start()
    try:
        host, port = listener.getsockname()[:2]
        yield f"http://{host}:{port}/metrics"
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def _listener(host: str, port: int) -> socket.socket:
    try:
        return socket.create_server((host, port))
    except OSError as error:
        raise UsageError(
            f"无法在 {host}:{port} 提供运行指标（{error.strerror}）：请用 --port 另选。",
            f"Figures cannot be served at {host}:{port} ({error.strerror}): please choose another "
            "port with --port.",
        ) from error


def _taken(raw: Raw, is_aside: bool) -> Taken:
    at = None
    if raw.name in _DATED:
        try:
            at = msgspec.json.decode(raw.value, type=_Time).at
        except msgspec.MsgspecError:
            return Taken(UNREADABLE, None, is_aside)
    return Taken(raw.name or UNREADABLE, at, is_aside)
