"""The read models in a file of their own, which can be exchanged while it is read.

Whoever is in the middle of an answer finishes it on the file it began with; the next answer comes
from the new one, also where another process exchanged it. The file can be lost or damaged at any
time: it is made anew, empty, and filled from the history.
"""

from __future__ import annotations

import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from duban.adapters.embedded import views_schema
from duban.adapters.embedded.database import DamagedError, Database
from duban.adapters.embedded.views_check import Ends, fault_of, is_damaged
from duban.adapters.embedded.views_files import ViewsFolder
from duban.errors import StorageError

logger = logging.getLogger(__name__)


class ViewsDamagedError(StorageError):
    """The read models are being built anew: ask again later."""


class ViewsFile:
    """One file of read models, open; `release` lets it go."""

    def __init__(self, number: int, lock: int, path: Path, history: Path, timeout_s: float) -> None:
        self.number = number
        self.users = 0
        self._lock: int | None = lock
        try:
            self.database = Database(
                path, views_schema.LAYOUT, beside=history, busy_timeout_s=timeout_s
            )
        except BaseException:
            os.close(lock)
            raise

    def release(self) -> None:
        """Close it; again does nothing."""
        self.database.close()
        if self._lock is not None:
            os.close(self._lock)
        self._lock = None


class Views:
    """The current file of read models; may be shared by threads.

    `anew` says why the file had to be begun anew at opening, None where it was whole.
    """

    def __init__(
        self, folder: Path, history: Path, ends: Callable[[], Ends], *, busy_timeout_s: float
    ) -> None:
        self.files = ViewsFolder(folder)
        self._history = history
        self._timeout_s = busy_timeout_s
        self._lending = threading.Lock()
        self._mending = threading.Lock()
        self._closed = False
        self.anew = self._fault(ends)
        if self.anew is not None:
            level = logging.WARNING if ends().last else logging.INFO
            logger.log(level, "%s", self.anew, extra={"action": "views_anew"})
            made = self.make()
            self.files.point(made.number)
            made.release()
        self._stamp = self.files.stamp()
        self._current = self._open()
        self.files.sweep()

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one unchanging state of the read models for the whole block."""
        with self.lent() as file, self._mended(file), file.database.read() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sqlite3.Connection]:
        """One transaction on the read models: all of it is stored, or nothing."""
        with self.lent() as file, self._mended(file), file.database.write() as connection:
            yield connection

    @contextmanager
    def lent(self) -> Iterator[ViewsFile]:
        """The current file, kept open for the whole block."""
        file = self._borrow()
        try:
            yield file
        finally:
            self._give_back(file)

    def make(self) -> ViewsFile:
        """A new, empty file beside the current one; nobody reads it before `point`."""
        return self._file(*self.files.reserve())

    def filled(self, number: int) -> ViewsFile:
        """A file that another process made beside the current one."""
        return self._file(number, self.files.hold(number))

    def exchange(self, file: ViewsFile) -> None:
        """Let `file` be read from now on by every process, and close our hold of it."""
        self.files.point(file.number)
        file.release()
        with self.lent():
            pass
        self.files.sweep()

    def close(self) -> None:
        """Close the file; using it afterwards raises StorageError."""
        with self._lending:
            if self._closed:
                return
            self._closed = True
            self._current.release()
        with suppress(StorageError):  # whoever opens them next sweeps too
            self.files.sweep()

    @contextmanager
    def _mended(self, file: ViewsFile) -> Iterator[None]:
        """Begin anew where the file turns out to be damaged; the answer in hand is lost."""
        try:
            yield
        except DamagedError as error:
            if not is_damaged(file.database.path):
                raise  # it is the history that is damaged
            with self._mending:
                if self.files.current() == file.number:
                    self.exchange(self.make())
            raise ViewsDamagedError(
                f"视图文件 {file.database.path} 已损坏，正从事件记录重新建立：请稍后再看。"
            ) from error

    def _borrow(self) -> ViewsFile:
        with self._lending:
            if self._closed:
                raise StorageError(f"视图目录 {self.files.folder} 已关闭：请重新启动 duban。")
            stamp = self.files.stamp()
            if stamp is not None and stamp != self._stamp:
                before, self._current = self._current, self._open()
                self._stamp = stamp
                if not before.users:
                    before.release()
            self._current.users += 1
            return self._current

    def _give_back(self, file: ViewsFile) -> None:
        with self._lending:
            file.users -= 1
            if file.users or file is self._current:
                return
            file.release()
        self.files.sweep()

    def _open(self) -> ViewsFile:
        while True:
            number = self.files.current()
            if number is None:
                raise StorageError(f"视图目录 {self.files.folder} 不完整：请重新启动 duban。")
            lock = self.files.hold(number)
            if self.files.current() == number:
                return self._file(number, lock)
            os.close(lock)

    def _file(self, number: int, lock: int) -> ViewsFile:
        return ViewsFile(number, lock, self.files.path(number), self._history, self._timeout_s)

    def _fault(self, ends: Callable[[], Ends]) -> str | None:
        while (number := self.files.current()) is not None:
            lock = self.files.hold(number)
            try:
                if self.files.current() == number:  # not exchanged before it was held
                    return fault_of(self.files.path(number), ends)
            finally:
                os.close(lock)
        return "视图尚未建立：从事件记录开始建立。"
