"""What a worker needs of the unit that it runs, whatever delivers the messages."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Protocol

from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import Get
from duban.adapters.kafka.taken import Taken


class Steps(Protocol):
    """A unit over partitions. `at_once` threads use it, each for another partition.

    It takes messages of one partition number, of all its streams, `batch` of them at most; at most
    `waiting` more of that number are held in memory. Fewer than `batch` wait for one another, at
    most `every_s`.
    """

    name: str
    streams: tuple[str, ...]
    at_once: int
    batch: int
    waiting: int
    every_s: float

    def take(self, raws: Sequence[Raw], get: Get) -> Iterator[Taken]:
        """The steps of some messages; each is stored whole before the next is asked for.

        Where one cannot be taken, those before it are, and what it raises is raised then.
        """
        ...

    def give_up(self, raw: Raw, get: Get, error: Exception) -> Taken:
        """The step that sets the message at the cursor aside, which could not be taken.

        That is `raw`, or one before it that was not delivered.
        """
        ...

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        """The first offset that is not handled yet."""
        ...

    def close(self) -> None:
        """End what it opened."""
        ...
