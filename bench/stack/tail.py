"""What comes to a topic, as it comes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from duban.adapters.kafka.partition_reader import PartitionReader, Span
from duban.config import KafkaSettings

_PAUSE_S = 0.2


class Tail:
    """Counts the events of each name in a stream, and when they were seen."""

    def __init__(self, settings: KafkaSettings, stream: str) -> None:
        self._reader = PartitionReader(settings)
        self._stream = stream
        self._ends = {one: span.end for one, span in self._reader.spans(stream).items()}
        self._seen: dict[str, list[float]] = {}
        self._end = threading.Event()

    def when(self, name: str) -> list[float]:
        """The moments, on the clock of `time.monotonic`, at which events of a name were seen."""
        return self._seen.get(name, [])

    def run(self) -> None:
        """Look until the end."""
        while not self._end.wait(_PAUSE_S):
            self._look()

    def close(self) -> None:
        self._end.set()

    def end(self) -> None:
        self._reader.close()

    def _look(self) -> None:
        held = self._reader.spans(self._stream)
        wanted = {one: Span(self._ends[one], span.end) for one, span in held.items()}
        found = self._reader.read(self._stream, wanted)
        now = time.monotonic()
        for raw in found:
            self._seen.setdefault(raw.name, []).append(now)
        self._ends = {one: span.end for one, span in held.items()}


@contextmanager
def tail(settings: KafkaSettings, stream: str) -> Iterator[Tail]:
    """Look at a stream meanwhile, from its end on."""
    made = Tail(settings, stream)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        made.close()
        thread.join()
        made.end()
