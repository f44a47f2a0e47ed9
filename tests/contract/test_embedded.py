"""The embedded adapters keep what the ports promise."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import Event
from duban.ports import EventLog, StateStore
from duban.processors.processor import Chain
from duban.testing.blob_store import BlobStoreContract
from duban.testing.event_log import EventLogContract
from duban.testing.export import ExportContract
from duban.testing.index import IndexContract
from duban.testing.known import KnownContract
from duban.testing.ledger import LedgerContract
from duban.testing.replay import ReplayContract
from duban.testing.retrying import RetryContract
from duban.testing.runner import KilledRunnerContract, RunnerContract, evaluator
from duban.testing.scope import ScopeContract
from duban.testing.search import SearchContract
from duban.testing.state_store import StateStoreContract
from duban.testing.world import World

OpenStore = Callable[[Path], EmbeddedStore]


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


class _Mortal:
    """A connection that dies before its n-th statement, and rolls back as the file would."""

    def __init__(self, connection: object, lives: int) -> None:
        self.__dict__ |= {"_connection": connection, "_lives": lives, "died": False}

    def __getattr__(self, name: str) -> object:
        if name in ("execute", "executemany"):
            if self._lives == 0:
                self.__dict__["_lives"] = 10**9  # the rollback that the next opening would do
                self.__dict__["died"] = True
                raise Killed
            self.__dict__["_lives"] -= 1
        return getattr(self._connection, name)


class TestSqliteEventLog(EventLogContract):
    @pytest.fixture
    def log(self, store: EmbeddedStore) -> EventLog:
        return store.log

    @pytest.fixture
    def reopen(self, tmp_path: Path, open_store: OpenStore) -> Callable[[], EventLog]:
        return lambda: open_store(tmp_path / "data").log


class TestFolderBlobStore(BlobStoreContract):
    @pytest.fixture
    def blobs(self, tmp_path: Path) -> FolderBlobStore:
        return FolderBlobStore(tmp_path / "blobs")


class TestSqliteStateStore(StateStoreContract):
    @pytest.fixture
    def states(self, store: EmbeddedStore) -> StateStore:
        return store.states

    @pytest.fixture
    def log(self, store: EmbeddedStore) -> EventLog:
        return store.log

    @pytest.fixture
    def reopen_states(self, tmp_path: Path, open_store: OpenStore) -> Callable[[], StateStore]:
        return lambda: open_store(tmp_path / "data").states


class TestSqliteIndex(IndexContract):
    pass


class TestSqliteExport(ExportContract):
    pass


class TestSqliteLedger(LedgerContract):
    pass


class TestSqliteKnown(KnownContract):
    pass


class TestSqliteReplay(ReplayContract):
    pass


class TestSqliteScope(ScopeContract):
    pass


class TestSqliteSearch(SearchContract):
    pass


class TestEmbeddedRunner(RunnerContract):
    pass


class TestEmbeddedRetry(RetryContract):
    pass


class TestEmbeddedRunnerKilled(KilledRunnerContract):
    @pytest.fixture
    def journey(
        self, tmp_path_factory: pytest.TempPathFactory
    ) -> Iterator[Callable[[list[Event], int], World | None]]:
        opened: list[EmbeddedStore] = []
        empty = tmp_path_factory.mktemp("empty")
        EmbeddedStore(empty).close()

        def travel(facts: list[Event], lives: int) -> World | None:
            folder = tmp_path_factory.mktemp("killed")
            shutil.copy(empty / "duban.db", folder)
            first = EmbeddedStore(folder)
            mortal = _Mortal(first._database._writer, lives)
            first._database._writer = mortal  # type: ignore[assignment]
            with contextlib.suppress(Killed):
                _run(first, facts)
            first._database._writer = mortal._connection  # type: ignore[assignment]
            first.close()
            if not mortal.died:
                return None
            for store in opened:
                store.close()
            opened[:] = [EmbeddedStore(folder)]
            return _run(opened[0], facts)

        yield travel
        for store in opened:
            store.close()


def _run(store: EmbeddedStore, facts: list[Event]) -> World:
    runner = store.runner(Chain("agency", (evaluator(),)))
    world = World(log=store.log, states=store.states, index=store.index, run=runner.run_until_idle)
    for begin in range(0, len(facts), 3):
        world.take(*facts[begin : begin + 3])
    return world
