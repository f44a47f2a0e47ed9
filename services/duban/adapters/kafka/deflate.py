"""What zlib and gzip write and read, by ISA-L, which is quicker."""

from __future__ import annotations

from isal import isal_zlib

_LEVEL = 2  # of three; the last takes twice as long for a hundredth less
_GZIP_FORM = 31  # of zlib's window bits


class DeflateError(ValueError):
    """Bytes that are not compressed, or not whole."""


def packed(data: bytes) -> bytes:
    """The bytes compressed, in zlib's form."""
    return isal_zlib.compress(data, _LEVEL)


def packed_as_gzip(data: bytes) -> bytes:
    """The bytes compressed, in gzip's form."""
    return isal_zlib.compress(data, _LEVEL, _GZIP_FORM)


def unpacked(data: bytes) -> bytes:
    """What `packed`, or zlib, compressed. Raises DeflateError."""
    try:
        return isal_zlib.decompress(data)
    except isal_zlib.error as error:  # type: ignore[misc]  # its types call the class an instance
        raise DeflateError(str(error)) from error
