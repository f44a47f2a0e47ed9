"""The store of originals: whether it takes and gives."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator

from duban.adapters.blobs.opening import blob_store, folder_of
from duban.config import BlobSettings
from duban.doctor.finding import Finding, good, wrong

_EMPTY = b""


def kept(settings: BlobSettings) -> Iterator[Finding]:
    """Whether originals can be stored and read; a remote store is given the empty one."""
    folder = folder_of(settings)
    if folder is not None:
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            yield wrong("originals", folder, "这个目录不能写：请改正权限。",
                        "cannot be written to: please correct its permissions.",
                        f"chown -R $(id -u) {folder}")  # fmt: skip
        else:
            made = folder.is_dir()
            yield good("originals", folder, "可以存取" if made else "首次使用时建立",
                       "can be read and written" if made else "made when first used")  # fmt: skip
        return
    begun = time.monotonic()
    blobs = blob_store(settings)
    blobs.get(blobs.put(_EMPTY))
    took = (time.monotonic() - begun) * 1000
    yield good("originals", settings.url, f"可以存取（{took:.0f} 毫秒）",
               f"can be read and written ({took:.0f} ms)")  # fmt: skip
