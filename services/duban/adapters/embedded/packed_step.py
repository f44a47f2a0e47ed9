"""A step as rows: what a worker hands back, and what one transaction stores."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from duban.adapters.embedded.packing import Pack, pack
from duban.domain.event import Event, encode
from duban.ports import Cursor, SetAside, StateRecord, Step

EventRow = tuple[str, str, int, bytes]  # topic, id, packed, body
StateRow = tuple[str, str, int, int, bytes]  # key, part, position, packed, data


class PackedStep(msgspec.Struct, frozen=True, kw_only=True):
    """All that one step of a unit changes, encoded; `durable` where it records facts."""

    unit: str
    before: Cursor
    after: Cursor
    events: tuple[EventRow, ...] = ()
    records: tuple[StateRow, ...] = ()
    keys: tuple[str, ...] = ()
    broadcasts: Mapping[str, int] = msgspec.field(default_factory=dict)
    set_aside: tuple[SetAside, ...] = ()
    settled: tuple[SetAside, ...] = ()
    durable: bool = False


def event_row(event: Event, pack: Pack = pack) -> EventRow:
    """The event as a row of the history."""
    return (event.topic, event.id, *pack(encode(event)))


def state_rows(
    key: str, parts: Mapping[str, StateRecord], pack: Pack = pack
) -> tuple[StateRow, ...]:
    """The parts of a key as rows of the state."""
    return tuple((key, part, one.position, *pack(one.data)) for part, one in parts.items())


def packed(step: Step) -> PackedStep:
    """The step with everything in it encoded."""
    return PackedStep(
        unit=step.unit,
        before=step.before,
        after=step.after,
        events=tuple(map(event_row, step.outputs)),
        records=tuple(
            row
            for (key, part), record in step.records.items()
            for row in state_rows(key, {part: record})
        ),
        keys=step.keys,
        broadcasts=step.broadcasts,
        set_aside=step.set_aside,
        settled=step.settled,
        # Conclusions follow again from the facts; a lost fact would be lost for ever.
        durable=any(event.topic != "conclusions" for event in step.outputs),
    )
