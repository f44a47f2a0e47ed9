"""Lets what was written be found: soon, but not for every few events anew."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterable

import msgspec

from duban.adapters.elastic.bulk import Bulk, Operation
from duban.adapters.elastic.failure import MissingError
from duban.adapters.elastic.indices import Generation, Indices
from duban.adapters.embedded.moment import micros
from duban.errors import StorageError
from duban.ports import Recorded

logger = logging.getLogger(__name__)
_AGAIN_S = 5.0
_SOON_S = 0.1  # what is written in several requests is shown together


class Reached(msgspec.Struct, frozen=True):
    """How far the events of a lane of a topic were taken in, and the time of the latest."""

    position: int
    at_us: int


class Showing:
    """Makes what was written visible soon, with `every_s` in between; at once where that is 0.

    How far the indexer has come is told after the documents can be found, so that who waits for
    a position finds what belongs to it. `lanes` is by how many partitions positions are shared.
    """

    def __init__(self, indices: Indices, bulk: Bulk, lanes: int, every_s: float) -> None:
        self._indices = indices
        self._bulk = bulk
        self._lanes = lanes
        self._every_s = every_s
        self._next = time.monotonic() + every_s
        self._lock = threading.Lock()
        self._telling = threading.Lock()  # taken before the other
        self._waiting: dict[Generation, dict[str, Reached]] = {}
        self._timer: threading.Timer | None = None
        self._is_ended = False

    def wrote(self, generation: Generation, batch: Iterable[Recorded]) -> None:
        """Documents of these events were written."""
        with self._lock:
            reached = self._waiting.setdefault(generation, {})
            for one in batch:
                lane = (one.position - 1) % self._lanes
                name = f"{one.event.topic}/{lane}"
                before = reached.get(name, Reached(0, 0))
                reached[name] = Reached(
                    max(before.position, one.position),
                    max(before.at_us, micros(one.event.at)),
                )
            if self._every_s:
                self._show_in(max(_SOON_S, self._next - time.monotonic()))
        if not self._every_s:
            self.show()

    def show(self) -> None:
        """Let everything that was written be found now; also what another thread is showing."""
        with self._telling:
            self._show()

    def _show(self) -> None:
        with self._lock:
            timer, self._timer = self._timer, None
            self._next = time.monotonic() + self._every_s
            waiting, self._waiting = self._waiting, {}
        if timer is not None:
            timer.cancel()
        failure: StorageError | None = None
        for generation, reached in waiting.items():
            try:
                self._tell(generation, reached)
            except StorageError as error:
                self._again(generation, reached)
                failure = error
        if failure is not None:
            raise failure

    def end(self) -> None:
        """Let everything be found now; nothing is tried again later."""
        with self._lock:
            self._is_ended = True
        self.show()

    def _tell(self, generation: Generation, reached: dict[str, Reached]) -> None:
        """Those exchanged for others hold what these held, so that they go as far."""
        try:
            self._indices.refresh(generation)
            self._bulk.write([_progress(generation, *one) for one in reached.items()])
            self._indices.refresh(generation, "progress")
        except MissingError:
            current = self._indices.current()
            if current is None or current == generation:
                raise
            self._tell(current, reached)

    def _again(self, generation: Generation, reached: dict[str, Reached]) -> None:
        with self._lock:
            self._waiting[generation] = {**reached, **self._waiting.get(generation, {})}

    def _show_in(self, seconds: float) -> None:
        """Soon, unless it is to be sooner anyway; the lock is held."""
        if self._timer is None and not self._is_ended:
            self._timer = threading.Timer(seconds, self._later)
            self._timer.daemon = True
            self._timer.start()

    def _later(self) -> None:
        try:
            self.show()
        except StorageError as error:  # the server shows it by itself, but not how far it goes
            logger.warning("%s", error, extra={"action": "refresh_failed"})
            with self._lock:
                self._show_in(_AGAIN_S)


def _progress(generation: Generation, name: str, reached: Reached) -> Operation:
    topic, _, lane = name.partition("/")
    source = {
        "topic": topic,
        "lane": int(lane),
        "position": reached.position,
        "at_us": reached.at_us,
    }
    return Operation(
        entry=generation.entry("progress"),
        id=name,
        routing=name,
        version=reached.position,
        source=msgspec.json.encode(source),
    )
