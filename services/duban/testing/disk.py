"""A small disk of its own for a test: it can really be full, read only or broken, and mended."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duban.testing.programs import missing

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


class BrittleDisk:
    """An ext4 file system in the file `image`, mounted on `folder`."""

    def __init__(self, image: Path, folder: Path) -> None:
        self._image = image
        self.folder = folder

    def break_(self) -> None:
        """Let it meet an error within: from here on it is read only, also under open files."""
        subprocess.run(["mount", "-o", "remount,abort", self.folder], check=True)

    def mend(self) -> None:
        """Mount it anew, whole and writable; no file may be open."""
        subprocess.run(["umount", self.folder], check=True)
        subprocess.run(["mount", "-o", "loop", self._image, self.folder], check=True)


@contextmanager
def disk(folder: Path, megabytes: int) -> Iterator[Disk]:
    """A disk of a size, empty, mounted on an empty folder; it is gone with the context.

    Where this user may not mount one a test is skipped; in CI it fails.
    """
    _needed("mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@contextmanager
def brittle_disk(image: Path, folder: Path, megabytes: int) -> Iterator[BrittleDisk]:
    """A disk that can break, made in the file `image`; skipped or failed as `disk`."""
    image.write_bytes(b"")
    os.truncate(image, megabytes << 20)
    _needed("mkfs.ext4", "-q", image)
    _needed("mount", "-o", "loop", image, folder)
    try:
        yield BrittleDisk(image, folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def _needed(program: str, *arguments: str | Path) -> None:
    """Run what needs a program and rights that a desk may lack."""
    if shutil.which(program) is None:
        reason = f"{program} is not installed"
    else:
        done = subprocess.run([program, *arguments], capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return
        reason = done.stderr.strip()
    missing(f"no disk can be mounted here: {reason}")
