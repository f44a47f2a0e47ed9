"""What was written last, kept in memory for whoever writes the next: no more than so many bytes."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping

import msgspec

from duban.adapters.elastic.changes import Subject
from duban.adapters.elastic.indices import Generation

_LONGEST = 16 << 10  # bytes of a document; a reading is longer, and seldom written again


class Remembered(msgspec.Struct, frozen=True):
    """The state of a key, None where it has none yet, and the current documents known of it."""

    state: bytes | None = None
    documents: Mapping[Subject, bytes] = {}

    @property
    def size(self) -> int:
        """How many bytes it holds."""
        return len(self.state or b"") + sum(map(len, self.documents.values()))


class Memory:
    """The keys of each set of indices; those asked for longest ago go first. For many threads.

    `since` tells how often all was forgotten: what is based on what was known before that is no
    longer kept.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most = most_bytes
        self._held: OrderedDict[tuple[Generation, str], Remembered] = OrderedDict()
        self._size = 0
        self._using = threading.Lock()
        self.since = 0

    def get(self, generation: Generation, key: str) -> Remembered | None:
        """What is known of a key; None where it must be asked for."""
        with self._using:
            found = self._held.get((generation, key))
            if found is not None:
                self._held.move_to_end((generation, key))
            return found

    def put(self, generation: Generation, key: str, known: Remembered, since: int) -> None:
        """Keep what was made of what was known then."""
        short = {one: data for one, data in known.documents.items() if len(data) <= _LONGEST}
        kept = Remembered(known.state, short)
        with self._using:
            if since != self.since:
                return
            self._remove((generation, key))
            self._held[generation, key] = kept
            self._size += kept.size
            while self._size > self._most:
                self._remove(next(iter(self._held)))

    def forget(self) -> None:
        """All may be another by now."""
        with self._using:
            self.since += 1
            self._held.clear()
            self._size = 0

    def _remove(self, place: tuple[Generation, str]) -> None:
        gone = self._held.pop(place, None)
        self._size -= gone.size if gone is not None else 0
