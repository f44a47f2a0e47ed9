"""One drill: a few days of a few agencies, through workers that meet with troubles."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, nullcontext
from functools import partial
from pathlib import Path
from typing import NamedTuple

from tests.drill.plan import Plan, Pool
from tests.drill_stack import check
from tests.drill_stack.crew import Crew
from tests.drill_stack.derive import derive
from tests.drill_stack.edge import Outbox, live
from tests.drill_stack.rebuilding import Met, Rebuilding
from tests.drill_stack.servers import Servers
from tests.drill_stack.troubles import Trouble, Troubles, drawn, possible, small, small_disk
from tests.stack.canonical import differences, shown
from tests.stack.removing import remove
from tests.stack.survey import Survey

from duban.adapters.elastic.elastic_index import ElasticIndex
from duban.adapters.elastic.rebuild import rebuild
from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.kafka import admin
from duban.adapters.kafka.merged_history import MergedHistory
from duban.adapters.kafka.partition_reader import PartitionReader
from duban.config import ElasticSettings, KafkaSettings
from duban.domain.event import Event
from duban.errors import StorageError

PARTITIONS = 3
_PATIENCE_S = 600.0  # a machine may be busy with more than this
_SLOWLY_S = (1.0, 6.0)
_SHOWN = ("findings", "reports")


class Told(NamedTuple):
    """What became of a drill; `wrong` tells every failure."""

    troubles: Sequence[Trouble]
    starts: int
    wrong: Sequence[str]
    rebuilds: Sequence[Met]  # who was killed of those that rebuilt
    fell: Mapping[
        str, int
    ]  # last words of workers that ended by themselves, which are started anew


class Office(NamedTuple):
    """What all drills share."""

    servers: Servers
    pool: Pool
    rules: Path
    is_brief: bool = False  # whether drills have few troubles each


def run(seed: int, folder: Path, office: Office, troubles: Sequence[Trouble] | None = None) -> Told:
    """The drill of a seed; its logs stay in the folder."""
    chance = random.Random(seed)
    meet = troubles
    if meet is None:
        here = possible(has_elastic=office.servers.elastic is not None)
        meet = drawn(seed, chance, here, is_brief=office.is_brief)
    recorded = live(folder / "edge", Plan(office.pool, seed), office.rules)
    blobs = folder / "edge" / "blobs"
    prefix = f"d{seed}-"
    straight = KafkaSettings(
        addresses=(office.servers.kafka.address,), prefix=prefix, partitions=PARTITIONS
    )
    through = KafkaSettings(
        addresses=(office.servers.address,), prefix=prefix, partitions=PARTITIONS
    )
    elastic = ElasticSettings(url=office.servers.url, prefix=prefix, timeout_s=120.0)
    environment = {
        "DUBAN_ELASTIC_URL": office.servers.way_to_elastic.url,
        "DUBAN_ELASTIC_PREFIX": prefix,
    }
    with ExitStack() as running:
        admin.apply(straight)
        running.callback(partial(_remove, office.servers, prefix))
        crew = running.enter_context(Crew(folder, through, blobs, environment))
        if "full" in meet:
            running.enter_context(small_disk(small(crew)))
        survey = running.enter_context(Survey(straight))
        rebuilding = Rebuilding(office.servers, elastic, PARTITIONS, folder)
        troubles_of = Troubles(office.servers, crew, rebuilding, chance)
        wrong = _lived(troubles_of, crew, meet, survey, recorded, chance)
        wrong += _looked(folder, straight, elastic, survey, recorded) if not wrong else []
        return Told(meet, crew.starts, wrong, rebuilding.met, crew.fell)


def _lived(
    troubles: Troubles,
    crew: Crew,
    meet: Sequence[Trouble],
    survey: Survey,
    recorded: Sequence[Event],
    chance: random.Random,
) -> list[str]:
    """Everything is handed on and handled; else what was wrong."""
    outbox = Outbox(survey.settings, recorded)
    crew.man_all()
    crew.start(chance.choice(["intake", "agency", "indexer"]))
    try:
        for trouble in meet:
            _hand_on(outbox, chance)
            time.sleep(chance.uniform(0.1, 2.5))
            crew.ended()
            crew.man_all()
            with _handing_on(outbox, chance) if trouble == "rebuild" else nullcontext():
                troubles.meet(trouble)
        while not outbox.is_empty:
            _hand_on(outbox, chance)
    finally:
        outbox.close()
    until = time.monotonic() + _PATIENCE_S
    while not survey.is_done():
        crew.ended()
        crew.man_all()
        if time.monotonic() > until:
            return [*troubles.told, f"not handled in {_PATIENCE_S:g} s: {dict(survey.left())}"]
        time.sleep(0.5)
    return troubles.told + crew.stop_all()


def _hand_on(outbox: Outbox, chance: random.Random) -> None:
    some = outbox.some(chance)
    until = time.monotonic() + _PATIENCE_S
    while True:
        try:
            return outbox.send(some)
        except StorageError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


@contextmanager
def _handing_on(outbox: Outbox, chance: random.Random) -> Iterator[None]:
    """What is left is handed on beside the block, slowly."""
    ended, own = threading.Event(), random.Random(chance.random())

    def work() -> None:
        while not ended.wait(own.uniform(*_SLOWLY_S)) and not outbox.is_empty:
            _hand_on(outbox, own)

    with ThreadPoolExecutor(1) as beside:
        working = beside.submit(work)
        try:
            yield
        finally:
            ended.set()
    working.result()


def _looked(
    folder: Path,
    kafka: KafkaSettings,
    elastic: ElasticSettings,
    survey: Survey,
    recorded: Sequence[Event],
) -> list[str]:
    """What is wrong with what was left: in the streams, and in what is shown."""
    streams = {name: survey.all(name) for name in (*check.TOPICS, "aside")}
    blobs = FolderBlobStore(folder / "edge" / "blobs")
    derived, pages = derive(folder / "derived", streams, PARTITIONS, blobs)
    found = list(check.everything(streams, recorded, derived))
    return found + list(_views(kafka, elastic, pages))


def _views(kafka: KafkaSettings, elastic: ElasticSettings, pages: object) -> Iterator[str]:
    """The read models equal what the embedded profile shows, and what a rebuild makes."""
    with ElasticIndex(elastic, lanes=PARTITIONS) as index:
        index.show()
        there = shown(index, ())
    for line in differences(pages, {name: there[name] for name in _SHOWN}):
        yield f"shown: derived anew / in the index: {line}"
    reader = PartitionReader(kafka)
    try:
        built = rebuild(
            elastic, MergedHistory(reader), told=_untold, lanes=PARTITIONS, exchange=False
        )
    finally:
        reader.close()
    for kind in built.kinds:
        if not kind.is_equal:
            yield f"a rebuild differs: {kind}"
    if built.is_first:
        yield "there was no index"


def _untold(_: int, __: int) -> None:
    """Nobody looks on."""


def _remove(servers: Servers, prefix: str) -> None:
    remove(
        {
            "DUBAN_KAFKA_ADDRESS": servers.kafka.address,
            "DUBAN_KAFKA_PREFIX": prefix,
            "DUBAN_ELASTIC_URL": servers.url,
            "DUBAN_ELASTIC_PREFIX": prefix,
        }
    )
