"""All that a chain makes of the events of one key, computed from the state as it is stored.

Nothing here depends on other keys or on what runs beside it: the same turns over the same state
give the same rows, in whichever process.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence

import msgspec

from duban.adapters.embedded.packed_step import EventRow, StateRow, event_row, state_rows
from duban.adapters.embedded.packing import Pack, pack
from duban.errors import BlobError, EventError, StorageError
from duban.ports import Recorded, SetAside, StateRecord
from duban.processors.processor import Chain, State

logger = logging.getLogger(__name__)


class Turn(msgspec.Struct, frozen=True):
    """An event to handle for a key; what follows is recorded at the place `order` of the step.

    `source` is where the event lies in the history. `settles` is the row of a retry. With `passed`
    the event is not handled but set aside, as it was when the history was lived.
    """

    recorded: Recorded
    source: int
    order: int
    settles: SetAside | None = None
    passed: SetAside | None = None


class Outcome(msgspec.Struct, frozen=True, array_like=True):
    """What became of a key's turns: the rows made at each position, and what it remembers now."""

    key: str
    events: list[tuple[int, list[EventRow]]]
    records: tuple[StateRow, ...]
    set_aside: list[SetAside]
    settled: list[SetAside]


def work(
    chain: Chain,
    key: str,
    turns: Sequence[Turn],
    load: Callable[[str], StateRecord | None],
    pack: Pack = pack,
) -> Outcome:
    """Handle the turns of a key in order; `load` gives its parts as they are stored.

    What is stored is compressed with `pack`.
    """
    try:
        return _work(chain, key, turns, load, pack, check_each=False)
    except (TypeError, ValueError):  # a value that cannot be stored: find out whose it is
        return _work(chain, key, turns, load, pack, check_each=True)


def _work(
    chain: Chain,
    key: str,
    turns: Sequence[Turn],
    load: Callable[[str], StateRecord | None],
    pack: Pack,
    *,
    check_each: bool,
) -> Outcome:
    state = State(key, 0, load)
    done = Outcome(key, [], (), [], [])
    for turn in turns:
        if turn.settles is not None:
            done.settled.append(turn.settles)
        if turn.passed is not None:
            done.set_aside.append(turn.passed)
            continue
        one = turn.recorded
        try:
            after, made = chain.handle(one.event, state.following(one.position))
            rows = [event_row(event, pack) for event in made]
            if check_each:
                state_rows(key, after.changes)
        except StorageError:
            raise
        except Exception as error:  # whatever it is, later events must go on
            done.set_aside.append(not_handled(one.position, key, one.event.id, error))
            continue
        state = after
        if rows:
            done.events.append((turn.order, rows))
    return msgspec.structs.replace(done, records=state_rows(key, state.changes, pack))


def not_handled(position: int, key: str, event_id: str, error: Exception) -> SetAside:
    """Why an event is set aside; told in the log too."""
    is_told = isinstance(error, EventError | BlobError)  # a sentence of its own, no fault of ours
    cause = str(error) if is_told else f"{type(error).__name__}: {error}"
    logger.error(
        "第 %d 号事件已搁置：%s",
        position,
        cause,
        exc_info=None if is_told else error,
        extra={"action": "event_set_aside", "event_id": event_id, "key": key},
    )
    return SetAside(position, key, event_id, cause)
