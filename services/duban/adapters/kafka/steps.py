"""What a worker needs of the unit that it runs, whatever delivers the messages."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import Get
from duban.adapters.kafka.partition_unit import Taken


class Steps(Protocol):
    """A unit over the partitions of its streams; used by one thread at a time."""

    name: str
    streams: tuple[str, ...]

    def take(self, stream: str, raw: Raw, get: Get) -> Iterator[Taken]:
        """The steps of a message; each is stored whole before the next is asked for."""
        ...

    def give_up(self, stream: str, raw: Raw, get: Get, error: Exception) -> Taken:
        """The step that sets a message aside which could not be taken again and again."""
        ...

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        """The first offset that is not handled yet."""
        ...

    def close(self) -> None:
        """End what it opened."""
        ...
