"""What units, readers and fetchers tell of their own work; whoever counts it is handed in.

Processors, rules and reading know nothing of this: what they say follows from events alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, NamedTuple, Protocol

from duban.ports import Recorded

UNREADABLE = "unreadable"  # stands for the name of an event that could not be decoded

DocumentStatus = Literal["report", "other_document", "unreadable", "fault", "not_started"]
HostClass = Literal["gov_cn", "other", "address"]
FetchOutcome = Literal[
    "ok", "not_modified", "gone", "refused", "in_trouble", "blocked", "timed_out", "unreachable",
    "failed",
]  # fmt: skip

RoundOutcome = Literal["ended", "broken_off"]
MessageOutcome = Literal["delivered", "refused"]


class Taken(NamedTuple):
    """An event that a unit is done with: its wire name, its time, and whether it is set aside."""

    name: str
    at: datetime | None
    is_aside: bool


class Observer(Protocol):
    """Hears of work once it is stored; may be told by several threads, and never raises."""

    def took_step(self, unit: str, taken: Sequence[Taken], took_s: float) -> None:
        """A unit stored one step; an event for everyone is taken once for each agency."""
        ...

    def indexed(self, recorded: Sequence[Recorded]) -> None:
        """Events can be seen in the read models from now on; maybe not for the first time."""
        ...

    def read_document(self, media: str, status: DocumentStatus, took_s: float) -> None:
        """A confined process read one file, or could not even be started."""
        ...

    def fetched(self, hosts: HostClass, outcome: FetchOutcome, took_s: float) -> None:
        """One address was asked for; the time holds the pause that politeness asks for."""
        ...

    def ended_round(self, outcome: RoundOutcome) -> None:
        """A round over the columns of the roster came to its end."""
        ...

    def handed_over(self, outcome: MessageOutcome) -> None:
        """A channel took a message, or did not."""
        ...


class Unobserved:
    """Nobody counts."""

    def took_step(self, unit: str, taken: Sequence[Taken], took_s: float) -> None:
        pass

    def indexed(self, recorded: Sequence[Recorded]) -> None:
        pass

    def read_document(self, media: str, status: DocumentStatus, took_s: float) -> None:
        pass

    def fetched(self, hosts: HostClass, outcome: FetchOutcome, took_s: float) -> None:
        pass

    def ended_round(self, outcome: RoundOutcome) -> None:
        pass

    def handed_over(self, outcome: MessageOutcome) -> None:
        pass


UNOBSERVED = Unobserved()
