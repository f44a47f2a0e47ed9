"""What workers compute is what the unit itself would have: byte for byte, also when one dies."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from duban.adapters.embedded import schema
from duban.adapters.embedded.chain_unit import ChainUnit
from duban.adapters.embedded.crew import Crew, place_of
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.retrying import Retrying
from duban.domain.event import Event
from duban.errors import StorageError
from duban.testing.clock import MovableClock
from duban.testing.events import read, registered, released
from duban.testing.runner import chain

AGENCIES = [f"a{n:03}" for n in range(150)]
FIRST: Sequence[Event] = [
    *map(registered, AGENCIES[:100]),
    released("1"),
    *(read(a, year, "错误SUM 警告TXT") for year in (2022, 2023) for a in AGENCIES),
    *(read(a, 2023, "崩溃") for a in AGENCIES[::40]),
    *(read(a, 2021, "错误CARRY") for a in AGENCIES[::3]),
    *map(registered, AGENCIES[100:]),
]
THEN: Sequence[Event] = [
    released("2"),
    *(read(a, 2024, "提示NEW") for a in AGENCIES),
    released("9"),
]


@contextmanager
def unit_of(store: EmbeddedStore, folder: Path, size: int) -> Iterator[tuple[ChainUnit, Crew]]:
    """A unit that calls its crew after the first step of more than one."""
    place = place_of(folder, chain)
    with closing(Crew(place, size)) as crew:
        own = chain(store.blobs, store.states)
        called = crew if size else None
        yield ChainUnit(store.log, store.states, own, crew=called, worth_a_crew_s=0.0), crew


def lived(folder: Path, size: int, disturb: Callable[[Crew], None] = lambda _: None) -> object:
    """Everything stored at the end, and how many workers were ever seen."""
    seen: set[int] = set()
    with EmbeddedStore(folder) as store, unit_of(store, folder, size) as (unit, crew):
        for facts in (FIRST, THEN):
            store.log.append(facts)
            for _ in iter(unit.advance, False):
                seen.update(crew.pids)
                disturb(crew)
        retrying = Retrying(store.log, store.states, MovableClock())
        for of, one in store.states.set_aside():
            assert retrying.ask(one.event_id, of, one.key, by="测试员")
        while unit.advance():
            seen.update(crew.pids)
        assert bool(seen) == bool(size)
        assert not crew.pids
        with store.history.read() as connection:
            tables = ("event", "state", "known_key", "broadcast", "set_aside", "cursor")
            return {t: sorted(connection.execute(f"SELECT * FROM {t}")) for t in tables}


@pytest.fixture(scope="module")
def serial(tmp_path_factory: pytest.TempPathFactory) -> object:
    return lived(tmp_path_factory.mktemp("serial"), 0)


@pytest.mark.parametrize("size", [1, 2, 3])
def test_workers_come_to_the_same_bytes(tmp_path: Path, serial: object, size: int) -> None:
    assert lived(tmp_path, size) == serial


def test_a_worker_that_is_killed_loses_nothing(tmp_path: Path, serial: object) -> None:
    killed = []

    def disturb(crew: Crew) -> None:
        if crew.pids and len(killed) < 3:
            os.kill(crew.pids[-1], signal.SIGKILL)
            killed.append(crew.pids[-1])

    assert lived(tmp_path, 2, disturb) == serial
    assert len(killed) == 3


def test_workers_end_with_their_parent(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store, closing(Crew(place_of(tmp_path, chain), 2)) as crew:
        store.log.append([registered("a")])
        crew.begin({}, whole=True)
        crew.finish()

        for worker in crew._workers:
            worker._in.close()  # as the end of the parent does

        assert [worker._process.wait(10) for worker in crew._workers] == [0, 0]


def test_an_office_with_little_to_do_has_one_process(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store, closing(Crew(place_of(tmp_path, chain), 2)) as crew:
        unit = ChainUnit(store.log, store.states, chain(store.blobs, store.states), crew=crew)
        store.log.append(FIRST)
        while unit.advance():
            assert crew.pids == []


def test_storage_that_a_worker_cannot_use_stops_the_unit(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store, unit_of(store, tmp_path, 2) as (unit, crew):
        store.log.append(FIRST)
        while not crew.pids:
            assert unit.advance()
        crew.close()
        crew._place = place_of(tmp_path / "nowhere", chain)

        with pytest.raises(StorageError, match="无法打开"):
            list(iter(unit.advance, False))
        assert crew.pids == []


def test_a_rebuild_is_given_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    with EmbeddedStore(tmp_path) as store:
        path = tmp_path / "state.db"
        Database(path, schema.SCRATCH, beside=store.history.path).close()
        crew = store.crew(chain, scratch=path)
        assert crew is not None
        with closing(crew):
            crew.begin({}, whole=True)
            assert crew.finish() == []
