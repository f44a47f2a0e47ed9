"""Events laid aside in a file, to be taken up key by key: memory holds only where each one lies."""

from __future__ import annotations

import os
import tempfile
from array import array
from collections.abc import Iterator
from contextlib import AbstractContextManager
from types import TracebackType
from typing import NamedTuple


class Laid(NamedTuple):
    """One event: the stream it came from, by number, its offset there, and its bytes."""

    stream: int
    offset: int
    value: bytes


_FIELDS = 4  # stream, offset, begin and size, of each event
_BUFFER_BYTES = 1 << 20


class Spool(AbstractContextManager["Spool"]):
    """The events of one partition of several streams."""

    def __init__(self) -> None:
        self._file = tempfile.TemporaryFile(buffering=_BUFFER_BYTES)  # noqa: SIM115 - closed with this
        self._end = 0
        self._of: dict[str, array[int]] = {}

    def lay(self, key: str, laid: Laid) -> None:
        """Lay an event aside."""
        places = self._of.setdefault(key, array("q"))
        places.extend((laid.stream, laid.offset, self._end, len(laid.value)))
        self._file.write(laid.value)
        self._end += len(laid.value)

    def take(self) -> Iterator[list[list[Laid]]]:
        """The events of each key, by stream, each stream in its order; it takes no more then."""
        self._file.flush()
        for places in self._of.values():
            yield list(self._streams(places))

    def _streams(self, places: array[int]) -> Iterator[list[Laid]]:
        of: dict[int, list[Laid]] = {}
        file = self._file.fileno()
        for at in range(0, len(places), _FIELDS):
            stream, offset, begin, size = places[at : at + _FIELDS]
            laid = Laid(stream, offset, os.pread(file, size, begin))
            of.setdefault(stream, []).append(laid)
        yield from of.values()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._file.close()
