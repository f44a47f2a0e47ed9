"""Opens the store of originals that the settings name."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.config import BlobSettings
from duban.errors import UsageError
from duban.ports import BlobStore

_FILE = "file://"


def folder_of(settings: BlobSettings) -> Path | None:
    """The folder that is meant, None where it is no folder of this machine."""
    if settings.url.startswith(_FILE):
        return Path(settings.url.removeprefix(_FILE))
    return None if "://" in settings.url else Path(settings.url)


def blob_store(settings: BlobSettings) -> BlobStore:
    """The store; raises UsageError for what is not installed, StorageError for a folder's faults.

    Whether a remote one answers is seen at its first use.
    """
    if (folder := folder_of(settings)) is not None:
        return FolderBlobStore(folder)
    if importlib.util.find_spec("fsspec") is None:
        raise UsageError(
            f"原文存放在 {settings.url} 需要 fsspec：请运行 pip install 'duban[distributed]'。",
            f"Originals in {settings.url} need fsspec: please run pip install "
            "'duban[distributed]'.",
        )
    from duban.adapters.blobs.fsspec_blob_store import FsspecBlobStore

    return FsspecBlobStore(settings)
