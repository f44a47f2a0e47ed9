"""Blobs in a filesystem that fsspec knows, named by the hash of their content."""

from __future__ import annotations

import hashlib
import re
import threading
import uuid
from collections.abc import Mapping
from typing import Any

import msgspec
from fsspec.core import url_to_fs

from duban.config import BlobSettings
from duban.errors import BlobError, StorageError, UsageError

_HASH = re.compile(r"[0-9a-f]{64}\Z")
#: What has to be installed beside fsspec for a kind of URL.
PACKAGES: Mapping[str, str] = {
    "s3": "s3fs", "gs": "gcsfs", "gcs": "gcsfs", "abfs": "adlfs", "az": "adlfs", "oss": "ossfs",
}  # fmt: skip
# A written object appears whole in these; elsewhere it is moved into place.
_WHOLE_AT_ONCE = frozenset(PACKAGES)
_S3_PATIENCE = {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 3}}


class FsspecBlobStore:
    """`ab/cdef…` under the URL, as in a folder, so that a folder can be copied there.

    Raises UsageError where the URL is of no known kind or its package is not installed.
    """

    def __init__(self, settings: BlobSettings) -> None:
        self._url = settings.url.rstrip("/")
        self._protocol = settings.url.partition("://")[0]
        try:
            self._files, root = url_to_fs(
                settings.url, skip_instance_cache=True, **_options(settings, self._protocol)
            )
        except ImportError as error:
            package = PACKAGES.get(self._protocol, error.name or self._protocol)
            raise UsageError(
                f"原文存放在 {self._url} 需要 {package}：请运行 pip install {package}。",
                f"Originals in {self._url} need {package}: please run pip install {package}.",
            ) from error
        except (ValueError, TypeError) as error:
            raise UsageError(
                f"原文的地址 {self._url} 或其参数不对：请检查 DUBAN_BLOBS_URL 和 "
                "DUBAN_BLOBS_OPTIONS。",
                f"The address of originals {self._url} or its options are wrong: please check "
                "DUBAN_BLOBS_URL and DUBAN_BLOBS_OPTIONS.",
            ) from error
        self._root = root.rstrip("/")
        self._making = threading.Lock()

    def put(self, data: bytes) -> str:
        sha256 = hashlib.sha256(data).hexdigest()
        path = self._path(sha256)
        try:
            if self._size(path) != len(data):
                self._write(path, data)
        except Exception as error:
            raise self._unusable(error) from error
        return sha256

    def get(self, sha256: str) -> bytes:
        path = self._path(sha256)
        try:
            data = bytes(self._files.cat_file(path))
        except FileNotFoundError as error:
            if not self._has_bucket():
                raise self._unusable(error) from error
            raise BlobError(
                f"原文 {sha256} 不在 {self._url} 中：请用备份恢复（duban restore）。",
                f"The original {sha256} is not in {self._url}: please restore a backup "
                "(duban restore).",
            ) from error
        except Exception as error:
            raise self._unusable(error) from error
        if hashlib.sha256(data).hexdigest() != sha256:
            raise BlobError(
                f"{self._url} 中的原文 {sha256} 已损坏：请用备份恢复（duban restore）。",
                f"The original {sha256} in {self._url} is damaged: please restore a backup "
                "(duban restore).",
            )
        return data

    def __contains__(self, sha256: object) -> bool:
        if not isinstance(sha256, str) or not _HASH.match(sha256):
            return False
        try:
            return self._size(self._path(sha256)) is not None
        except Exception as error:
            raise self._unusable(error) from error

    def _path(self, sha256: str) -> str:
        if not _HASH.match(sha256):
            raise StorageError(f"“{sha256}”不是 SHA-256 值：请检查事件或命令。")
        return f"{self._root}/{sha256[:2]}/{sha256[2:]}"

    def _size(self, path: str) -> int | None:
        """The size of what is there, None where nothing is."""
        try:
            found = self._files.info(path)
        except FileNotFoundError:
            return None
        size: int | None = found["size"] if found["type"] == "file" else None
        return size

    def _has_bucket(self) -> bool:
        """Whether the place is there at all; a folder is made when it is needed."""
        if self._protocol not in _WHOLE_AT_ONCE:
            return True
        try:
            return bool(self._files.exists(self._root.partition("/")[0]))
        except Exception as error:
            raise self._unusable(error) from error

    def _write(self, path: str, data: bytes) -> None:
        if self._protocol in _WHOLE_AT_ONCE:
            self._files.pipe_file(path, data)
            return
        folder = path.rpartition("/")[0]
        beside = f"{folder}/.new-{uuid.uuid4().hex}"
        with self._making:  # not every filesystem makes one folder from two threads
            self._files.makedirs(folder, exist_ok=True)
            self._files.pipe_file(beside, data)
            self._files.mv(beside, path)

    def _unusable(self, error: Exception) -> StorageError:
        """Each filesystem has errors of its own; their kind is told, their text may hold keys."""
        if isinstance(error, FileNotFoundError):
            return StorageError(
                f"存放原文的 {self._url} 不存在：请先建立这个桶，或更正 DUBAN_BLOBS_URL。",
                f"There is no {self._url} to keep originals in: please make the bucket, or correct "
                "DUBAN_BLOBS_URL.",
            )
        kind = type(error).__name__
        return StorageError(
            f"存放原文的 {self._url} 无法使用（{kind}）：请检查地址、密钥和权限（DUBAN_BLOBS_…）。",
            f"The store of originals {self._url} cannot be used ({kind}): please check address, "
            "keys and permissions (DUBAN_BLOBS_…).",
        )


def _options(settings: BlobSettings, protocol: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if settings.options is not None:
        found = msgspec.json.decode(settings.options.in_clear(), type=dict[str, Any])
    if protocol == "s3":
        found.setdefault("config_kwargs", _S3_PATIENCE)
        if settings.endpoint is not None:
            found["endpoint_url"] = settings.endpoint
        if settings.access_key is not None and settings.secret_key is not None:
            found["key"] = settings.access_key
            found["secret"] = settings.secret_key.in_clear()
    return found
