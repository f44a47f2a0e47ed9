"""The store of originals in any filesystem keeps the promises of the folder."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

pytest.importorskip("fsspec")

import fsspec

from duban.adapters.blobs.fsspec_blob_store import FsspecBlobStore
from duban.adapters.blobs.opening import blob_store
from duban.adapters.embedded.folder_blob_store import FolderBlobStore
from duban.config import BlobSettings
from duban.errors import BlobError, StorageError, UsageError
from duban.ports import BlobStore
from duban.secret import Secret
from duban.testing.blob_store import BlobStoreContract


class TestInMemory(BlobStoreContract):
    @pytest.fixture
    def blobs(self) -> Iterator[BlobStore]:
        place = f"memory://{uuid.uuid4().hex}"
        yield blob_store(BlobSettings(url=place))
        files = fsspec.filesystem("memory")
        if files.exists(place):
            files.rm(place, recursive=True)


class TestInFiles(BlobStoreContract):
    """A filesystem in which a file grows while it is written."""

    @pytest.fixture
    def blobs(self, tmp_path: Path) -> BlobStore:
        return FsspecBlobStore(BlobSettings(url=f"file://{tmp_path}/blobs"))


@pytest.mark.parametrize("scheme", ["", "file://"])
def test_a_folder_needs_no_library(tmp_path: Path, scheme: str) -> None:
    assert isinstance(blob_store(BlobSettings(url=f"{scheme}{tmp_path}")), FolderBlobStore)


def test_a_folder_can_be_copied_there(tmp_path: Path) -> None:
    sha256 = FolderBlobStore(tmp_path).put(b"moved")

    assert FsspecBlobStore(BlobSettings(url=f"file://{tmp_path}")).get(sha256) == b"moved"


def test_what_was_altered_is_told(tmp_path: Path) -> None:
    blobs = FsspecBlobStore(BlobSettings(url=f"file://{tmp_path}"))
    sha256 = blobs.put(b"right")
    (tmp_path / sha256[:2] / sha256[2:]).write_bytes(b"wrong")

    with pytest.raises(BlobError, match=f"{sha256} 已损坏"):
        blobs.get(sha256)


def test_half_a_file_is_written_anew(tmp_path: Path) -> None:
    blobs = FsspecBlobStore(BlobSettings(url=f"file://{tmp_path}"))
    sha256 = blobs.put(b"the whole")
    (tmp_path / sha256[:2] / sha256[2:]).write_bytes(b"the")

    blobs.put(b"the whole")

    assert blobs.get(sha256) == b"the whole"


def test_a_place_that_cannot_be_written_to_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blobs = FsspecBlobStore(BlobSettings(url=f"file://{tmp_path}/file/below"))

    with pytest.raises(StorageError, match="DUBAN_BLOBS_") as told:
        blobs.put(b"x")

    assert told.value.english


@pytest.mark.parametrize(
    ("url", "options", "said"),
    [
        ("nonsense://x", None, "DUBAN_BLOBS_URL"),
        ("gs://bucket", None, "pip install gcsfs"),
        ("file:///x", '{"geheim": 1, "auto_mkdir": 1, "fs": 1, "skip_instance_cache": 1}', "参数"),
    ],
)
def test_what_cannot_be_opened_is_told(url: str, options: str | None, said: str) -> None:
    settings = BlobSettings(url=url, options=Secret(options) if options else None)

    with pytest.raises(UsageError, match=said) as told:
        FsspecBlobStore(settings)

    assert told.value.english
    assert "geheim" not in str(told.value)


def test_a_folder_is_opened_without_loading_the_library(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "from duban.adapters.blobs.opening import blob_store\n"
        "from duban.config import BlobSettings\n"
        f"blob_store(BlobSettings(url={str(tmp_path)!r})).put(b'x')\n"
        "print('fsspec' in sys.modules)\n"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "False"
    assert (tmp_path / hashlib.sha256(b"x").hexdigest()[:2]).is_dir()
