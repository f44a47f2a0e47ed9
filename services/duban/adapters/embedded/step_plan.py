"""What one step of a chain takes in, and the step once that is handled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter

import msgspec

from duban.adapters.embedded.key_work import Outcome, Turn, not_handled
from duban.adapters.embedded.packed_step import PackedStep
from duban.adapters.embedded.retry import Retry, retry_of
from duban.adapters.embedded.state_reader import StateReader
from duban.domain.event import EVERYONE, EventRetried, decode
from duban.errors import EventError
from duban.observing import UNREADABLE, Taken
from duban.ports import Cursor, Recorded, SetAside
from duban.processors.processor import Chain

_DERIVED = ("conclusions", "alerts")  # what a chain makes there follows again from the facts
Passed = Mapping[tuple[int, str], SetAside]


class StepPlan:
    """Events are taken until the step is full; nothing is handled here, and nothing stored.

    `turns` are the events by key, the keys in the order in which they first appear; `after` is
    where the unit stands once they are handled. `is_broadcast` where one event is handled for
    many keys.
    """

    def __init__(
        self, reader: StateReader, chain: Chain, before: Cursor, passed: Passed, keys_at_once: int
    ) -> None:
        self.turns: dict[str, list[Turn]] = {}
        self._reader = reader
        self._chain = chain
        self._before = self.after = before
        self.is_broadcast = False
        self.is_begun = False
        self._passed = passed
        self._keys_at_once = keys_at_once
        self._new: dict[str, None] = {}
        self._broadcasts: dict[str, int] = {}
        self._aside: list[SetAside] = []
        self._settled: list[SetAside] = []

    def take(self, position: int, event_id: str, data: bytes) -> bool:
        """Take an event in; False when the step holds no more, with or without this one."""
        try:
            recorded = Recorded(position, decode(data))
        except EventError as error:
            self._aside.append(not_handled(position, key_in(data), event_id, error))
            return self._went_past(position)
        body = recorded.event.body
        if isinstance(body, EventRetried) and body.unit == self._chain.name:
            if self.turns or self._aside:
                return False  # what it retries may be in hand, and is stored first
            retry = retry_of(self._reader.connection, self._chain.name, recorded)
            return self._retry(position, retry) if retry else self._went_past(position)
        for unread in ("", EVERYONE):  # set aside before it could even be told whose it is
            if (position, unread) in self._passed:
                self._aside.append(self._as_before(position, unread))
                return self._went_past(position)
        key = self._key(recorded)
        if key == EVERYONE:
            return self._broadcast(recorded, recorded.position)
        if key is not None:
            self._turn(key, recorded, position)
        return self._went_past(position)

    def step(self, outcomes: Sequence[Outcome]) -> PackedStep:
        """Everything, to be stored at once, whoever handled the turns."""
        made = sorted((one for o in outcomes for one in o.events), key=itemgetter(0))
        events = tuple(row for _, rows in made for row in rows)
        return PackedStep(
            unit=self._chain.name,
            before=self._before,
            after=self.after,
            events=events,
            records=tuple(row for outcome in outcomes for row in outcome.records),
            keys=tuple(self._new),
            broadcasts=self._broadcasts,
            set_aside=(*self._aside, *(one for o in outcomes for one in o.set_aside)),
            settled=(*self._settled, *(one for o in outcomes for one in o.settled)),
            durable=any(topic not in _DERIVED for topic, *_ in events),
        )

    def taken(self, step: PackedStep) -> list[Taken]:
        """What the stored step is done with: each turn, and what could not even be decoded."""
        aside = {(one.position, one.key) for one in step.set_aside}
        found = [Taken(UNREADABLE, None, is_aside=True) for _ in self._aside]
        for key, turns in self.turns.items():
            for turn in turns:
                one = turn.recorded
                is_aside = (one.position, key) in aside
                found.append(Taken(one.event.name, one.event.at, is_aside))
        return found

    def _went_past(self, position: int) -> bool:
        self.after = Cursor(position)
        return True

    def _key(self, recorded: Recorded) -> str | None:
        event = recorded.event
        return self._chain.key(event) if type(event.body) in self._chain.takes else None

    def _retry(self, position: int, retry: Retry) -> bool:
        row, again = retry.row, retry.recorded
        key = row.key or (self._key(again) if again else None)
        if retry.failed is not None:
            self._aside.append(not_handled(position, row.key, row.event_id, retry.failed))
        elif again is not None and key is not None and self._key(again) is not None:
            if key == EVERYONE:
                return self._broadcast(again, retry.first, row)
            self._turn(key, again, retry.first, row)
            return self._went_past(position)
        self._settled.append(row)
        return self._went_past(position)

    def _broadcast(self, recorded: Recorded, source: int, row: SetAside | None = None) -> bool:
        if self.after != self._before or self.turns:
            return False  # a step of its own, so that it can be resumed after any key
        self.is_broadcast = True
        done_to = self._before.broadcast_after or ""
        keys = self._reader.keys(self._chain.name, done_to, self._keys_at_once)
        for key in keys:
            self._turn(key, recorded, source)
        if len(keys) == self._keys_at_once:
            self.after = Cursor(self._before.position, keys[-1])
        else:
            self.after = Cursor(recorded.position)
            self._broadcasts[recorded.event.name] = source
            self._settled.extend([row] if row else [])
        return False

    def _turn(
        self, key: str, recorded: Recorded, source: int, settles: SetAside | None = None
    ) -> None:
        turns = self.turns.setdefault(key, [])
        order = recorded.position
        if not turns and not self._reader.knows(self._chain.name, key):
            self._new[key] = None
            for said in self._reader.broadcasts(self._chain.name):
                passed = self._before_of(said.position, key)
                turns.append(Turn(said, said.position, order, None, passed))
        turns.append(Turn(recorded, source, order, settles, self._before_of(order, key)))

    def _before_of(self, position: int, key: str) -> SetAside | None:
        return self._as_before(position, key) if (position, key) in self._passed else None

    def _as_before(self, position: int, key: str) -> SetAside:
        return msgspec.structs.replace(self._passed[position, key], settled=None)


class _Head(msgspec.Struct, frozen=True):
    key: str


def key_in(data: bytes) -> str:
    """The key of an event that this program cannot read; "" where not even that can be told."""
    try:
        return msgspec.json.decode(data, type=_Head).key
    except msgspec.MsgspecError:
        return ""
