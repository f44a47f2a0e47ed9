"""Reading for several threads of one process: each borrows a sandbox and gives it back."""

from __future__ import annotations

from queue import LifoQueue

from duban.intake.job import Answer, Job, Limits
from duban.intake.sandbox import Sandbox


class ReadingPool:
    """At most `size` documents are read at a time; the next caller waits.

    The processes are spawned, never forked: the threads around them may hold locks.
    """

    def __init__(self, size: int, limits: Limits | None = None) -> None:
        self._all = [Sandbox(workers=1, limits=limits, start_method="spawn") for _ in range(size)]
        self._free: LifoQueue[Sandbox] = LifoQueue()
        for sandbox in self._all:
            self._free.put(sandbox)

    def __enter__(self) -> ReadingPool:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def read(self, job: Job) -> Answer:
        """Read one document."""
        sandbox = self._free.get()
        try:
            return sandbox.run(job)
        finally:
            self._free.put(sandbox)

    def close(self) -> None:
        """End the processes; call it when nobody reads any more."""
        for sandbox in self._all:
            sandbox.close()
