"""Ends the process with SIGKILL at a counted point, the same in each run of the same work.

Where the work has worker programs, the points are those of the process that started them; how far
these have come by then is up to the machine, and not repeatable.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, NamedTuple

_SQL_STEPS = 100  # instructions of SQLite's machine between two points inside a statement


class Point(NamedTuple):
    """Where to end: at the `number`-th call of any function or point inside a statement, or, with
    `storing`, right before the `number`-th call of the database or the operating system.
    """

    number: int
    storing: bool = False


class Counts(NamedTuple):
    """How many points of each sort a piece of work has."""

    all: int
    storing: int


class Fuse:
    """Counts calls of functions, in Python or C, and points inside SQL statements."""

    def __init__(self, point: Point | None) -> None:
        self.all = self.storing = 0
        self._point = point

    def light(self) -> None:
        """Begin to count, in this thread and in those it starts, and in new connections."""
        connect = sqlite3.connect

        def counted(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **options)
            connection.set_progress_handler(self._tick, _SQL_STEPS)
            return connection

        sqlite3.connect = counted  # only in this process, which ends with its work
        threading.setprofile(self._call)
        sys.setprofile(self._call)

    def _call(self, _: FrameType, what: str, called: object) -> None:
        if what == "c_call" and (
            getattr(called, "__module__", None) == "posix"
            or getattr(called, "__qualname__", "").startswith("Connection.")
        ):
            self.storing += 1
            self._end_at(self.storing, storing=True)
        if what in ("call", "c_call"):
            self._tick()

    def _tick(self) -> int:
        self.all += 1
        self._end_at(self.all, storing=False)
        return 0

    def _end_at(self, number: int, *, storing: bool) -> None:
        if self._point is not None and (number, storing) == self._point:
            os.kill(os.getpid(), signal.SIGKILL)


def in_child(work: Callable[[], None], point: Point | None = None) -> Counts | None:
    """Do the work in a process of its own: the points it went through, None if it was killed.

    Raises RuntimeError where it failed by itself instead of being killed.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _child(work, Fuse(point), writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    if status != 0:
        raise RuntimeError(told or f"the process ended with status {status}")
    return Counts(*map(int, told.split()))


def _child(work: Callable[[], None], fuse: Fuse, writer: int) -> None:
    os.setpgrp()
    try:
        fuse.light()
        work()
        sys.setprofile(None)
        told = f"{fuse.all} {fuse.storing}"
        code = 0
    except BaseException:
        sys.setprofile(None)
        import traceback

        told, code = traceback.format_exc(), 1
    os.write(writer, told.encode())
    os._exit(code)
