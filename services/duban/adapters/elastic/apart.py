"""Filling a new set of indices by several processes, each with some keys of the history."""

from __future__ import annotations

import gc
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from multiprocessing import forkserver
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from typing import Any

import msgspec

from duban.adapters.elastic.alone import Alone
from duban.adapters.elastic.failure import MissingError
from duban.adapters.elastic.filling import Ground, Taken, fill
from duban.adapters.elastic.history import Part
from duban.adapters.elastic.untaken import Last, Untaken
from duban.errors import StorageError

logger = logging.getLogger(__name__)
_ALLOCATIONS = 50_000  # between two looks of the collector: nothing here makes cycles
_ENDING_S = 10.0  # then it is killed


class Filled(msgspec.Struct, frozen=True):
    """A part was taken in: what was heard of it, and its keys that the indexers had not reached."""

    heard: Any
    last: Last


class Failed(msgspec.Struct, frozen=True):
    """What stood in the way of a part."""

    chinese: str
    english: str
    is_missing: bool

    def error(self) -> StorageError:
        """The same as an error of this process."""
        return (MissingError if self.is_missing else StorageError)(self.chinese, self.english)


Message = int | Filled | Failed  # so many events more; the last word


def is_ready(parts: Sequence[Part]) -> bool:
    """Load, beside this process, what those of the parts begin with; False where none can start."""
    forked = multiprocessing.get_context("forkserver")
    forked.set_forkserver_preload([__name__, type(parts[0]).__module__])
    try:
        forked.Lock()  # some machines have no room for one
        forkserver.ensure_running()
    except OSError as error:
        logger.warning(
            "no process could be started beside this one: %s",
            error,
            extra={"action": "worker_lost"},
        )
        return False
    return True


def fill_apart(
    ground: Ground, parts: Sequence[Part], untaken: Untaken, taken: Taken
) -> Iterator[Any]:
    """Each part by a process of its own; what was heard of it once it was taken in.

    Only where it `is_ready`. Raises StorageError, and what `taken` raises; no process
    outlives that, or this one.
    """
    forked = multiprocessing.get_context("forkserver")  # from a process that has no threads
    sharing = forked.Lock()
    with ExitStack() as opened:
        told: list[Connection] = []
        for part in parts:
            mine, its = forked.Pipe(duplex=False)
            told.append(opened.enter_context(mine))
            with its:
                work = (ground, part, untaken, sharing, its)
                process = forked.Process(target=_take, args=work, name="filling")
                opened.enter_context(_ended(process))
        while told:
            for one in wait(told):
                assert isinstance(one, Connection)
                match _heard(one):
                    case int(count):
                        taken(count)
                    case Filled(heard, last):
                        told.remove(one)
                        untaken.join(last)
                        yield heard
                    case Failed() as failed:
                        raise failed.error()


@contextmanager
def _ended(process: BaseProcess) -> Iterator[None]:
    """The process started, and ended at last, whatever it does."""
    process.start()
    try:
        yield
    finally:
        process.terminate()
        process.join(_ENDING_S)
        process.kill()
        process.join()


def _heard(one: Connection) -> Message:
    try:
        found: Message = one.recv()
    except (EOFError, OSError):
        return Failed(
            "填充索引的一个进程意外停止：请查看上面的日志后重新运行 duban rebuild；"
            "现有索引没有变动。",
            "A process that filled the indices ended by itself: please look at the log above and "
            "run duban rebuild again; the indices in use are as they were.",
            is_missing=False,
        )
    return found


def _take(
    ground: Ground,
    part: Part,
    untaken: Untaken,
    sharing: AbstractContextManager[Any],
    told: Connection,
) -> None:
    """All that such a process does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent ends it
    threading.Thread(target=_end_with_parent, name="parent", daemon=True).start()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 50)
    try:
        with part.opened() as history, ground.opened(Alone(sharing)) as index:
            fill(index, history, untaken, told.send)
            heard = history.heard()
    except StorageError as error:
        told.send(Failed(str(error), error.english, isinstance(error, MissingError)))
    else:
        told.send(Filled(heard, untaken.last))


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os.kill(os.getpid(), signal.SIGKILL)
