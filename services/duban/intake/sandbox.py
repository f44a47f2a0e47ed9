"""Reads untrusted bytes in separate processes, so that the parent never parses any."""

from __future__ import annotations

import os
import selectors
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, suppress
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from duban.domain.report import Reason
from duban.errors import MachineError
from duban.intake.job import Answer, Job, Limits
from duban.intake.perform import TOO_MUCH_MEMORY, unread
from duban.intake.process import StartMethod, best_start_method, start
from duban.intake.worker import HEADER

if TYPE_CHECKING:
    from duban.rulebook import Rulebook

_CHUNK = 1 << 18
_BETWEEN_CALLS_S = 1.0
_HUNG = Reason("timed_out", "读取超过时限，已停止：文件可能损坏或过于复杂，请另存为 docx 后重试。")
_BROKEN = Reason("corrupt", "读取中途失败，文件内部结构已损坏：请重新导出后再试。")


@cache
def decoder() -> msgspec.msgpack.Decoder[Answer]:
    """What answers are read with, made when it is first needed: the processes need none.

    Several threads may not be the first together: msgspec makes a type known in several steps.
    """
    return msgspec.msgpack.Decoder(Answer)


class StartError(MachineError):
    """A process ended before it was ready for any document: a fault of ours, not of a file."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(
            f"读取进程没有启动成功（{zh}）：请检查本机的内存、磁盘和进程数限制。",
            f"A reading process did not start ({en}): please check the memory, the disk and the "
            "limits of processes of this machine.",
        )


class _Worker:
    """One process and the job it is at; bytes go in and come out without blocking.

    `is_ready` turns true with the empty frame a process sends before it takes its first job.
    """

    def __init__(
        self, method: StartMethod, limits: Limits, rules: Path | None, rulebook: Rulebook | None
    ) -> None:
        self._limits = limits
        self._process, self.channel = start(method, limits, rules, rulebook)
        self.is_ready = False
        self.served = 0
        self.index = -1
        self.job: Job | None = None
        self.deadline = 0.0
        self._out = memoryview(b"")
        self._in = bytearray()

    def take(self, index: int, job: Job) -> None:
        data = msgspec.msgpack.encode(job)
        self._out = memoryview(len(data).to_bytes(HEADER, "big") + data)
        self.index, self.job = index, job
        self.deadline = time.monotonic() + self._limits.wall_s

    @property
    def wants(self) -> int:
        return selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)

    def go_on(self) -> Answer | None:
        """Move bytes; the answer once it is whole. Raises OSError or EOFError when it died."""
        if self._out:
            with suppress(BlockingIOError, BrokenPipeError):
                self._out = self._out[self.channel.send(self._out[:_CHUNK]) :]
        try:
            data = self.channel.recv(_CHUNK)
        except BlockingIOError:
            return None
        if not data:
            raise EOFError
        self._in += data
        if not self.is_ready and len(self._in) >= HEADER:
            del self._in[:HEADER]
            self.is_ready = True
        if len(self._in) < HEADER:
            return None
        length = int.from_bytes(self._in[:HEADER], "big")
        if length > self._limits.answer_bytes:
            raise EOFError
        if len(self._in) < HEADER + length:
            return None
        answer = decoder().decode(self._in[HEADER:])
        self._in.clear()
        self.served += 1
        return answer

    def end(self) -> int:
        code = self._process.end()
        self.channel.close()
        return code


class Sandbox(AbstractContextManager["Sandbox"]):
    """A few confined processes, started when needed, used again, replaced when one dies.

    Each job is bounded by `limits`; one that breaks them is told as unreadable and the next goes
    on. Without a rulebook the processes read; with `rulebook`, and `rules` (its folder) for
    processes that cannot be forked, they judge. `on_wait` is called about once a second while
    answers are awaited. Used from one thread at a time.
    """

    def __init__(
        self,
        *,
        rules: Path | None = None,
        rulebook: Rulebook | None = None,
        workers: int | None = None,
        limits: Limits | None = None,
        start_method: StartMethod | None = None,
        on_wait: Callable[[], None] | None = None,
    ) -> None:
        self._rules, self._rulebook = rules, rulebook
        self._count = workers or os.cpu_count() or 1
        self._limits = limits or Limits()
        self._method = start_method
        self.on_wait = on_wait
        self._idle: list[_Worker] = []
        self._busy: dict[int, _Worker] = {}

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def processes(self) -> int:
        """How many processes run now."""
        return len(self._idle) + len(self._busy)

    def close(self) -> None:
        """End every process now."""
        for worker in [*self._idle, *self._busy.values()]:
            worker.end()
        self._idle.clear()
        self._busy.clear()

    def start(self) -> None:
        """Start the processes now, so that they make ready while others prepare something else."""
        while len(self._idle) < self._count:
            self._idle.append(self._new_worker())

    def run(self, job: Job) -> Answer:
        """Do one job."""
        return next(self.map([job]))

    def map(self, jobs: Iterable[Job]) -> Iterator[Answer]:
        """Do many side by side; answers come in the order of the jobs, as soon as they can."""
        numbered = enumerate(jobs)
        done: dict[int, Answer] = {}
        given = 0
        ahead = 4 * self._count  # answers kept while an earlier one is still awaited
        try:
            while True:
                while len(self._busy) < self._count and len(self._busy) + len(done) < ahead:
                    index, job = next(numbered, (-1, None))
                    if job is None:
                        break
                    self._assign(index, job)
                if given in done:
                    yield done.pop(given)
                    given += 1
                elif self._busy:
                    self._wait(done)
                else:
                    return
        finally:
            for worker in self._busy.values():
                worker.end()
            self._busy.clear()

    def _assign(self, index: int, job: Job) -> None:
        worker = self._idle.pop() if self._idle else self._new_worker()
        worker.take(index, job)
        self._busy[index] = worker

    def _new_worker(self) -> _Worker:
        method = self._method or best_start_method()
        try:
            return _Worker(method, self._limits, self._rules, self._rulebook)
        except OSError as error:  # no memory, no process, no file left to be had
            raise StartError(str(error.strerror), str(error.strerror)) from error

    def _wait(self, done: dict[int, Answer]) -> None:
        """Until something moves or a deadline passes; answers go into `done`."""
        with selectors.DefaultSelector() as selector:
            for worker in self._busy.values():
                selector.register(worker.channel, worker.wants, worker)
            nearest = min(worker.deadline for worker in self._busy.values())
            timeout = min(max(0.0, nearest - time.monotonic()), _BETWEEN_CALLS_S)
            for key, _ in selector.select(timeout):
                self._advance(key.data, done)
        if self.on_wait is not None:
            self.on_wait()
        now = time.monotonic()
        for worker in [w for w in self._busy.values() if w.deadline <= now]:
            del self._busy[worker.index]
            worker.end()
            if not worker.is_ready:
                raise StartError("迟迟没有就绪", "it takes too long")
            done[worker.index] = unread(_HUNG)

    def _advance(self, worker: _Worker, done: dict[int, Answer]) -> None:
        try:
            answer = worker.go_on()
        except (OSError, EOFError, msgspec.MsgspecError):
            del self._busy[worker.index]
            self._bury(worker, done)
            return
        if answer is None:
            return
        del self._busy[worker.index]
        spent = answer.reading is not None and answer.reading.reason == TOO_MUCH_MEMORY
        if spent and worker.served > 1:
            self._try_again(worker)
        else:
            done[worker.index] = answer
        if spent or worker.served >= self._limits.documents_per_worker:
            worker.end()
        else:
            self._idle.append(worker)

    def _bury(self, worker: _Worker, done: dict[int, Answer]) -> None:
        code = worker.end()
        if not worker.is_ready:
            raise StartError(f"结束码 {code}", f"exit code {code}")
        if code == -getattr(signal, "SIGXCPU", 0):
            done[worker.index] = unread(_HUNG)
        elif worker.served:  # what an earlier document left behind must not be held against it
            self._try_again(worker)
        else:
            killed = code == -getattr(signal, "SIGKILL", 0)
            done[worker.index] = unread(TOO_MUCH_MEMORY if killed else _BROKEN)

    def _try_again(self, worker: _Worker) -> None:
        assert worker.job is not None
        index, job = worker.index, worker.job
        fresh = self._new_worker()
        fresh.take(index, job)
        self._busy[index] = fresh
