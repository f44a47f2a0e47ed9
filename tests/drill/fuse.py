"""Ends the process with SIGKILL at a counted point, the same in each run of the same work."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any

_SQL_STEPS = 100  # instructions of SQLite's machine between two points inside a statement


class Fuse:
    """Counts every call of a function, in Python or C, and points inside SQL statements.

    `limit` None only counts.
    """

    def __init__(self, limit: int | None) -> None:
        self.count = 0
        self._limit = limit

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

    def _call(self, _: FrameType, what: str, __: object) -> None:
        if what in ("call", "c_call"):
            self._tick()

    def _tick(self) -> int:
        self.count += 1
        if self._limit is not None and self.count >= self._limit:
            os.kill(os.getpid(), signal.SIGKILL)
        return 0


def in_child(work: Callable[[], None], limit: int | None = None) -> tuple[bool, int]:
    """Do the work in a process of its own: whether it came to its end, and how far it counted.

    Raises RuntimeError where it failed by itself instead of being killed.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        _child(work, Fuse(limit), writer)
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        told = pipe.read().decode()
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return False, 0
    if status != 0 or not told.isdigit():
        raise RuntimeError(told or f"the process ended with status {status}")
    return True, int(told)


def _child(work: Callable[[], None], fuse: Fuse, writer: int) -> None:
    os.setpgrp()
    try:
        fuse.light()
        work()
        sys.setprofile(None)
        told = str(fuse.count)
        code = 0
    except BaseException:
        sys.setprofile(None)
        import traceback

        told, code = traceback.format_exc(), 1
    os.write(writer, told.encode())
    os._exit(code)
