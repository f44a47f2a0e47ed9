"""What every blob store promises."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from duban.errors import StorageError
from duban.ports import BlobStore

_ABSENT = hashlib.sha256(b"never stored").hexdigest()


class BlobStoreContract:
    """Subclass with a fixture `blobs`."""

    @pytest.mark.parametrize("data", [b"", b"x", "年报".encode(), bytes(range(256)) * 5000])
    def test_bytes_come_back_under_their_hash(self, blobs: BlobStore, data: bytes) -> None:
        sha256 = blobs.put(data)

        assert sha256 == hashlib.sha256(data).hexdigest()
        assert blobs.get(sha256) == data
        assert sha256 in blobs

    def test_the_same_bytes_may_be_stored_again(self, blobs: BlobStore) -> None:
        assert blobs.put(b"twice") == blobs.put(b"twice")

    def test_bytes_that_were_never_stored_are_a_storage_error(self, blobs: BlobStore) -> None:
        assert _ABSENT not in blobs
        with pytest.raises(StorageError, match=_ABSENT):
            blobs.get(_ABSENT)

    @pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, _ABSENT[:-1], 7, None])
    def test_what_is_no_hash_is_in_no_store(self, blobs: BlobStore, name: object) -> None:
        assert name not in blobs
        if isinstance(name, str):
            with pytest.raises(StorageError):
                blobs.get(name)

    def test_threads_may_store_the_same_bytes_at_once(self, blobs: BlobStore) -> None:
        data = b"shared" * 10_000
        with ThreadPoolExecutor(8) as pool:
            hashes = set(pool.map(lambda _: blobs.put(data), range(16)))

        assert [blobs.get(one) for one in hashes] == [data]
