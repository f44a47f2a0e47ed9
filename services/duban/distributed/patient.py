"""A unit that waits for Kafka instead of stopping the others with it."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager

from duban.adapters.embedded.runner import Unit
from duban.adapters.kafka.origin import Watch
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.publisher import Message, Publisher
from duban.errors import StorageError

logger = logging.getLogger(__name__)

_FIRST_PAUSE_S = 1.0
_LONGEST_PAUSE_S = 30.0


class OutOfReachError(StorageError):
    """Kafka did not take what it was given, or did not give what it was asked for."""


@contextmanager
def _told_apart() -> Iterator[None]:
    """Tells the failures of Kafka from those of the store here."""
    try:
        yield
    except StorageError as error:
        raise OutOfReachError(str(error), error.english) from error


class PatientPublisher(Publisher):
    """A publisher whose failures are OutOfReachError."""

    def publish(self, messages: Sequence[Message]) -> None:
        with _told_apart():
            super().publish(messages)


class PatientReader(PartitionReader):
    """A reader whose failures are OutOfReachError."""

    def spans(self, name: str) -> Mapping[int, Span]:
        with _told_apart():
            return super().spans(name)

    def read(self, name: str, wanted: Mapping[int, Span]) -> list[Raw]:
        with _told_apart():
            return super().read(name, wanted)


class PatientWatch(Watch):
    """A watch whose failures are OutOfReachError; other topics are none of them."""

    def check(self, within_s: float = 0.0) -> None:
        with _told_apart():
            super().check(within_s)


class Patient:
    """Lets a unit try again later, each time told, while Kafka is out of reach.

    What is recorded meanwhile stays recorded here, and goes out afterwards.
    """

    def __init__(self, unit: Unit, *, now: Callable[[], float] = time.monotonic) -> None:
        self.name = unit.name
        self._unit = unit
        self._now = now
        self._pause_s = _FIRST_PAUSE_S
        self._until = 0.0

    @property
    def is_well(self) -> bool:
        """Whether Kafka was had at the last try."""
        return self._pause_s == _FIRST_PAUSE_S

    def advance(self) -> bool:
        """Take one step, unless it is too early to try again."""
        if self._now() < self._until:
            return False
        try:
            advanced = self._unit.advance()
        except OutOfReachError as error:
            logger.error(
                "%s：%s（%g 秒后再试）",
                self.name, error, self._pause_s,
                extra={"action": "kafka_out_of_reach", "unit": self.name},
            )  # fmt: skip
            self._until = self._now() + self._pause_s
            self._pause_s = min(_LONGEST_PAUSE_S, 2 * self._pause_s)
            return False
        self._pause_s = _FIRST_PAUSE_S
        return advanced
