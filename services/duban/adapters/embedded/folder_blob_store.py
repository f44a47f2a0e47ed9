"""Blobs as files of a folder, named by the hash of their content."""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
from pathlib import Path

from duban.errors import BlobError, StorageError

_HASH = re.compile(r"[0-9a-f]{64}\Z")


class FolderBlobStore:
    """`ab/cdef…` under one folder: a file is renamed into place after it is on the disk."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise self._unusable(error) from error

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        try:
            if not self._is_whole(path, len(data)):
                self._write(path, data)
        except OSError as error:
            raise self._unusable(error) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        try:
            data = self._path(sha256).read_bytes()
        except FileNotFoundError as error:
            raise BlobError(
                f"原文 {sha256} 不在 {self._folder} 中：请用备份恢复（duban restore）。",
                f"The original {sha256} is not in {self._folder}: please restore a backup "
                "(duban restore).",
            ) from error
        except OSError as error:
            raise self._unusable(error) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BlobError(
                f"{self._folder} 中的原文 {sha256} 已损坏：请用备份恢复（duban restore）。",
                f"The original {sha256} in {self._folder} is damaged: please restore a backup "
                "(duban restore).",
            )
        return data

    def __contains__(self, sha256: object) -> bool:
        return (
            isinstance(sha256, str)
            and _HASH.match(sha256) is not None
            and self._path(sha256).is_file()
        )

    def _path(self, sha256: str) -> Path:
        if not _HASH.match(sha256):
            raise StorageError(f"“{sha256}”不是 SHA-256 值：请检查事件或命令。")
        return self._folder / sha256[:2] / sha256[2:]

    def _is_whole(self, path: Path, size: int) -> bool:
        # A damaged copy of the same size is told by `get`; a short one is mended here.
        return path.is_file() and path.stat().st_size == size

    def _write(self, path: Path, data: bytes) -> None:
        path.parent.mkdir(exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        _sync_folder(path.parent)

    def _unusable(self, error: OSError) -> StorageError:
        return StorageError(
            f"原文目录 {self._folder} 无法使用（{error.strerror}）：请检查权限和磁盘空间。",
            f"The folder of originals {self._folder} cannot be used ({error.strerror}): please "
            "check permissions and room.",
        )


def _sync_folder(folder: Path) -> None:
    """Make the new name outlive a power failure, not only the content."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
