"""New read models that a process of its own fills, while something else is computed beside it."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import msgspec

from duban.adapters.embedded.cores import cores
from duban.adapters.embedded.crew_task import receive, send
from duban.adapters.embedded.filling_task import Filled, Job
from duban.adapters.embedded.store import EmbeddedStore
from duban.ports import SetAside

logger = logging.getLogger(__name__)

_FILLED = msgspec.msgpack.Decoder(Filled)


class FillingLostError(Exception):
    """The process ended before it was done; its file is of no use."""


@contextmanager
def filled_beside(store: EmbeddedStore) -> Iterator[Filling | None]:
    """New read models, begun now; None where no second processor, or no process, is to be had.

    After the block the process has ended, and its file is gone unless it was exchanged.
    """
    if cores() == 1:
        yield None
        return
    files = store.views.files
    number, lock = files.reserve()
    try:
        filling = _begun(store, number)
        try:
            yield filling
        finally:
            if filling is not None:
                filling.end()
    finally:
        os.close(lock)
        files.sweep()


def _begun(store: EmbeddedStore, number: int) -> Filling | None:
    try:
        return Filling(store, number)
    except OSError as error:
        logger.warning(
            "no process could be started beside this one: %s",
            error,
            extra={"action": "worker_lost"},
        )
        return None


class Filling:
    """A process that takes the history, as far as the pages know it now, into a new file.

    `number` is the file's, which somebody else holds meanwhile.
    """

    def __init__(self, store: EmbeddedStore, number: int) -> None:
        self.number = number
        self._upto = store.index.position()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "duban.adapters.embedded.filling_worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # its work is done again where it fails, and then told
            process_group=0,  # an interruption from the keyboard is the parent's to handle
        )
        job = Job(
            history=str(store.history.path.absolute()),
            folder=str(store.views.files.folder.absolute()),
            number=number,
            upto=self._upto,
        )
        assert self._process.stdin is not None
        with suppress(OSError):  # it has ended already, as `finish` will find
            send(self._process.stdin, job)

    @property
    def pid(self) -> int:
        """The process."""
        return self._process.pid

    def finish(self, told: Callable[[int, int], None]) -> tuple[SetAside, ...]:
        """Wait until the file is filled; what could not be taken in. Raises FillingLostError."""
        assert self._process.stdout is not None
        while (data := receive(self._process.stdout)) is not None:
            filled = _FILLED.decode(data)
            if filled.is_done:
                for one in filled.aside:
                    logger.error(
                        "第 %d 号事件已搁置：%s",
                        one.position,
                        one.cause,
                        extra={
                            "action": "event_set_aside",
                            "event_id": one.event_id,
                            "key": one.key,
                        },
                    )
                return filled.aside
            told(filled.position, self._upto)
        raise FillingLostError

    def end(self) -> None:
        """End the process, done or not."""
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what was still to be written to a process that has ended
                if pipe is not None:
                    pipe.close()
