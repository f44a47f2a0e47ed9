"""One program at a time, also after one was killed."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duban.errors import StorageError, UsageError

_LOOK_AGAIN_S = 0.05


def is_mine_alone(lock: int) -> bool:
    """Take the lock of an open file for this process alone, if nobody else has it."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def is_at(lock: int, path: Path) -> bool:
    """Whether an open lock file is the one that others find there.

    A holder may remove its file before it lets go; the lock of a removed file excludes nobody.
    """
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


@contextmanager
def exclusive(
    path: Path, otherwise: str, english: str = "", *, within_s: float = 0.0
) -> Iterator[None]:
    """Hold the lock file for the block; UsageError (`otherwise`) where another process holds it,
    and does not let it go within so many seconds. The block may remove the file as its last act.
    """
    last = time.monotonic() + within_s
    while (lock := _taken(path)) is None:
        if time.monotonic() > last:
            raise UsageError(
                f"{otherwise}：请等它结束，或先停掉它。",
                f"{english}: please wait for its end, or end it first." if english else "",
            )
        time.sleep(_LOOK_AGAIN_S)
    try:
        yield
    finally:
        os.close(lock)


def _taken(path: Path) -> int | None:
    """The lock file, open and held; None where another process holds it."""
    while True:
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise StorageError(
                f"无法使用 {path}（{error.strerror}）：请检查路径和权限。",
                f"{path} cannot be used ({error.strerror}): please check path and permissions.",
            ) from error
        is_held = is_mine_alone(lock)
        if is_held and is_at(lock, path):
            return lock
        os.close(lock)  # of another, or removed by its holder between opening and locking
        if not is_held:
            return None
