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


class _Fuse:
    """Counts calls of functions, in Python or C, and points inside SQL statements.

    Where it is to end at a point, only points of that sort are counted: counting takes as long as
    the work.
    """

    def __init__(self, point: Point | None) -> None:
        self.all = self.storing = 0
        self._ends_all = point.number if point and not point.storing else 0
        self._ends_storing = point.number if point and point.storing else 0
        self._profile = self._call_storing if point and point.storing else self._call
        if point is None:
            self._profile = self._call_of_any_sort

    def light(self) -> None:
        """Begin to count, in this thread and in those it starts, and in new connections."""
        connect = sqlite3.connect

        def counted(*arguments: Any, **options: Any) -> sqlite3.Connection:
            connection: sqlite3.Connection = connect(*arguments, **options)
            connection.set_progress_handler(self._tick, _SQL_STEPS)
            return connection

        if not self._ends_storing:
            sqlite3.connect = counted  # only in this process, which ends with its work
        threading.setprofile(self._profile)
        sys.setprofile(self._profile)

    def _call(self, _: FrameType, what: str, __: object) -> None:
        if what in ("call", "c_call"):
            self._tick()

    def _call_storing(self, _: FrameType, what: str, called: object) -> None:
        if what == "c_call" and (
            getattr(called, "__module__", None) == "posix"
            or getattr(called, "__qualname__", "").startswith("Connection.")
        ):
            self.storing += 1
            if self.storing == self._ends_storing:
                _end()

    def _call_of_any_sort(self, frame: FrameType, what: str, called: object) -> None:
        self._call_storing(frame, what, called)
        self._call(frame, what, called)

    def _tick(self) -> int:
        self.all += 1
        if self.all == self._ends_all:
            _end()
        return 0


def counted(work: Callable[[], None]) -> Counts:
    """How many points the work goes through, undisturbed, in a process of its own."""
    told = _in_child(work, _Fuse(None))
    assert told is not None
    return Counts(*map(int, told.split()))


def is_killed_at(point: Point, work: Callable[[], None]) -> bool:
    """Do the work in a process of its own; whether it was killed, or ended before the point.

    Raises RuntimeError where it failed by itself.
    """
    return _in_child(work, _Fuse(point)) is None


def undisturbed(work: Callable[[], None]) -> None:
    """Do the work in a process of its own; raises RuntimeError where it fails."""
    if _in_child(work, None) is None:
        raise RuntimeError("the process was killed, and not by the drill")


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _in_child(work: Callable[[], None], fuse: _Fuse | None) -> str | None:
    """What the process told at its end; None where it was killed."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _child(work, fuse, writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return None
    if status != 0:
        raise RuntimeError(told or f"the process ended with status {status}")
    return told


def _child(work: Callable[[], None], fuse: _Fuse | None, writer: int) -> None:
    os.setpgrp()
    try:
        if fuse is not None:
            fuse.light()
        work()
        sys.setprofile(None)
        told = f"{fuse.all} {fuse.storing}" if fuse is not None else ""
        code = 0
    except BaseException:
        sys.setprofile(None)
        import traceback

        told, code = traceback.format_exc(), 1
    os.write(writer, told.encode())
    os._exit(code)
