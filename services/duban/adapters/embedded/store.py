"""The embedded profile put together: history, read models, raw bytes, one runner."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import msgspec

from duban.adapters.embedded.chain_unit import ChainUnit
from duban.adapters.embedded.cores import cores
from duban.adapters.embedded.crew import Crew, Recipe, place_of
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
from duban.adapters.embedded.views_check import Ends
from duban.adapters.embedded.whole import refuse_a_lost_history
from duban.domain.event import Event, Topic
from duban.errors import StorageError
from duban.observing import UNOBSERVED, Observer
from duban.ports import Recorded, SetAside
from duban.processors.processor import Chain

logger = logging.getLogger(__name__)

_MOST_WORKERS = 8
_MUCH = 2000  # events; fewer are taken in while the pages are shown
_EVENTS_AT_ONCE = 1000
_TOLD_EVERY_S = 5.0


class EmbeddedStore(AbstractContextManager["EmbeddedStore"]):
    """Everything kept under one folder: `duban.db`, `views/` (which follows from it), `blobs/`.

    Raises StorageError when the folder cannot be used.
    """

    def __init__(self, folder: Path, *, busy_timeout_s: float = 10.0) -> None:
        refuse_a_lost_history(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StorageError(
                f"数据目录 {folder} 无法使用（{error.strerror}）：请检查路径和权限。",
                f"The data folder {folder} cannot be used ({error.strerror}): please check its "
                "path and permissions.",
            ) from error
        self.folder = folder
        self._crews: list[Crew] = []
        self.blobs = FolderBlobStore(folder / "blobs")
        self._database = Database(folder / "duban.db", busy_timeout_s=busy_timeout_s)
        self._stored = Signal()
        self._progress = Signal()
        self.log = SqliteEventLog(self._database, self._stored)
        self.states = SqliteStateStore(self._database, self._stored)
        try:
            self.views = Views(
                folder / "views", self._database.path, self._ends, busy_timeout_s=busy_timeout_s
            )
            if self.views.anew is not None:
                self.put_aside_anew(())
        except BaseException:
            self._database.close()
            raise
        self.index = SqliteIndex(self.views, self._put_aside, self._progress)

    def runner(
        self,
        *chains: Chain,
        units: Sequence[Unit] = (),
        recipe: Recipe | None = None,
        observer: Observer = UNOBSERVED,
    ) -> EmbeddedRunner:
        """A runner of the given chains and units, and of the indexer after them.

        `recipe` makes the same chain in worker processes, which are started when much is to be
        done.
        """
        own = [
            ChainUnit(self.log, self.states, chain, crew=self.crew(recipe), observer=observer)
            for chain in chains
        ]
        indexer = IndexUnit(self.log, self.index, observer=observer)
        return EmbeddedRunner([*units, *own, indexer], self._stored)

    def relay(self, *units: Unit) -> EmbeddedRunner:
        """A runner of units alone: what is recorded here is handled elsewhere."""
        return EmbeddedRunner(units, self._stored)

    def crew(self, recipe: Recipe | None, *, scratch: Path | None = None) -> Crew | None:
        """Workers for the chain of a recipe, over the state kept here or in a `scratch` file."""
        processors = cores()
        if recipe is None or processors == 1:
            return None
        place = place_of(self.folder, recipe)
        if scratch is not None:
            place = msgspec.structs.replace(place, states=str(scratch), layout="scratch")
        crew = Crew(place, min(processors, _MOST_WORKERS))
        self._crews.append(crew)
        return crew

    def effect(
        self,
        name: str,
        topic: Topic,
        handle: Callable[[Recorded], Sequence[Event]],
        *,
        at_once: int = 1,
        observer: Observer = UNOBSERVED,
    ) -> Unit:
        """A unit for work that reaches outside, such as intake."""
        return EffectUnit(
            name, topic, handle, self.log, self.states, at_once=at_once, observer=observer
        )

    @property
    def workers(self) -> int:
        """How many processes of the crews run now."""
        return sum(len(crew.pids) for crew in self._crews)

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

    def fill_views(self) -> None:
        """Take in what the read models lack, where it is so much that pages would mislead."""
        lacking = self.end() - self.index.position()
        if lacking < _MUCH:
            return
        logger.warning("正在建立视图，尚有 %d 条事件…", lacking, extra={"action": "views_filled"})
        unit = IndexUnit(self.log, self.index, at_once=_EVENTS_AT_ONCE)
        told = time.monotonic()
        while unit.advance():
            if time.monotonic() - told > _TOLD_EVERY_S:
                told = time.monotonic()
                logger.warning("正在建立视图：%d / %d", self.index.position(), self.end())

    def _ends(self) -> Ends:
        with self.history.read() as connection:
            row = connection.execute(
                "SELECT (SELECT max(position) FROM event), max("
                "(SELECT coalesce(max(position), 0) FROM event WHERE topic = 'facts'), "
                "(SELECT coalesce(max(position), 0) FROM event WHERE topic = 'posted'))"
            ).fetchone()
        return Ends(int(row[0] or 0), int(row[1]))

    def rebuilding(self) -> AbstractContextManager[None]:
        """Only one program rebuilds at a time; UsageError where another one does."""
        lock = self.views.files.rebuild_lock
        return exclusive(
            lock, "另一个 duban rebuild 正在运行", "Another duban rebuild runs", within_s=1.0
        )

    def processing(self) -> AbstractContextManager[None]:
        """Only one program handles events at a time; UsageError where another one does."""
        lock = self.folder / "processing.lock"
        return exclusive(
            lock,
            f"另一个 duban 正在处理数据目录 {self.folder}（每个进程要有自己的 --data）",
            f"Another duban uses the data folder {self.folder} (each process has a --data of its "
            "own)",
            within_s=1.0,
        )

    def put_aside_anew(self, events: Sequence[SetAside]) -> None:
        """What could not be taken into the read models that are read now, and nothing else."""
        with self._database.write() as connection:
            forget_aside(connection, INDEXER)
            put_aside(connection, INDEXER, events)

    def _put_aside(self, one: SetAside) -> None:
        with self._database.write() as connection:
            put_aside(connection, INDEXER, (one,))

    def close(self) -> None:
        """End the workers and close the files."""
        for crew in self._crews:
            crew.close()
        self.views.close()
        self._database.close()

    def __exit__(self, *_: object) -> None:
        self.close()
