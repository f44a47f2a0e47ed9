"""A backup of a data folder as one file, made while the data are in use.

The data file is copied as it stood at one moment; blobs are written before the events that name
them, so all that the copy names is there. Read models are not in it: they follow from the history.
"""

from __future__ import annotations

import errno
import hashlib
import os
import sqlite3
import zipfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from duban import __version__
from duban.adapters.embedded import manifest
from duban.adapters.embedded.database import Database, translated
from duban.adapters.embedded.exclusive import exclusive
from duban.adapters.embedded.manifest import Manifest, Member, blob_name
from duban.adapters.embedded.named_blobs import named_blobs
from duban.domain.event import TOPICS
from duban.errors import StorageError, UsageError
from duban.ports import BlobStore

_PAGES_AT_ONCE = 2000
_CHUNK = 1024 * 1024
_LEVEL = 1  # much of it is compressed already

Told = Callable[[str, int, int], None]  # which stage, how far, of how much


def back_up(
    history: Database, blobs: BlobStore, file: Path, *, now: datetime, force: bool, told: Told
) -> Manifest:
    """Write a backup to `file`, whole or not at all; what was there before stays until then.

    Raises UsageError where `file` exists and `force` is not given, StorageError where the data
    are damaged or the backup cannot be written.
    """
    if file.exists() and not force:
        raise UsageError(
            f"{file} 已存在：请换一个文件名，或用 --force 覆盖。",
            f"{file} exists: please choose another name, or overwrite it with --force.",
        )
    if file.is_dir() or not file.parent.is_dir():
        raise UsageError(
            f"无法写入 {file}：请给出一个已有目录中的文件名。",
            f"{file} cannot be written: please name a file in a folder that exists.",
        )
    copy, part, lock = (file.with_name(f".{file.name}.{end}") for end in ("db", "part", "lock"))
    with exclusive(lock, f"另一个程序正在写 {file}"), _told_when_full(file):
        try:
            _copy(history, copy, told)
            with part.open("wb") as target:
                made = _write(target, copy, blobs, now, told)
                target.flush()
                os.fsync(target.fileno())
            part.replace(file)
            _sync(file.parent)
        finally:
            for path in (copy, part, lock):
                path.unlink(missing_ok=True)
    return made


def _copy(history: Database, copy: Path, told: Told) -> None:
    """The data file as it stands at one moment, while others go on writing it."""
    for ending in ("", "-wal", "-shm", "-journal"):
        copy.with_name(copy.name + ending).unlink(missing_ok=True)

    def tell(_: int, remaining: int, total: int) -> None:
        told("复制数据文件", total - remaining, total)

    with history.read() as source, closing(sqlite3.connect(copy)) as target:
        source.execute("SELECT count(*) FROM cursor").fetchone()  # from here on it stands still
        try:
            source.backup(target, pages=_PAGES_AT_ONCE, progress=tell)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode not in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE):
                raise
            raise OSError(errno.ENOSPC, "disk full") from error  # of the copy, not of the data
    with translated(history.path), closing(sqlite3.connect(copy)) as target:
        if target.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise StorageError(
                f"数据文件 {history.path} 已损坏，没有备份：请用较早的备份恢复（duban restore）。",
                f"The data file {history.path} is damaged and was not backed up: please restore an "
                "earlier backup (duban restore).",
            )


def _write(target: BinaryIO, copy: Path, blobs: BlobStore, now: datetime, told: Told) -> Manifest:
    with (
        closing(sqlite3.connect(copy)) as history,
        zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive,
    ):
        members = [_add_file(archive, copy, told)]
        named = dict.fromkeys(named_blobs(history))
        missing = []
        for done, sha256 in enumerate(named, 1):
            data = _blob(blobs, sha256)
            told("收入原文", done, len(named))
            if data is None:
                missing.append(sha256)
                continue
            archive.writestr(blob_name(sha256), data)
            members.append(Member(blob_name(sha256), len(data), sha256))
        made = _manifest(history, now, members, missing)
        archive.writestr(manifest.NAME, msgspec.json.encode(made))
    return made


def _add_file(archive: zipfile.ZipFile, copy: Path, told: Told) -> Member:
    size, hashed = copy.stat().st_size, hashlib.sha256()
    with (
        copy.open("rb") as source,
        archive.open(manifest.DATABASE, "w", force_zip64=True) as target,
    ):
        while chunk := source.read(_CHUNK):
            hashed.update(chunk)
            target.write(chunk)
            told("收入数据文件", source.tell(), size)
    return Member(manifest.DATABASE, size, hashed.hexdigest())


def _blob(blobs: BlobStore, sha256: str) -> bytes | None:
    if sha256 not in blobs:
        return None
    try:
        return blobs.get(sha256)
    except StorageError:  # damaged: told as missing, and the rest is kept
        return None


def _manifest(
    history: sqlite3.Connection, now: datetime, members: list[Member], missing: list[str]
) -> Manifest:
    heads, counts = heads_and_counts(history)
    return Manifest(
        format=manifest.FORMAT,
        version=manifest.VERSION,
        program=__version__,
        made_at=now.isoformat(timespec="seconds"),
        schema=int(history.execute("PRAGMA user_version").fetchone()[0]),
        heads=heads,
        counts=counts,
        members=tuple(members),
        missing=tuple(missing),
    )


def heads_and_counts(history: sqlite3.Connection) -> tuple[dict[str, int], dict[str, int]]:
    """The last position and the number of events of each topic."""
    heads: dict[str, int] = {}
    counts: dict[str, int] = {}
    for topic in sorted(set(TOPICS.values())):
        found = history.execute(
            "SELECT coalesce(max(position), 0), count(*) FROM event WHERE topic = ?", (topic,)
        ).fetchone()
        heads[topic], counts[topic] = found
    return heads, counts


@contextmanager
def _told_when_full(file: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageError(
                f"无法写完备份 {file}，磁盘已满：请清理空间或换一个位置，原有数据没有变化。",
                f"The backup {file} could not be written whole, the disk is full: please make room "
                "or choose another place. The data are unchanged.",
            ) from error
        raise StorageError(
            f"无法写入备份 {file}（{error.strerror}）：请检查路径和权限。",
            f"The backup {file} cannot be written ({error.strerror}): please check path and "
            "permissions.",
        ) from error


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
