"""The store of originals on a server that speaks S3."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator

import pytest

pytest.importorskip("s3fs")
pytest.importorskip("moto")

from msgspec.structs import replace
from tests.stack.s3_server import S3Server

from duban.adapters.blobs.fsspec_blob_store import FsspecBlobStore
from duban.config import BlobSettings
from duban.config_servers import blob_settings
from duban.errors import BlobError, StorageError
from duban.ports import BlobStore
from duban.testing.blob_store import BlobStoreContract

KEYS = {"DUBAN_BLOBS_ACCESS_KEY": "duban", "DUBAN_BLOBS_SECRET_KEY": "geheim"}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server of this module's own."""
    with S3Server() as server:
        yield server.url


@pytest.fixture
def settings(endpoint: str) -> BlobSettings:
    """A bucket of this test's own."""
    import s3fs

    bucket = f"t{uuid.uuid4().hex}"
    files = s3fs.S3FileSystem(
        key="duban", secret="geheim", endpoint_url=endpoint, skip_instance_cache=True
    )
    files.mkdir(bucket)
    given = {"DUBAN_BLOBS_URL": f"s3://{bucket}/originals", "DUBAN_BLOBS_ENDPOINT": endpoint}
    return blob_settings("", {**KEYS, **given})


class TestOnS3(BlobStoreContract):
    @pytest.fixture
    def blobs(self, settings: BlobSettings) -> BlobStore:
        return FsspecBlobStore(settings)


def test_what_one_program_stores_another_reads(settings: BlobSettings) -> None:
    sha256 = FsspecBlobStore(settings).put(b"shared")

    assert FsspecBlobStore(settings).get(sha256) == b"shared"


def test_an_original_that_appears_later_is_found(settings: BlobSettings) -> None:
    late, other = FsspecBlobStore(settings), FsspecBlobStore(settings)
    sha256 = "2689367b205c16ce32ed4200942b8b8b1e262dfc70d9bc9fbc77c49699a4f1df"
    with pytest.raises(BlobError):
        late.get(sha256)
    assert sha256 not in late

    assert other.put(b"ok") == sha256

    assert sha256 in late
    assert late.get(sha256) == b"ok"


def test_a_bucket_that_is_not_there_is_no_missing_original(settings: BlobSettings) -> None:
    blobs = FsspecBlobStore(replace(settings, url="s3://nowhere-at-all/originals"))

    for use in (lambda: blobs.put(b"x"), lambda: blobs.get("0" * 64)):
        with pytest.raises(StorageError, match="请先建立这个桶") as told:
            use()
        assert not isinstance(told.value, BlobError)


def test_a_server_that_is_away_is_told_and_no_key_is_shown(settings: BlobSettings) -> None:
    away = replace(settings, endpoint="http://127.0.0.1:1")

    with pytest.raises(StorageError, match="DUBAN_BLOBS_") as told:
        FsspecBlobStore(away).put(b"x")

    assert "geheim" not in f"{told.value} {told.value.english} {away!r}"


def test_the_client_logs_no_secret_at_any_level(
    settings: BlobSettings, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    for name in ("botocore", "aiobotocore", "s3fs", "fsspec"):
        caplog.set_level(logging.DEBUG, logger=name)

    FsspecBlobStore(settings).put(b"logged")

    assert [one for one in caplog.records if one.name.startswith(("botocore", "aiobotocore"))]
    assert "geheim" not in caplog.text
