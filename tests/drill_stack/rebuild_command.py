"""`duban rebuild` as it is run, with all processes that it starts."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Literal, Self

from tests.stack.commands import program

Victim = Literal["parent", "child", "all"]
_ENDING_S = 15.0  # of those whose parent is gone


class Command:
    """One rebuild by several processes, in a session of its own; leaving the context kills it."""

    def __init__(self, environment: Mapping[str, str], processes: int, log: Path) -> None:
        self._log = log
        with log.open("wb") as opened:
            self._process = subprocess.Popen(
                [
                    *(program(), "rebuild", "--profile", "distributed"),
                    *("--processes", f"{processes}"),
                ],
                cwd=log.parent,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=opened,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for one in self._living():
            _kill(one)
        self._process.wait()
        self.outliving()  # a killed process goes when the system finds time for it

    @property
    def has_ended(self) -> bool:
        """Whether it came to its end."""
        return self._process.poll() is not None

    def kill(self, victim: Victim, chance: random.Random) -> bool:
        """SIGKILL; False where nobody was there to be killed."""
        parent = self._process.pid
        if self.has_ended:
            return False
        if victim == "all":
            os.killpg(parent, signal.SIGKILL)
            return True
        children = [one for one in self._living() if one != parent and not _is_of_python(one)]
        if victim == "child" and not children:
            return False
        _kill(chance.choice(children) if victim == "child" else parent)
        return True

    def end(self, patience_s: float) -> int | None:
        """Wait for its end; the exit code, None where it did not come."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(patience_s)
        return None

    def outliving(self) -> Sequence[str]:
        """The processes that it started and that do not end after it."""
        until = time.monotonic() + _ENDING_S
        while (found := self._living()) and time.monotonic() < until:
            time.sleep(0.1)
        return [_told(one) for one in found]

    def said(self) -> str:
        """What it said."""
        return self._log.read_text("utf-8", "replace")

    def _living(self) -> list[int]:
        """The processes of its session: who is left alone in it stays in it."""
        found = []
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                state, _, _, session, *_ = stat.read_text().rpartition(")")[2].split()
                if int(session) == self._process.pid and state != "Z":
                    found.append(int(stat.parent.name))
        return found


def _is_of_python(process: int) -> bool:
    """Whether it is the one that Python keeps its book with: killed, it tells of its own fall."""
    return "resource_tracker" in _told(process)


def _kill(process: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)


def _told(process: int) -> str:
    with contextlib.suppress(OSError):
        words = Path(f"/proc/{process}/cmdline").read_bytes().split(b"\0")
        return f"{process} {b' '.join(words).decode('utf-8', 'replace')[:200]}"
    return f"{process}"
