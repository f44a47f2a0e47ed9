"""A worker: reads events and state, handles, and answers with rows. It never writes."""

from __future__ import annotations

import gc
import logging
import os
import signal
import sys
from collections.abc import Callable
from contextlib import ExitStack, closing
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import IO

import msgspec

from duban.adapters.embedded import schema
from duban.adapters.embedded.crew_task import Answer, Order, Place, Task, receive, send
from duban.adapters.embedded.database import Database
from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.adapters.embedded.key_work import Turn, work
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.sqlite_event_log import event_at
from duban.adapters.embedded.sqlite_state_store import SqliteStateStore
from duban.adapters.embedded.state_reader import StateReader
from duban.domain.event import Event
from duban.errors import StorageError
from duban.ports import Recorded, StateRecord
from duban.processors.processor import Chain

_ALLOCATIONS = 50_000  # between two looks of the collector: nothing here makes cycles


def main() -> None:
    """Answer tasks until the parent ends."""
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # nobody reads any more: end without a word
    inlet, outlet = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not come between the answers
    logging.disable()  # the parent tells what was set aside
    data = receive(inlet)
    if data is None:
        return
    with ExitStack() as opened:
        try:
            place = msgspec.msgpack.decode(data, type=Place)
            worker = _Worker(place, opened)
        except StorageError as error:
            send(outlet, Answer([], str(error)))
            return
        gc.freeze()
        gc.set_threshold(_ALLOCATIONS, 20, 50)
        worker.serve(inlet, outlet)


class _Worker:
    def __init__(self, place: Place, opened: ExitStack) -> None:
        history = opened.enter_context(closing(Database(Path(place.history))))
        self._states = history
        if place.layout == "scratch":
            scratch = Database(Path(place.states), schema.SCRATCH, beside=Path(place.history))
            self._states = opened.enter_context(closing(scratch))
        module, _, name = place.recipe.partition(":")
        recipe: Callable[..., Chain] = getattr(import_module(module), name)
        self._chain = recipe(
            FolderBlobStore(Path(place.blobs)), SqliteStateStore(history, Signal())
        )
        self._said: dict[int, Event] = {}

    def serve(self, inlet: IO[bytes], outlet: IO[bytes]) -> None:
        tasks = msgspec.msgpack.Decoder(Task)
        while (data := receive(inlet)) is not None:
            try:
                answer = self._answer(tasks.decode(data))
            except StorageError as error:
                answer = Answer([], str(error))
            send(outlet, answer)

    def _answer(self, task: Task) -> Answer:
        outcomes = []
        self._said.clear()
        with self._states.read() as connection:
            reader = StateReader(connection)
            for key, orders in task.keys:
                turns = [self._turn(reader, order) for order in orders]
                outcomes.append(work(self._chain, key, turns, self._load(reader, key, task.whole)))
        return Answer(outcomes)

    def _load(
        self, reader: StateReader, key: str, whole: bool
    ) -> Callable[[str], StateRecord | None]:
        if whole:
            return reader.parts(self._chain.name, key)
        return partial(reader.record, self._chain.name, key)

    def _turn(self, reader: StateReader, order: Order) -> Turn:
        event = self._said.get(order.source)
        if event is None:
            event = event_at(reader.connection, order.source)
            if event is None:
                raise StorageError(f"找不到第 {order.source} 号事件：请用备份恢复数据目录。")
            self._said[order.source] = event
        if event.at != order.at:
            event = msgspec.structs.replace(event, at=order.at)
        recorded = Recorded(order.position, event)
        return Turn(recorded, order.source, order.order, order.settles, order.passed)


if __name__ == "__main__":
    main()
