"""A server as a process of ours: started in a folder of its own, always ended."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.stack.fetch import HERE
from tests.stack.guard import KEEP

LOOPBACK = "127.0.0.1"
_PATIENCE_S = 300.0  # a server that lives may take long where the machine has other work


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on now."""
    held = [socket.create_server((LOOPBACK, 0)) for _ in range(count)]
    try:
        return [one.getsockname()[1] for one in held]
    finally:
        for one in held:
            one.close()


class Server:
    """One server; `stop` and `start` again keep its data, leaving the context removes them.

    Subclasses give the command, the environment and whether it answers; `_user` is the number of
    who runs it where that is not us.
    """

    name = ""
    _user = "-"

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"duban-{self.name}-"))
        self.folder.chmod(0o755)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def start(self) -> None:
        """Start it and wait until it answers; RuntimeError with the end of its log if it ends."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    *(sys.executable, str(HERE / "guard.py"), self._user, str(self.folder)),
                    *self._command(),
                ],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env={**os.environ, **self._environment()},
            )
        until = time.monotonic() + _PATIENCE_S
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.name} does not start:\n{self._last_words()}")
            time.sleep(0.2)

    def stop(self) -> None:
        """End it in good order."""
        if self._process is not None:
            assert self._process.stdin is not None
            with contextlib.suppress(BrokenPipeError):
                self._process.stdin.write(KEEP)
                self._process.stdin.close()
            self._process.wait()
            self._process = None

    @property
    def pid(self) -> int:
        """The process that all its processes descend from."""
        assert self._process is not None
        return self._process.pid

    def kill(self) -> None:
        """End it as a power failure would: nothing after it runs."""
        assert self._process is not None
        for pid in self._children():
            os.kill(pid, signal.SIGKILL)
        self._process.wait()
        self.stop()

    @contextlib.contextmanager
    def silent(self) -> Iterator[None]:
        """Connections to it stand, and nobody answers."""
        pids = self._children()
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    def close(self) -> None:
        """End it and remove what it stored."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    @property
    def _log(self) -> Path:
        return self.folder / "server.log"

    def _last_words(self) -> str:
        return "\n".join(self._log.read_text(errors="replace").splitlines()[-20:])

    def _children(self) -> list[int]:
        """The processes below the guard, deepest first."""
        assert self._process is not None
        found, todo = [], [self._process.pid]
        while todo:
            pid = todo.pop()
            below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            found += [int(one) for one in below]
            todo += [int(one) for one in below]
        return found[::-1]

    def _command(self) -> Sequence[str]:
        raise NotImplementedError

    def _environment(self) -> Mapping[str, str]:
        return {}

    def _answers(self) -> bool:
        raise NotImplementedError
