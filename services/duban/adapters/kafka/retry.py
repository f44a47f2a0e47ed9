"""Whether an event that is asked for again has been overtaken meanwhile."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import KeptAside
from duban.domain.event import EVERYONE, Event, decode
from duban.errors import EventError
from duban.processors.replacing import replaces


def is_replaced(
    original: Event,
    key: str,
    later: Iterable[Raw],
    aside: Callable[[str, str], KeptAside | None],
) -> bool:
    """Whether a later event that was handled for the key says all that this one would say."""
    for raw in later:
        if raw.key not in (key, EVERYONE):
            continue
        try:
            event = decode(raw.value)
        except EventError:
            continue
        kept = aside(key, event.id)
        handled = kept is None or kept.row.settled is not None
        if handled and replaces(event.body, original.body):
            return True
    return False
