"""The whole archive judged again by other rules, as new events."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec

from duban.adapters.agency_chain import agency_chain, chain_from
from duban.adapters.embedded.chain_unit import WORTH_A_CREW_S, ChainUnit
from duban.adapters.embedded.index_unit import IndexUnit
from duban.adapters.embedded.judged import Figures, Tally
from duban.adapters.embedded.packing import unpack
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rules_in_force import RulesInForce, Version
from duban.domain.event import Event, decode
from duban.ports import Clock

_EVENTS_AT_ONCE = 1000

Told = Callable[[str, int, int], None]  # which stage, how far, of how much


class Judging(msgspec.Struct, frozen=True, kw_only=True):
    """What held before and holds after, and what that came to; None where nothing was to be done.

    `resumed` where the rules had been released before, and what was left of it was done now.
    `waiting` counts the facts that were not judged yet when a rehearsal began: it leaves them out.
    """

    before: Version
    after: Version
    figures: Figures | None
    seconds: float = 0.0
    resumed: bool = False
    rehearsed: bool = False
    waiting: int = 0


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """Which rules hold, and how far everything is judged by them.

    `percent` counts what is judged and stored; `is_done` where the pages show all of it too.
    """

    now: Version
    percent: int
    is_done: bool


def standing(store: EmbeddedStore) -> Standing:
    """How things stand after judging was broken off."""
    rules = RulesInForce(store.blobs, store.states)
    now = rules.now()
    order = _Order(store, rules.order().before, now)
    return Standing(now=now, percent=order.percent(), is_done=order.is_done())


def judge_again(
    store: EmbeddedStore,
    folder: Path,
    clock: Clock,
    told: Told,
    *,
    own: bool = True,
    worth_a_crew_s: float = WORTH_A_CREW_S,
) -> Judging:
    """Put the rules of a folder in force and judge everything by them.

    When the program ends before that is done, the next call goes on, and its figures are those of
    the whole. Raises RuleError for wrong rules, and then nothing changed.
    """
    rules = RulesInForce(store.blobs, store.states)
    proposal = rules.put_in_force(folder, clock, own=own)
    after = rules.now()
    before = rules.order().before
    began = time.perf_counter()
    order = _Order(store, before, after)
    if not proposal.events and order.is_done():
        return Judging(before=after, after=after, figures=None)
    chain = agency_chain(rules.rulebooks, rules.calendars)
    crew = store.crew(chain_from)
    unit = ChainUnit(store.log, store.states, chain, crew=crew, worth_a_crew_s=worth_a_crew_s)
    try:
        while unit.advance():
            order.tell(told)
    finally:
        if crew is not None:
            crew.close()
    seconds = time.perf_counter() - began
    index = IndexUnit(store.log, store.index, at_once=_EVENTS_AT_ONCE)
    while index.advance():
        told("更新视图", store.index.position(), store.end())
    return Judging(
        before=before,
        after=after,
        figures=order.figures(),
        seconds=seconds,
        resumed=not proposal.events,
    )


class _Order:
    """The facts by which the rules that hold now came to hold, and what follows from them."""

    def __init__(self, store: EmbeddedStore, before: Version, after: Version) -> None:
        self._store = store
        self._unit = "agency"
        new = [one for one in after.events if one and one not in before.events]
        with store.history.read() as history:
            self._positions = {
                event_id: int(position)
                for event_id in new
                for (position,) in history.execute(
                    "SELECT position FROM event WHERE topic = 'facts' AND id = ?", (event_id,)
                )
            }

    def is_done(self) -> bool:
        """Whether everything was judged by them, and can be seen."""
        last = max(self._positions.values(), default=0)
        if self._store.states.cursor(self._unit).position < last:
            return False
        seen, end = self._store.index.position(), self._store.end()
        if seen >= end or not self._positions:
            return True
        tally = Tally(self._positions)
        return not any(tally.take(event) and at > seen for at, event in self._conclusions())

    def percent(self) -> int:
        """How much of the judging is done, over all agencies and these facts."""
        with self._store.states.reading() as reader:
            cursor, keys = reader.cursor(self._unit), reader.keys_left(self._unit, "")
            done = keys * sum(position <= cursor.position for position in self._positions.values())
            in_hand = reader.next_fact(cursor.position)
            if cursor.broadcast_after is not None and in_hand in self._positions.values():
                done += keys - reader.keys_left(self._unit, cursor.broadcast_after)
        of = keys * len(self._positions)
        return done * 100 // of if of else 100

    def tell(self, told: Told) -> None:
        """How many agencies are done, of the fact in hand."""
        with self._store.states.reading() as reader:
            done_to = reader.cursor(self._unit).broadcast_after
            if done_to is not None:
                keys = reader.keys_left(self._unit, "")
                told("重新判定（机关）", keys - reader.keys_left(self._unit, done_to), keys)

    def figures(self) -> Figures:
        """Counted from the conclusions as they are recorded."""
        tally = Tally(self._positions)
        for _, event in self._conclusions():
            tally.take(event)
        aside = [
            one
            for unit, one in self._store.states.set_aside()
            if unit == self._unit and one.event_id in self._positions
        ]
        return tally.figures(self._store, set_aside=len(aside))

    def _conclusions(self) -> Iterator[tuple[int, Event]]:
        first = min(self._positions.values(), default=0)
        with self._store.history.read() as history:
            for position, packed, body in history.execute(
                "SELECT position, packed, body FROM event INDEXED BY event_topic "
                "WHERE topic = 'conclusions' AND position > ? ORDER BY position",
                (first,),
            ):
                yield position, decode(unpack(packed, body))
