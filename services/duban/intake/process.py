"""Starts and ends reading processes: forked where that is safe, else as programs of their own."""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import msgspec

from duban.intake.job import Limits
from duban.intake.worker import run_forked

if TYPE_CHECKING:
    import subprocess

    from duban.rulebook import Rulebook

StartMethod = Literal["fork", "spawn"]


class Process(Protocol):
    """A child. `end` kills it and returns its exit code, negative for a signal.

    A child that had already ended keeps the code it ended with.
    """

    def end(self) -> int: ...


class _Forked:
    def __init__(self, pid: int) -> None:
        self._pid = pid

    def end(self) -> int:
        os.kill(self._pid, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])


class _Spawned:
    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process

    def end(self) -> int:
        self._process.kill()
        return self._process.wait()


def best_start_method() -> StartMethod:
    """Forking is the quickest start, and safe only while no other thread holds a lock."""
    alone = threading.active_count() == 1
    return "fork" if alone and hasattr(os, "fork") and sys.platform != "darwin" else "spawn"


def start(
    method: StartMethod, limits: Limits, rules: Path | None, rulebook: Rulebook | None
) -> tuple[Process, socket.socket]:
    """A new worker and the parent's end of its socket.

    A forked worker judges with `rulebook` as it stands, a spawned one loads it from `rules`.
    """
    ours, theirs = socket.socketpair()
    try:
        process = (
            _fork(theirs, limits, rulebook) if method == "fork" else _spawn(theirs, limits, rules)
        )
    except BaseException:
        ours.close()
        raise
    finally:
        theirs.close()
    ours.setblocking(False)
    return process, ours


def _fork(theirs: socket.socket, limits: Limits, rulebook: Rulebook | None) -> Process:
    # An interruption that came to the child first would unwind a copy of its parent.
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        pid = os.fork()
        if pid == 0:
            run_forked(theirs, rulebook, limits)
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
    return _Forked(pid)


def _spawn(theirs: socket.socket, limits: Limits, rules: Path | None) -> Process:
    import subprocess  # not needed where forking will do

    settings = [msgspec.json.encode(limits).decode()]
    if rules is not None:
        settings.append(str(rules))
    return _Spawned(
        subprocess.Popen(  # noqa: S603 - our own program, no shell
            [sys.executable, "-P", "-m", "duban.intake.worker", *settings],
            stdin=theirs.fileno(),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C is for the parent, which finishes the step in hand
        )
    )
