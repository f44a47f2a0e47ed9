"""The history that a rebuild takes in, and parts of it for other processes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from duban.ports import Recorded, SetAside


class Told(Protocol):
    """Events, batch by batch, those of a key in their order."""

    def take(self) -> Iterator[Sequence[Recorded]]:
        """What was recorded since it was last asked."""
        ...


class PartTold(Told, Protocol):
    """A part as it is told in another process."""

    def heard(self) -> Any:
        """What is known by now of what was told; it can be sent to another process."""
        ...


class Part(Protocol):
    """Some keys of the history, with all that is told of them; it can be sent to a process."""

    def opened(self) -> AbstractContextManager[PartTold]:
        """The part, to be told while the block lasts."""
        ...


class History(Told, Protocol):
    """The whole history."""

    def count(self) -> int:
        """How many events there are by now."""
        ...

    def parts(self, most: int) -> Sequence[Part]:
        """What is there to be taken, in parts of about the same size; none where that is little.

        What was taken in parts is `joined`, before anything else is taken.
        """
        ...

    def join(self, heard: Any) -> None:
        """A part was taken elsewhere, and this was heard."""
        ...

    def unreadable(self) -> Sequence[tuple[SetAside, str]]:
        """The events met so far that this program cannot read, each with its name."""
        ...
