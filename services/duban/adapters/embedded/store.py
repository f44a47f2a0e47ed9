"""The embedded profile put together: history, read models, raw bytes, one runner."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Self

from duban.adapters.embedded.chain_unit import ChainUnit
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.effect_unit import EffectUnit
from duban.adapters.embedded.exclusive import exclusive
from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.embedded.index_unit import INDEXER, IndexUnit
from duban.adapters.embedded.runner import EmbeddedRunner, Unit
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import SqliteEventLog
from duban.adapters.embedded.sqlite_index import SqliteIndex
from duban.adapters.embedded.sqlite_state_store import (
    SqliteStateStore,
    forget_aside,
    put_aside,
)
from duban.adapters.embedded.views import Views
from duban.domain.event import Event, Topic
from duban.errors import StorageError
from duban.ports import Recorded, SetAside
from duban.processors.processor import Chain


class EmbeddedStore:
    """Everything kept under one folder: `duban.db`, `views/` (which follows from it), `blobs/`.

    Raises StorageError when the folder cannot be used.
    """

    def __init__(self, folder: Path, *, busy_timeout_s: float = 10.0) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"数据目录 {folder} 无法使用（{error.strerror}）：请检查路径和权限。"
            ) from error
        self.blobs = FolderBlobStore(folder / "blobs")
        self._database = Database(folder / "duban.db", busy_timeout_s=busy_timeout_s)
        self._stored = Signal()
        self._progress = Signal()
        self.log = SqliteEventLog(self._database, self._stored)
        self.states = SqliteStateStore(self._database, self._stored)
        try:
            self.views = Views(
                folder / "views", self._database.path, self.end(), busy_timeout_s=busy_timeout_s
            )
            if self.views.anew is not None:
                self.put_aside_anew(())
        except BaseException:
            self._database.close()
            raise
        self.index = SqliteIndex(self.views, self._put_aside, self._progress)

    def runner(self, *chains: Chain, units: Sequence[Unit] = ()) -> EmbeddedRunner:
        """A runner of the given chains and units, and of the indexer after them."""
        own = [ChainUnit(self.log, self.states, chain) for chain in chains]
        return EmbeddedRunner([*units, *own, IndexUnit(self.log, self.index)], self._stored)

    def effect(
        self,
        name: str,
        topic: Topic,
        handle: Callable[[Recorded], Sequence[Event]],
        *,
        at_once: int = 1,
    ) -> Unit:
        """A unit for work that reaches outside, such as intake."""
        return EffectUnit(name, topic, handle, self.log, self.states, at_once=at_once)

    def wait(self, position: int, timeout_s: float) -> int:
        """Wait until the index knows more than `position`, or the time is over; where it is now."""
        seen = self._progress.count
        now = self.index.position()
        if now > position:
            return now
        self._progress.wait(seen, timeout_s)
        return self.index.position()

    @property
    def history(self) -> Database:
        """The data file."""
        return self._database

    def end(self) -> int:
        """The position of the last event of the history; 0 when it is empty."""
        with self._database.read() as connection:
            row = connection.execute("SELECT max(position) FROM event").fetchone()
        return int(row[0] or 0)

    def rebuilding(self) -> AbstractContextManager[None]:
        """Only one program rebuilds at a time; UsageError where another one does."""
        lock = self.views.files.rebuild_lock
        return exclusive(lock, "另一个 duban rebuild 正在运行", within_s=1.0)

    def put_aside_anew(self, events: Sequence[SetAside]) -> None:
        """What could not be taken into the read models that are read now, and nothing else."""
        with self._database.write() as connection:
            forget_aside(connection, INDEXER)
            put_aside(connection, INDEXER, events)

    def _put_aside(self, one: SetAside) -> None:
        with self._database.write() as connection:
            put_aside(connection, INDEXER, (one,))

    def close(self) -> None:
        """Close the files."""
        self.views.close()
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
