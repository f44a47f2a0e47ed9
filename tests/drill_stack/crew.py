"""The workers of a drill: one process for each unit that each of them runs."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.drill_stack import child

from duban.config import BlobSettings, KafkaSettings
from duban.config_worker import WORKED, WorkerSettings
from duban.distributed.worker import Place

SESSION_S = 6.0
_ENDING_S = 60.0
#: What takes long to load is loaded once, and each worker begins as a copy.
_LOADED = ("tests.drill_stack.child", "faust", "duban.adapters.elastic.elastic_index")


class Crew:
    """Workers by unit and name; each name has a folder that the next of its name finds."""

    def __init__(
        self, folder: Path, kafka: KafkaSettings, blobs: Path, environment: Mapping[str, str]
    ) -> None:
        self._folder = folder
        self._kafka = kafka
        self._blobs = BlobSettings(url=str(blobs))
        self._environment = dict(environment)
        self._context = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(list(_LOADED))
        self._running: dict[tuple[str, str], ForkServerProcess] = {}
        self.skew = folder / "skew"
        self.clock = child.Skew(self.skew)
        self.starts = 0
        self.fell: Counter[str] = Counter()  # last words of those that ended by themselves

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._running.values():
            process.kill()
            process.join()

    def names(self, unit: str) -> list[str]:
        """The workers of a unit that run."""
        return sorted(name for of, name in self._running if of == unit)

    def start(self, unit: str, name: str | None = None, *, is_newer: bool = False) -> None:
        """One worker more for a unit, of a name that none runs under; none above three."""
        idle = [one for one in ("one", "two", "three") if one not in self.names(unit)]
        if name is None and not idle:
            return
        name = name or idle[0]
        data = self.folder(unit, name)
        data.mkdir(parents=True, exist_ok=True)
        worker = WorkerSettings(data=data, units=(unit,), port=0, readers=1, session_s=SESSION_S)
        process = self._context.Process(
            target=child.main,
            args=(
                Place(kafka=self._kafka, blobs=self._blobs, worker=worker),
                self._environment,
                self._log(unit, name),
                self.skew,
            ),
            kwargs={"is_newer": is_newer},
        )
        process.start()
        self._running[unit, name] = process
        self.starts += 1

    def kill(self, unit: str, name: str) -> None:
        """SIGKILL: nothing after it runs."""
        process = self._running.pop((unit, name))
        process.kill()
        process.join()

    def stop(self, unit: str, name: str) -> str | None:
        """End it in good order; what was wrong with its end."""
        process = self._running.pop((unit, name))
        process.terminate()
        return _wrong_end(f"{unit} {name}", process)

    def stop_all(self) -> list[str]:
        """End all in good order; what was wrong."""
        ending, self._running = self._running, {}
        for process in ending.values():
            process.terminate()
        ends = [_wrong_end(" ".join(one), process) for one, process in sorted(ending.items())]
        return [line for line in ends if line]

    @contextlib.contextmanager
    def paused(self, unit: str, name: str) -> Iterator[None]:
        """It stands still, as if its machine had stopped, and goes on as if nothing had been."""
        pid = self._running[unit, name].pid
        assert pid is not None
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def ended(self) -> dict[tuple[str, str], int]:
        """Those that ended by themselves, with their exit codes; they are forgotten."""
        codes = {key: process.exitcode for key, process in self._running.items()}
        found = {key: code for key, code in codes.items() if code is not None}
        for key, code in found.items():
            self._running.pop(key).join()
            words = self.said(*key).strip().rpartition("\n")[2]
            self.fell[f"{' '.join(key)} ended by itself with {code}: {words}"] += 1
        return found

    def folder(self, unit: str, name: str) -> Path:
        """Where a worker keeps its state."""
        return self._folder / f"{unit}-{name}"

    def said(self, unit: str, name: str) -> str:
        """What the workers of a name said."""
        log = self._log(unit, name)
        return log.read_text("utf-8", "replace") if log.exists() else ""

    def _log(self, unit: str, name: str) -> Path:
        return self._folder / f"{unit}-{name}.log"

    def any(self, chance: random.Random) -> tuple[str, str] | None:
        """One that runs; None where none does."""
        running = sorted(self._running)
        return chance.choice(running) if running else None

    def man_all(self, units: Sequence[str] = WORKED) -> None:
        """One worker at least for each unit."""
        for unit in units:
            if not self.names(unit):
                self.start(unit)


def _wrong_end(name: str, process: ForkServerProcess) -> str | None:
    """What was wrong with the end of one that was asked to end."""
    process.join(_ENDING_S)
    if process.exitcode is None:
        process.kill()
        process.join()
        return f"{name} does not end"
    is_in_order = process.exitcode in (0, -signal.SIGTERM)  # the latter before it began
    return None if is_in_order else f"{name} ended with {process.exitcode}"
