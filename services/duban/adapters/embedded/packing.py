"""Compression of what is large; small values stay as they are."""

from __future__ import annotations

import zlib
from collections.abc import Callable

Pack = Callable[[bytes], tuple[int, bytes]]

_WORTH_IT = 1024  # below this many bytes the header eats what is won
_LEVEL = 1


def pack(data: bytes) -> tuple[int, bytes]:
    """The data to store, and 1 where it was compressed."""
    if len(data) < _WORTH_IT:
        return 0, data
    return 1, zlib.compress(data, _LEVEL)


def unpacked(data: bytes) -> tuple[int, bytes]:
    """The data as it is, for who stores it in another way."""
    return 0, data


def unpack(packed: int, data: bytes) -> bytes:
    """What `pack` was given."""
    return zlib.decompress(data) if packed else data
