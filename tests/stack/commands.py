"""`duban` as a user runs it: processes with a log each, ended with the context."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.stack.server import LOOPBACK

PATIENCE_S = 240.0


class Commands:
    """Commands that run beside each other, by name; `environment` is what all are given."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._folder = folder
        kept = {name: value for name, value in os.environ.items() if not name.startswith("DUBAN_")}
        self._environment = {**kept, **environment}
        self._running: dict[str, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._running.values():
            if process.poll() is None:
                process.kill()
            process.wait()

    def run(self, *arguments: str) -> str:
        """One command, to its good end; what it said."""
        done = subprocess.run(
            [program(), *arguments], env=self._environment, cwd=self._folder, text=True,
            capture_output=True, check=False, timeout=PATIENCE_S,
        )  # fmt: skip
        assert done.returncode == 0, f"duban {' '.join(arguments)}:\n{done.stdout}{done.stderr}"
        return done.stdout

    def start(self, name: str, *arguments: str) -> None:
        """A command that goes on until it is stopped."""
        with self._log(name).open("ab") as log:
            self._running[name] = subprocess.Popen(
                [program(), *arguments], env=self._environment, cwd=self._folder,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log,
            )  # fmt: skip

    def stop(self) -> Mapping[str, int]:
        """Interrupt all as Ctrl-C does; what each ended with."""
        for process in self._running.values():
            process.send_signal(signal.SIGINT)
        return {name: process.wait(60) for name, process in self._running.items()}

    def wait(self, name: str, patience_s: float) -> int:
        """Wait for a command to end by itself; what it ended with."""
        return self._running[name].wait(patience_s)

    def wait_until(self, holds: Callable[[], bool], patience_s: float = PATIENCE_S) -> None:
        """Wait for a condition; fails with all logs when it takes too long or a command ends."""
        until = time.monotonic() + patience_s
        while not holds():
            ended = [name for name, one in self._running.items() if one.poll() is not None]
            assert not ended, f"{ended} ended:\n{self.said()}"
            assert time.monotonic() < until, f"it did not come to that in time:\n{self.said()}"
            time.sleep(0.5)

    def said(self) -> str:
        """The end of each log."""
        return "\n".join(
            f"--- {name}\n{self._log(name).read_text('utf-8', 'replace')[-2000:]}"
            for name in self._running
        )

    def _log(self, name: str) -> Path:
        return self._folder / f"{name}.log"


def metric(port: int, name: str) -> float | None:
    """The sum over all labels of a figure of a running command; None while it cannot be had."""
    try:
        with urllib.request.urlopen(f"http://{LOOPBACK}:{port}/metrics", timeout=10) as answer:
            lines = answer.read().decode().splitlines()
    except (urllib.error.URLError, OSError):
        return None
    return sum(float(line.rpartition(" ")[2]) for line in lines if _is_of(line, name))


def _is_of(line: str, name: str) -> bool:
    return line.startswith((f"{name} ", f"{name}{{"))


def program() -> str:
    """The command line beside the interpreter that runs this."""
    return str(Path(sys.executable).with_name("duban"))
