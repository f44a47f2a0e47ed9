"""The most memory that a process and those it started ever held."""

from __future__ import annotations

from pathlib import Path


class Memory:
    """Looked up while they run: what ends between two looks is known up to the last one."""

    def __init__(self) -> None:
        self._most: dict[int, float] = {}

    def look(self, pid: int) -> None:
        """Take down a process and all that descend from it."""
        try:
            status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            started = [task.read_text() for task in Path(f"/proc/{pid}/task").glob("*/children")]
        except OSError:  # it has just ended
            return
        if "VmHWM:" in status:  # not of one that has ended and is not yet waited for
            self._most[pid] = int(status.partition("VmHWM:")[2].split()[0]) / 1024
        for child in " ".join(started).split():
            self.look(int(child))

    def most_mb(self, pid: int) -> float:
        """The most one process held, in megabytes."""
        return self._most.get(pid, 0.0)

    def others_mb(self, pid: int) -> float:
        """The most any other process held."""
        return max((mb for other, mb in self._most.items() if other != pid), default=0.0)
