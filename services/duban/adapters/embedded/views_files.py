"""The files of the read models in their folder: which is current, who uses which, what may go.

`current` names the file that is read; it is replaced as a whole. Each file has a lock beside it
that every process using the file shares, so that nobody removes a file under another's hands.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from contextlib import suppress
from pathlib import Path

from duban.adapters.embedded.exclusive import exclusive, is_at, is_mine_alone
from duban.errors import StorageError, UsageError

SCRATCH = "rederive-"  # how the folders begin in which conclusions are derived again
_POINTER = "current"


class ViewsFolder:
    """Raises StorageError when the folder cannot be used."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    @property
    def rebuild_lock(self) -> Path:
        """Held by the one program that rebuilds."""
        return self.folder / "rebuild.lock"

    def path(self, number: int) -> Path:
        """Where the file of that number lies."""
        return self.folder / f"{number}.db"

    def current(self) -> int | None:
        """The number of the file that is read, or None where nothing says it."""
        try:
            text = (self.folder / _POINTER).read_text(encoding="ascii")
            return int(text) if text.strip().isdigit() else None
        except (FileNotFoundError, UnicodeDecodeError):
            return None
        except OSError as error:
            raise self._unusable(error) from error

    def stamp(self) -> tuple[int, int] | None:
        """Something cheap that differs after each `point`."""
        try:
            found = os.stat(self.folder / _POINTER)  # noqa: PTH116 - asked before every answer
        except FileNotFoundError:
            return None
        except OSError as error:
            raise self._unusable(error) from error
        return found.st_ino, found.st_mtime_ns

    def point(self, number: int) -> None:
        """From now on the file of that number is read; this outlives a power failure."""
        beside = self.folder / f".{_POINTER}-{os.getpid()}"
        try:
            with beside.open("w", encoding="ascii") as file:
                file.write(f"{number}\n")
                file.flush()
                os.fsync(file.fileno())
            beside.replace(self.folder / _POINTER)
            self._sync()
        except OSError as error:
            beside.unlink(missing_ok=True)
            raise self._unusable(error) from error

    def reserve(self) -> tuple[int, int]:
        """The number of a file that nobody has, and its lock, shared."""
        number = max([*self._numbers(), self.current() or 0], default=0) + 1
        while True:
            try:
                path = self._lock(number)
                lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o644)
            except FileExistsError:
                number += 1
                continue
            except OSError as error:
                raise self._unusable(error) from error
            fcntl.flock(lock, fcntl.LOCK_SH)
            if is_at(lock, path):
                return number, lock
            os.close(lock)  # swept away before it was locked

    def hold(self, number: int) -> int:
        """Share the lock of a file; closing the returned descriptor lets it go."""
        path = self._lock(number)
        while True:
            try:
                lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
            except OSError as error:
                raise self._unusable(error) from error
            fcntl.flock(lock, fcntl.LOCK_SH)
            if is_at(lock, path):
                return lock
            os.close(lock)  # removed between opening and locking

    def sweep(self) -> None:
        """Remove what is not current and no process uses."""
        for number in self._numbers():
            if number == self.current():
                continue
            lock = self.hold(number)
            try:
                if is_mine_alone(lock) and number != self.current():
                    self._remove(number)
            finally:
                os.close(lock)

        with suppress(UsageError), exclusive(self.rebuild_lock, ""):
            for folder in self.folder.glob(f"{SCRATCH}*"):
                shutil.rmtree(folder, ignore_errors=True)

    def _remove(self, number: int) -> None:
        path = self.path(number)
        try:
            for ending in ("", "-wal", "-shm", "-journal"):
                path.with_name(path.name + ending).unlink(missing_ok=True)
            self._lock(number).unlink(missing_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    def _lock(self, number: int) -> Path:
        return self.folder / f"{number}.lock"

    def _numbers(self) -> list[int]:
        stems = {path.stem for path in self.folder.iterdir() if path.suffix in (".db", ".lock")}
        return sorted(int(stem) for stem in stems if stem.isdigit())

    def _sync(self) -> None:
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)

    def _unusable(self, error: OSError) -> StorageError:
        return StorageError(
            f"视图目录 {self.folder} 无法使用（{error.strerror}）：请检查权限和磁盘空间。"
        )
