"""What workers compress can be read by any program that knows zlib or gzip, and the reverse."""

from __future__ import annotations

import gzip
import zlib

import pytest

pytest.importorskip("isal")

from duban.adapters.kafka.deflate import DeflateError, packed, packed_as_gzip, unpacked

SOME = [b"", b"x", "政府信息公开工作年度报告".encode() * 5000, bytes(range(256)) * 300]


@pytest.mark.parametrize("data", SOME)
def test_zlib_reads_what_is_packed_and_what_zlib_packed_is_read(data: bytes) -> None:
    assert zlib.decompress(packed(data)) == data
    assert unpacked(packed(data)) == data
    assert unpacked(zlib.compress(data, 1)) == data
    assert gzip.decompress(packed_as_gzip(data)) == data


@pytest.mark.parametrize("damaged", [b"", b"nothing of the kind", packed(SOME[2])[:-3]])
def test_what_is_damaged_is_told(damaged: bytes) -> None:
    with pytest.raises(DeflateError):
        unpacked(damaged)


def test_it_is_as_small_as_zlib_makes_it_quickly() -> None:
    text = "".join(f"第{n}条：本机关受理政府信息公开申请{n * 7}件。" for n in range(2000)).encode()
    assert len(packed(text)) < 1.1 * len(zlib.compress(text, 1))
