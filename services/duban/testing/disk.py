"""A small disk of its own for a test: it can really be full, or read only, and mended again."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_FILLER = "filler"


class Disk:
    """A file system of a few megabytes, mounted on `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def fill(self) -> None:
        """Leave not a byte free."""
        with (self.folder / _FILLER).open("ab", buffering=0) as file:
            for size in (65536, 4096, 1):
                try:
                    while True:
                        file.write(b"x" * size)
                except OSError:
                    continue

    def empty(self) -> None:
        """Give back what `fill` took."""
        (self.folder / _FILLER).unlink()

    def set_read_only(self, *, is_so: bool) -> None:
        """Let nothing be written, or again everything; no file may be open for writing."""
        option = "remount,ro" if is_so else "remount,rw"
        subprocess.run(["mount", "-o", option, self.folder], check=True)


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of a size, empty, mounted on an empty folder; it is gone with the context.

    Where this user may not mount one a test is skipped; in CI it fails.
    """
    size = f"size={megabytes}m"
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", size, "tmpfs", folder],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode != 0:
        reason = f"no disk can be mounted here: {done.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
