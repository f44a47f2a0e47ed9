"""A data folder from a backup: built beside its place, checked byte by byte, then put there."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import sqlite3
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from duban.adapters.embedded import manifest, schema
from duban.adapters.embedded.backup import heads_and_counts
from duban.adapters.embedded.exclusive import exclusive
from duban.adapters.embedded.manifest import Manifest, Member, foreign
from duban.adapters.embedded.whole import restoring
from duban.errors import StorageError, UsageError

_CHUNK = 1024 * 1024

Told = Callable[[str, int, int], None]  # which stage, how far, of how much


def restore(file: Path, folder: Path, *, told: Told) -> Manifest:
    """Make `folder`, which must be empty or not exist, what it was when `file` was backed up.

    All of it is put in place at once, after everything was checked, or nothing. Raises UsageError
    for a folder in use and for a file that is damaged, foreign or newer; StorageError where the
    folder cannot be written.
    """
    folder = folder.absolute()
    _refuse_a_folder_in_use(folder)
    beside = restoring(folder)
    lock = beside.with_name(f"{beside.name}.lock")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(
            f"目录 {folder} 无法建立（{error.strerror}）：请检查路径。",
            f"The folder {folder} cannot be made ({error.strerror}): please check the path.",
        ) from error
    with exclusive(lock, f"另一个程序正在恢复到 {folder}"), _told(file, folder):
        try:
            shutil.rmtree(beside, ignore_errors=True)  # of a program that was killed
            found = _fill(file, beside, told)
            os.sync()
            _refuse_a_folder_in_use(folder)
            beside.rename(folder)
        finally:
            shutil.rmtree(beside, ignore_errors=True)
            lock.unlink(missing_ok=True)
    return found


def _refuse_a_folder_in_use(folder: Path) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(
            f"{folder} 是一个文件，不是目录：请给出空目录或新目录。",
            f"{folder} is a file: please name an empty or a new folder.",
        )
    if folder.is_dir() and any(folder.iterdir()):
        raise UsageError(
            f"目录 {folder} 不是空的：恢复只写入空目录或新目录，请换一个或先移走。",
            f"The folder {folder} is not empty: a backup is restored into an empty or a new folder "
            "only; please name another, or move this one away.",
        )


def _fill(file: Path, beside: Path, told: Told) -> Manifest:
    with zipfile.ZipFile(file) as archive:
        found = _manifest(archive, file)
        free = shutil.disk_usage(beside.parent).free
        if found.size > free:
            raise StorageError(
                f"恢复需要 {found.size} 字节，{beside.parent} 所在磁盘只剩 {free} 字节："
                "请清理空间后再试。",
                f"{found.size} bytes are needed, {free} are free beside {beside.parent}: please "
                "make room.",
            )
        beside.mkdir()
        (beside / "blobs").mkdir()
        for done, member in enumerate(found.members, 1):
            _extract(archive, member, beside, file)
            told("恢复文件", done, len(found.members))
    _check(beside / manifest.DATABASE, found, file)
    return found


def _manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    names = archive.namelist()
    if manifest.NAME not in names or archive.getinfo(manifest.NAME).file_size > manifest.LARGEST:
        raise foreign(str(file))
    with archive.open(manifest.NAME) as source:
        found = manifest.parse(source.read(manifest.LARGEST), str(file))
    if sorted(names) != sorted([manifest.NAME, *(member.name for member in found.members)]):
        raise foreign(str(file))
    return found


def _extract(archive: zipfile.ZipFile, member: Member, beside: Path, file: Path) -> None:
    """One file of the manifest; its name was checked, its size and hash are checked here."""
    path = beside / member.name
    path.parent.mkdir(exist_ok=True)
    left, hashed = member.size, hashlib.sha256()
    with archive.open(member.name) as source, path.open("xb") as target:
        while chunk := source.read(min(_CHUNK, left + 1)):
            left -= len(chunk)
            if left < 0:
                raise foreign(str(file))
            hashed.update(chunk)
            target.write(chunk)
    if left or hashed.hexdigest() != member.sha256:
        raise _damaged(file)


def _check(path: Path, found: Manifest, file: Path) -> None:
    if found.schema > schema.VERSION:
        raise UsageError(
            f"备份 {file} 由更新版本的 duban 写成（数据第 {found.schema} 版，"
            f"本程序只认识到第 {schema.VERSION} 版）：请升级 duban 后再试。",
            f"The backup {file} was written by a newer duban (data version {found.schema}, this "
            f"one knows {schema.VERSION}): please upgrade.",
        )
    with closing(sqlite3.connect(path)) as history:
        owner = history.execute("PRAGMA application_id").fetchone()[0]
        version = history.execute("PRAGMA user_version").fetchone()[0]
        if (owner, version) != (schema.LAYOUT.application_id, found.schema):
            raise foreign(str(file))
        if history.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
            raise _damaged(file)
        if heads_and_counts(history) != (found.heads, found.counts):
            raise foreign(str(file))


def _damaged(file: Path) -> UsageError:
    return UsageError(
        f"备份 {file} 已损坏，没有恢复任何内容：请换另一份备份。",
        f"The backup {file} is damaged; nothing was restored: please use another backup.",
    )


@contextmanager
def _told(file: Path, folder: Path) -> Iterator[None]:
    """Every error in words; whichever it is, nothing was put in place."""
    try:
        yield
    except FileNotFoundError as error:
        raise UsageError(
            f"找不到备份 {file}：请检查路径。",
            f"There is no backup {file}: please check the path.",
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UsageError(
            f"备份 {file} 已损坏或不是 duban 的备份，没有恢复任何内容：请换另一份备份。",
            f"The backup {file} is damaged, or is no backup of duban; nothing was restored: please "
            "use another backup.",
        ) from error
    except sqlite3.DatabaseError as error:
        raise _damaged(file) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise StorageError(
                f"磁盘已满，没有恢复任何内容：请清理 {folder.parent} 所在磁盘后再试。",
                f"The disk is full; nothing was restored: please make room beside {folder.parent}.",
            ) from error
        raise StorageError(
            f"无法恢复到 {folder}（{error.strerror}）：请检查路径和权限。",
            f"Nothing was restored to {folder} ({error.strerror}): please check path and "
            "permissions.",
        ) from error
