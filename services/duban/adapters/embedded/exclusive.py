"""One program at a time, also after one was killed."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duban.errors import StorageError, UsageError


@contextmanager
def exclusive(path: Path, otherwise: str) -> Iterator[None]:
    """Hold the lock file for the block; UsageError (`otherwise`) where another process holds it."""
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise StorageError(f"无法使用 {path}（{error.strerror}）：请检查权限。") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise UsageError(f"{otherwise}：请等它结束，或先停掉它。") from error
        yield
    finally:
        os.close(lock)
