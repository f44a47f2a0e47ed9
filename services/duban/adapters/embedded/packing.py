"""Compression of what is large; small values stay as they are."""

from __future__ import annotations

import zlib

_WORTH_IT = 1024  # below this many bytes the header eats what is won
_LEVEL = 1


def pack(data: bytes) -> tuple[int, bytes]:
    """The data to store, and 1 where it was compressed."""
    if len(data) < _WORTH_IT:
        return 0, data
    return 1, zlib.compress(data, _LEVEL)


def unpack(packed: int, data: bytes) -> bytes:
    """What `pack` was given."""
    return zlib.decompress(data) if packed else data
