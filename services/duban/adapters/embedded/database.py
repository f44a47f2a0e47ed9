"""A SQLite file: opening, its version, transactions, and errors in words."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from duban.adapters.embedded import schema
from duban.adapters.embedded.layout import Layout
from duban.errors import StorageError

_BUSY_TIMEOUT_S = 10.0
_IDLE_READERS = 8
_JOURNAL_BYTES = 64 * 1024 * 1024  # what the write-ahead file is cut back to

_IN_USE = (
    "正被另一个程序占用：请关闭使用它的另一个 duban 后再试。",
    "is in use by another program: please end the other duban and try again.",
)
#: What the driver says → how it is told, after the name of the file, in both languages.
_SAYINGS: dict[int, tuple[str, str]] = {
    sqlite3.SQLITE_BUSY: _IN_USE,
    sqlite3.SQLITE_LOCKED: _IN_USE,
    sqlite3.SQLITE_READONLY: (
        "只能读、不能写：请检查文件和所在目录的权限，以及磁盘是否以只读方式挂载。",
        "can be read but not written: please check the permissions of file and folder, and whether "
        "the disk is mounted for reading only.",
    ),
    sqlite3.SQLITE_PERM: (
        "没有权限使用：请检查文件和所在目录的权限。",
        "may not be used: please check the permissions of file and folder.",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "无法打开：请检查路径、所在目录是否存在以及权限。",
        "cannot be opened: please check the path, whether its folder exists, and permissions.",
    ),
    sqlite3.SQLITE_FULL: (
        "无法写入，磁盘已满：请清理空间后再试，已有数据没有损坏。",
        "cannot be written, the disk is full: please make room; what was stored is whole.",
    ),
    sqlite3.SQLITE_IOERR: (
        "读写出错：请检查磁盘是否正常、是否变为只读、空间是否充足，然后再试。",
        "cannot be read or written: please check that the disk is sound, not read only and has "
        "room, and try again.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "已损坏：请用备份恢复（duban restore）。",
        "is damaged: please restore a backup (duban restore).",
    ),
    sqlite3.SQLITE_NOTADB: (
        "不是 duban 的数据文件，或已损坏：请检查路径，或用备份恢复（duban restore）。",
        "is no data file of duban, or is damaged: please check the path, or restore a backup "
        "(duban restore).",
    ),
}
_DAMAGE = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class DamagedError(StorageError):
    """What the file holds is not what was written."""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn the driver's errors into StorageError with one sentence on what to do.

    What only a fault of our own can cause (a broken constraint, a wrong statement) passes.
    """
    try:
        yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        if code == sqlite3.SQLITE_CANTOPEN and path.is_file() and not os.access(path, os.W_OK):
            code = sqlite3.SQLITE_READONLY  # as it says of a file that lies on a disk for reading
        if code in (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE):
            raise
        zh, en = _SAYINGS.get(
            code,
            (
                f"无法使用（{error}）：请检查磁盘，或用备份恢复（duban restore）。",
                f"cannot be used ({error}): please check the disk, or restore a backup.",
            ),
        )
        kind = DamagedError if code in _DAMAGE else StorageError
        raise kind(f"数据文件 {path} {zh}", f"The data file {path} {en}") from error


class Database:
    """Connections to one data file: one that writes, and several that read beside it.

    Opening creates the file or brings an older one up to date. Readers see the last committed
    state and never wait for the writer. May be shared by threads. The tables of the file
    `beside` can be read, not written, on every connection.
    """

    def __init__(
        self,
        path: Path,
        layout: Layout = schema.LAYOUT,
        *,
        beside: Path | None = None,
        busy_timeout_s: float = _BUSY_TIMEOUT_S,
    ) -> None:
        self.path = path
        self._layout = layout
        self._beside = beside
        self._timeout_s = busy_timeout_s
        self._writing = threading.RLock()
        self._lending = threading.Lock()
        self._idle: list[sqlite3.Connection] = []
        self._closed = False
        with translated(path):
            self._writer = self._connect()
            try:
                self._prepare()
            except BaseException:
                self._writer.close()
                raise

    @contextmanager
    def write(self, *, durable: bool = False) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it is stored, or nothing where an exception leaves the block.

        `durable` waits until it is on the disk, so that it outlives a power failure too.
        """
        with self._writing, translated(self.path):
            self._refuse_when_closed()
            level = "FULL" if durable else "NORMAL"
            self._writer.execute(f"PRAGMA synchronous = {level}")
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            except BaseException:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")
                raise

    @contextmanager
    def read(self) -> Iterator[sqlite3.Connection]:
        """A connection that sees one unchanging state of the file for the whole block."""
        with translated(self.path):
            connection = self._borrow()
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                self._give_back(connection)

    def close(self) -> None:
        """Close every connection; using the database afterwards raises StorageError."""
        with self._writing, self._lending:
            self._closed = True
            for connection in self._idle:
                connection.close()
            self._idle.clear()
            self._writer.close()

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self.path.absolute(),
            timeout=self._timeout_s,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=256,
            uri=True,
        )
        try:
            self._settle(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    def _settle(self, connection: sqlite3.Connection) -> None:
        connection.execute("PRAGMA cache_size = -8000")
        connection.execute(f"PRAGMA journal_size_limit = {_JOURNAL_BYTES}")
        if self._beside is not None:
            beside = f"{self._beside.absolute().as_uri()}?mode=ro"
            connection.execute("ATTACH DATABASE ? AS history", (beside,))

    def _borrow(self) -> sqlite3.Connection:
        with self._lending:
            self._refuse_when_closed()
            if self._idle:
                return self._idle.pop()
        connection = self._connect()
        connection.execute("PRAGMA query_only = 1")
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        with self._lending:
            if not self._closed and len(self._idle) < _IDLE_READERS:
                self._idle.append(connection)
                return
        connection.close()

    def _refuse_when_closed(self) -> None:
        if self._closed:
            raise StorageError(f"数据文件 {self.path} 已关闭：请重新启动 duban。")

    def _prepare(self) -> None:
        self._refuse_foreign_files()
        self._writer.execute("PRAGMA journal_mode = WAL")  # also of a file copied in another mode
        if self._version() == self._layout.version:
            return
        self._writer.execute("BEGIN EXCLUSIVE")
        try:
            self._refuse_foreign_files()
            for version in sorted(self._layout.steps):
                if version > self._version():
                    for statement in self._layout.steps[version].split(";\n"):
                        self._writer.execute(statement)
            self._writer.execute(f"PRAGMA application_id = {self._layout.application_id}")
            self._writer.execute(f"PRAGMA user_version = {self._layout.version}")
            self._writer.execute("COMMIT")
        except BaseException:
            if self._writer.in_transaction:
                self._writer.execute("ROLLBACK")
            raise

    def _version(self) -> int:
        return int(self._writer.execute("PRAGMA user_version").fetchone()[0])

    def _refuse_foreign_files(self) -> None:
        owner = self._writer.execute("PRAGMA application_id").fetchone()[0]
        tables = self._writer.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if tables and owner != self._layout.application_id:
            raise StorageError(
                f"文件 {self.path} 不是 duban 的数据文件：请检查路径。",
                f"{self.path} is no data file of duban: please check the path.",
            )
        if self._version() > self._layout.version:
            raise StorageError(
                f"数据文件 {self.path} 由更新版本的 duban 写成（第 {self._version()} 版，"
                f"本程序只认识到第 {self._layout.version} 版）：请升级 duban 后再试。",
                f"The data file {self.path} was written by a newer duban (version "
                f"{self._version()}, this one knows {self._layout.version}): please upgrade.",
            )
