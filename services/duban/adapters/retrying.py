"""Asking for an event that was set aside to be handled again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, Protocol

from duban.domain.event import Event, EventRetried, derived_id, record
from duban.errors import EventError
from duban.ports import Clock, EventLog, SetAside

#: What to tell somebody who asks for what is not set aside any more.
GONE = "这个事件已不在搁置之列：可能已经重试成功，请刷新列表后再看。"
#: What lacks in the pages alone cannot be put in its place among what came later.
ONLY_REBUILT = (
    "这个事件只是没有编入页面，重试放不回它原来的位置："
    "请运行 duban rebuild --accept，由全部记录重新建立视图，期间页面照常可看。",
    "This event only lacks in the pages, and a retry cannot put it back in its place: please run "
    "duban rebuild --accept, which builds the views anew while the pages go on being read.",
)
INDEXER = "indexer"  # the unit that keeps the read models
_NAME = "retry"
_Asked = Literal["facts", "posted", "conclusions"]
_TOPICS: tuple[_Asked, ...] = ("facts", "posted", "conclusions")


class Asides(Protocol):
    """Knows what is set aside."""

    def set_aside(self) -> Sequence[tuple[str, SetAside]]:
        """Everything that is set aside and not settled since, with its unit."""
        ...


class Retrying:
    """Records that somebody asks; the unit that had set the event aside does the rest."""

    def __init__(self, log: EventLog, states: Asides, clock: Clock) -> None:
        self._log = log
        self._states = states
        self._clock = clock

    def ask(self, event_id: str, unit: str, key: str, *, by: str, reason: str = "") -> bool:
        """Have an event handled again for a key; False where it is not set aside any more.

        Asking again before it was handled changes nothing. Raises EventError when this program
        still cannot read the event, and where only a rebuild of the read models can help.
        """
        if unit == INDEXER:
            raise EventError(*ONLY_REBUILT)
        row = self._row(event_id, unit, key)
        found = self._original(event_id) if row else None
        if row is None or found is None:
            return False
        topic, original = found
        whose = key or original.key
        body = EventRetried(
            event_id=event_id, topic=topic, unit=unit, key=whose, by=by, reason=reason
        )
        # The row's position tells this asking from one after the next failure.
        fact_id = derived_id(event_id, _NAME, f"{unit}/{key}/{row.position}")
        asked = [record(body, id=fact_id, at=self._clock.now(), cause=event_id)]
        if topic == "posted":
            # Such a unit takes postings only. The report was found when it was found: that we
            # could not read it must not make it late.
            asked.append(record(original.body, id=fact_id, at=original.at, cause=event_id))
        self._log.append(asked)
        return True

    def _row(self, event_id: str, unit: str, key: str) -> SetAside | None:
        for of, row in self._states.set_aside():
            if (of, row.event_id, row.key) == (unit, event_id, key):
                return row
        return None

    def _original(self, event_id: str) -> tuple[_Asked, Event] | None:
        for topic in _TOPICS:
            found = self._log.find(topic, event_id)
            if found is not None:
                return topic, found.event
        return None
