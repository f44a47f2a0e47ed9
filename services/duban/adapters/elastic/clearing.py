"""Away with what a killed rebuild left: half-filled indices, and those in use closed to writing."""

from __future__ import annotations

from duban.adapters.elastic.indices import Generation, Indices


def clear(indices: Indices) -> tuple[Generation | None, int]:
    """The set that is read, free to be written, and a number that no set ever had.

    Only for who holds the lease. Raises StorageError.
    """
    current = indices.current()
    left = indices.others(current)
    for one in left:
        indices.remove(one)
    if current is not None:
        indices.unblock(current)
    used = [one.number for one in (*left, *([current] if current else []))]
    return current, max(used, default=0) + 1
