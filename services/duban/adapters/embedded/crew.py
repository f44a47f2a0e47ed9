"""Worker processes that compute what events come to; only their unit stores anything.

They read the state from the data file themselves. They are programs of their own, so that no
connection crosses a fork, and they end when the pipe to their parent does.
"""

from __future__ import annotations

import logging
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

import msgspec

from duban.adapters.embedded.crew_task import Answer, Place, Task, receive, send, shares
from duban.adapters.embedded.key_work import Outcome, Turn
from duban.errors import StorageError
from duban.ports import BlobStore, StateStore
from duban.processors.processor import Chain

logger = logging.getLogger(__name__)

Recipe = Callable[[BlobStore, StateStore], Chain]  # a function of a module, found by its name
_ANSWER = msgspec.msgpack.Decoder(Answer)


class CrewLostError(Exception):
    """A worker ended, or failed, before it answered; nothing of its work is known."""


class Crew:
    """So many workers, started with the first task; used from one thread at a time."""

    def __init__(self, place: Place, size: int) -> None:
        self._place = place
        self._size = size
        self._workers: list[_Worker] = []

    @property
    def pids(self) -> list[int]:
        """The processes that run now."""
        return [worker.pid for worker in self._workers]

    def begin(self, turns: Mapping[str, list[Turn]], *, whole: bool) -> None:
        """Deal out the keys; `finish` waits for what they come to. Raises CrewLostError."""
        try:
            while len(self._workers) < self._size:
                self._workers.append(_Worker(self._place))
            for worker, keys in zip(
                self._workers, shares(list(turns.items()), self._size), strict=True
            ):
                worker.begin(Task(keys, whole))
        except OSError as error:
            raise CrewLostError from error

    def finish(self) -> list[Outcome]:
        """The outcomes of all keys in the order they were given.

        Raises CrewLostError, or StorageError where a worker could not use the storage.
        """
        dealt = [worker.finish() for worker in self._workers]
        found = [outcome for row in zip(*dealt, strict=False) for outcome in row]
        longest = max(map(len, dealt))
        shortest = min(map(len, dealt))
        if longest > shortest:
            found += [one[shortest] for one in dealt if len(one) == longest]
        for outcome in found:
            for one in outcome.set_aside:
                logger.error(
                    "an event was set aside: %s",
                    one.cause,
                    extra={"action": "event_set_aside", "event_id": one.event_id, "key": one.key},
                )
        return found

    def close(self) -> None:
        """End the workers now; the next task starts others."""
        for worker in self._workers:
            worker.end()
        self._workers = []


class _Worker:
    def __init__(self, place: Place) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "duban.adapters.embedded.crew_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # an interruption from the keyboard is the parent's to handle
        )
        self.pid = self._process.pid
        self._in, self._out = _pipes(self._process)
        send(self._in, place)

    def begin(self, task: Task) -> None:
        send(self._in, task)

    def finish(self) -> list[Outcome]:
        data = receive(self._out)
        if data is None:
            raise CrewLostError
        answer = _ANSWER.decode(data)
        if answer.storage is not None:
            raise StorageError(answer.storage)
        return answer.outcomes

    def end(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._in, self._out):
            try:
                pipe.close()
            except OSError:  # what was still to be written to a process that has ended
                continue


def _pipes(process: subprocess.Popen[bytes]) -> tuple[IO[bytes], IO[bytes]]:
    assert process.stdin is not None
    assert process.stdout is not None
    return process.stdin, process.stdout


def name_of(recipe: Recipe) -> str:
    """Under which a worker finds the function."""
    return f"{recipe.__module__}:{recipe.__qualname__}"


def place_of(folder: Path, recipe: Recipe) -> Place:
    """A data folder as its workers see it."""
    path = str(folder / "duban.db")
    return Place(
        states=path,
        layout="data",
        history=path,
        blobs=str(folder / "blobs"),
        recipe=name_of(recipe),
    )
