"""What a step of a unit changes, of one message or of several."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import PartitionState, Unwritten
from duban.adapters.kafka.publisher import Message
from duban.adapters.kafka.tracing import trace_of
from duban.ports import SetAside

_A_STEP = 32  # messages
_LARGE = 2 << 20  # bytes; a step must find room in one write to the changelog


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """What one step changes: outputs to be acknowledged first, then `writes` as one.

    All is acknowledged before the next step is asked for. `done` are the messages that lie behind
    the cursor with it. `rows` are what was set aside or settled, each with the message by which.
    """

    outputs: tuple[Message, ...] = ()
    writes: Mapping[str, bytes] = msgspec.field(default_factory=dict)
    rows: tuple[tuple[Raw, SetAside], ...] = ()
    done: tuple[Raw, ...] = ()

    @property
    def set_aside(self) -> tuple[SetAside, ...]:
        """What could not be handled."""
        return tuple(row for _, row in self.rows if row.settled is None)

    @property
    def settled(self) -> tuple[SetAside, ...]:
        """What was handled at last, or is set aside anew."""
        return tuple(row for _, row in self.rows if row.settled is not None)


class Gathering:
    """Puts the messages of a partition together to steps, with their state."""

    def __init__(self, state: PartitionState) -> None:
        self._state = state
        self._outputs: list[Message] = []
        self._rows: list[tuple[Raw, SetAside]] = []
        self._done: list[Raw] = []
        self._bytes = 0
        self._mark = self._now()

    def say(self, raw: Raw, outputs: Sequence[Message]) -> None:
        """Outputs that follow from a message; they belong to its trace."""
        trace = raw.trace or trace_of(raw.id)
        self._outputs += [msgspec.structs.replace(one, trace=trace) for one in outputs]
        self._bytes += sum(len(one.value) for one in outputs)

    def tell(self, raw: Raw, row: SetAside) -> None:
        """A row that is set aside, or settled."""
        self._rows.append((raw, row))

    def end(self, raw: Raw) -> None:
        """The message is handled."""
        self._state.move(raw.offset + 1)
        self._done.append(raw)
        self._mark = self._now()

    def undo(self) -> None:
        """Forget all of a message that was not handled to its end."""
        written, outputs, rows = self._mark
        self._state.go_back(written)
        del self._outputs[outputs:], self._rows[rows:]

    @property
    def is_full(self) -> bool:
        """Whether the next message is to begin a new step."""
        return len(self._done) >= _A_STEP or self._bytes + self._state.size > _LARGE

    def step(self) -> Iterator[Taken]:
        """Everything since the last step, if there is anything."""
        writes = self._state.writes()
        if writes:
            yield Taken(
                outputs=tuple(self._outputs),
                writes=writes,
                rows=tuple(self._rows),
                done=tuple(self._done),
            )
        self._state.written()
        self._outputs, self._rows, self._done, self._bytes = [], [], [], 0
        self._mark = self._now()

    def _now(self) -> tuple[Unwritten, int, int]:
        return self._state.unwritten(), len(self._outputs), len(self._rows)
