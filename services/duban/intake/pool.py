"""Reading for several threads of one process: each borrows a sandbox and gives it back."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager, suppress
from queue import LifoQueue

from duban.intake.job import Answer, Job, Limits, ReadJob
from duban.intake.sandbox import Sandbox, StartError, decoder
from duban.observing import UNOBSERVED, DocumentStatus, Observer

_NOT_STARTED: DocumentStatus = "not_started"


class ReadingPool(AbstractContextManager["ReadingPool"]):
    """At most `size` documents are read at a time; the next caller waits.

    The processes are spawned, never forked: the threads around them may hold locks.
    """

    def __init__(
        self, size: int, limits: Limits | None = None, *, observer: Observer = UNOBSERVED
    ) -> None:
        self._all = [Sandbox(workers=1, limits=limits, start_method="spawn") for _ in range(size)]
        self._free: LifoQueue[Sandbox] = LifoQueue()
        for sandbox in self._all:
            self._free.put(sandbox)
        self._observer = observer
        decoder()  # before several threads need it at once

    @property
    def processes(self) -> int:
        """How many processes run now; those not started before are when first needed."""
        return sum(sandbox.processes for sandbox in self._all)

    def start(self) -> None:
        """Begin to start every process, and wait for none; call it before anybody reads.

        A machine that cannot start one tells so when a document comes.
        """
        for sandbox in self._all:
            with suppress(StartError):
                sandbox.start()

    def can_start(self) -> bool:
        """Whether a process runs, or one could be started just now."""
        if self.processes:
            return True
        sandbox = self._free.get()
        try:
            sandbox.run(ReadJob(data=b""))
        except StartError:
            return False
        finally:
            self._free.put(sandbox)
        return True

    def __exit__(self, *_: object) -> None:
        self.close()

    def read(self, job: Job) -> Answer:
        """Read one document."""
        sandbox = self._free.get()
        began = time.perf_counter()
        media, status = "unknown", _NOT_STARTED
        try:
            answer = sandbox.run(job)
            media, status = _told(answer)
            return answer
        finally:
            self._free.put(sandbox)
            self._observer.read_document(media, status, time.perf_counter() - began)

    def close(self) -> None:
        """End the processes; call it when nobody reads any more."""
        for sandbox in self._all:
            sandbox.close()


def _told(answer: Answer) -> tuple[str, DocumentStatus]:
    reading = answer.reading
    if answer.fault is not None or reading is None:
        return reading.media if reading else "unknown", "fault"
    return reading.media, reading.status
