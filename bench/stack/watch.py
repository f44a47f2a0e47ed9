"""What processes cost while they run, with all below them: memory and processor time.

A process that ended counts with whoever waited for it, as the kernel keeps it.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_LOOK_EVERY_S = 1.0
_SHARES_EVERY_S = 10.0  # a look at shared pages walks all of a process's memory


class Watch:
    """Looked up every so often; what a root did after the last look before its end is not known.

    The most that a process held is kept by the kernel, so that only one that came and went between
    two looks is missed. What processes hold together is looked up every ten seconds at most.
    """

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._roots = dict(roots)
        self._used_s: dict[str, float] = {}
        self._largest_mb: dict[str, float] = {}
        self._together_mb: dict[str, float] = {}
        self._shares_at = 0.0

    def look(self) -> None:
        """Take down all processes as they are now."""
        is_due = time.monotonic() >= self._shares_at
        if is_due:
            self._shares_at = time.monotonic() + _SHARES_EVERY_S
        for name, root in self._roots.items():
            used = together = 0.0
            for pid in descendants(root):
                try:
                    used += _processor_s(pid)
                    most = _most_mb(pid)
                    together += _share_mb(pid) if is_due else 0.0
                except (OSError, IndexError):  # it has just ended
                    continue
                self._largest_mb[name] = max(most, self._largest_mb.get(name, 0.0))
            self._used_s[name] = max(used, self._used_s.get(name, 0.0))
            self._together_mb[name] = max(together, self._together_mb.get(name, 0.0))

    def used_s(self, name: str) -> float:
        """Seconds of processor time so far, of all processes of a root."""
        return self._used_s[name]

    def every_s(self) -> Mapping[str, float]:
        """The same of every root."""
        return dict(self._used_s)

    def largest_mb(self, name: str) -> float:
        """The most that any one process of a root ever held."""
        return self._largest_mb.get(name, 0.0)

    def together_mb(self, name: str) -> float:
        """The most that the processes of a root held at one look, shared pages counted once."""
        return self._together_mb.get(name, 0.0)


@contextmanager
def watching(roots: Mapping[str, int], *, every_s: float = _LOOK_EVERY_S) -> Iterator[Watch]:
    """Look again and again meanwhile, and once at the end."""
    watch, end = Watch(roots), threading.Event()

    def run() -> None:
        while not end.wait(every_s):
            watch.look()

    watch.look()
    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        end.set()
        thread.join()
        watch.look()


def descendants(pid: int) -> Iterator[int]:
    """A process and all below it."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            below = task.read_text().split()
        except OSError:
            continue
        for child in below:
            yield from descendants(int(child))


def holds_open(pid: int, folder: Path) -> bool:
    """Whether a process has a file of a folder open."""
    for link in Path(f"/proc/{pid}/fd").glob("*"):
        try:
            if link.readlink().is_relative_to(folder):
                return True
        except OSError:  # closed meanwhile
            continue
    return False


def _processor_s(pid: int) -> float:
    """Its own, and that of those it waited for."""
    after_name = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, after_name[11:15])) / _TICKS


def _most_mb(pid: int) -> float:
    """The most it ever held."""
    most = Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0]
    return int(most) / 1024


def _share_mb(pid: int) -> float:
    """What it holds now, with its share of what it holds with others."""
    now = Path(f"/proc/{pid}/smaps_rollup").read_text().partition("\nPss:")[2].split()[0]
    return int(now) / 1024
