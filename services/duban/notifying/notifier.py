"""The unit that tells: it follows the alerts, makes messages when it is time, and sends them."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import groupby

import msgspec

from duban.domain.event import Event, MessageDelivered, derived_id, record
from duban.domain.message import Message
from duban.errors import NotifyError
from duban.notifying import wording
from duban.notifying.board import Board
from duban.notifying.outbox import Pending
from duban.notifying.plan import Plan, Route
from duban.notifying.standing import News
from duban.ports import Clock, Cursor, Notifier, Recorded, SetAside, StateStore, Step

logger = logging.getLogger(__name__)

NAME = "notifier"
#: Events of the topic of alerts after a position, at most so many; an unreadable one as its row.
Inbox = Callable[[int, int], Sequence[Recorded | SetAside]]

_EVENTS_AT_ONCE = 256
_REMIND_EVERY = timedelta(minutes=1)
_FIRST_PAUSE = timedelta(seconds=30)
_LONGEST_PAUSE = timedelta(minutes=30)


class Notifying:
    """Tells the channels of a plan what its routes are to hear.

    A message is stored before it is handed over, and settled, with the fact that it was
    delivered, afterwards. Where the program ends in between, the same message is handed over
    again: one that may come twice is better than one that never comes. What a channel does not
    take waits, and is told as it stands when the channel works again. `pace` is the time that
    windows and silences are held against: it goes on where a `clock` that is not believed stands
    still.
    """

    name = NAME

    def __init__(
        self,
        plan: Plan,
        channels: Mapping[str, Notifier],
        inbox: Inbox,
        states: StateStore,
        clock: Clock,
        *,
        pace: Clock | None = None,
    ) -> None:
        self._plan = plan
        self._channels = channels
        self._inbox = inbox
        self._states = states
        self._clock = clock
        self._pace = pace or clock
        self._board: Board | None = None
        self._reminded: datetime | None = None
        self._failures: dict[str, tuple[int, datetime]] = {}  # how often in a row; not before when

    def advance(self) -> bool:
        """Take one step; False when there is nothing to do now."""
        now = self._pace.now()
        if self._board is None:
            self._board = Board(NAME, self._states, self._plan)
            self._board.follow_plan(now)
            self._commit(self._board)
        board = self._board
        return self._take(board, now) or self._send(board, now) or self._compose(board, now)

    def _take(self, board: Board, now: datetime) -> bool:
        position = self._states.cursor(NAME).position
        rows = self._inbox(position, _EVENTS_AT_ONCE)
        if not rows:
            return False
        for row in rows:
            if isinstance(row, Recorded):  # the indexer sets aside what nobody can read
                board.learn(row.event, now)
        self._commit(board, rows[-1].position)
        return True

    def _compose(self, board: Board, now: datetime) -> bool:
        if self._reminded is None or not timedelta() <= now - self._reminded < _REMIND_EVERY:
            board.remind(now)
            self._reminded = now
        made = False
        for route in self._plan.routes:
            if not board.outbox.is_busy(route.channel) and not self._is_paused(route.channel, now):
                made = self._compose_for(board, route, now) or made
        self._commit(board)
        return made

    def _compose_for(self, board: Board, route: Route, now: datetime) -> bool:
        waiting = list(board.waiting(route, now))
        if not any(_is_over(since, self._plan.window, now) for since, _ in waiting):
            return False
        groups = _grouped([news for _, news in waiting])
        sent = board.outbox.within_hour(route.channel, now)
        if len(sent) >= self._plan.most:
            return False
        since = {news.standing.key: at for at, news in waiting}
        repeats = [group for group in groups if all(one.what == "repeat" for one in group)]
        others = [group for group in groups if group not in repeats]
        is_flood = len(others) > self._plan.most - len(sent) or route.channel in self._failures
        parts = [others] if is_flood and others else [[one] for one in others]
        for part in [*parts, *([repeats] if repeats else [])]:
            self._hand_over(board, route, part, since, now)
        return True

    def _hand_over(
        self,
        board: Board,
        route: Route,
        groups: list[list[News]],
        since: Mapping[str, datetime],
        now: datetime,
    ) -> None:
        news = [one for group in groups for one in group]
        pending = Pending(
            message=self._message(route, groups, news, now),
            route=route.name,
            channel=route.channel,
            before={
                one.standing.key: (one.standing.told.get(route.name), since[one.standing.key])
                for one in news
            },
        )
        board.hand_over(pending, news, now)

    def _message(
        self, route: Route, groups: list[list[News]], news: list[News], now: datetime
    ) -> Message:
        is_repeat = all(one.what == "repeat" for one in news)
        alerts = {one.standing.key: one.standing.alert.revision for one in news}
        told = [one.standing.told.get(route.name) for one in news]
        last = max((one.at.isoformat() for one in told if one and one.at), default="")
        about = ",".join(f"{key}@{revision}" for key, revision in sorted(alerts.items()))
        page = self._plan.page
        if len(groups) == 1 and not is_repeat:
            subject, text = wording.subject_of(news), wording.text_of(news, page, now)
        else:
            subject = wording.digest_subject(groups, is_repeat=is_repeat)
            text = wording.digest_text(groups, page, now)
        return Message(
            id=derived_id(about, NAME, f"{route.name}/{last}"),
            purpose="repeat" if is_repeat else "digest" if len(groups) > 1 else "alert",
            subject=subject,
            text=text,
            at=now,
            alerts=alerts,
        )

    def _send(self, board: Board, now: datetime) -> bool:
        for pending in board.outbox.pending:
            if not self._is_paused(pending.channel, now):
                self._send_one(board, pending, now)
                return True
        return False

    def _send_one(self, board: Board, pending: Pending, now: datetime) -> None:
        message = msgspec.structs.replace(pending.message, again=pending.is_tried)
        board.put_outbox(board.outbox.tried(message.id))
        self._commit(board)
        failures = self._failures.get(pending.channel, (0, now))[0]
        try:
            self._channels[pending.channel].send(message)
        except Exception as error:  # whatever is wrong with a channel, the others go on
            pause = min(_FIRST_PAUSE * 2 ** min(failures, 10), _LONGEST_PAUSE)
            self._failures[pending.channel] = (failures + 1, now + pause)
            for one in board.outbox.pending:
                if one.channel == pending.channel and (
                    one.message.id == message.id or not one.is_tried
                ):
                    board.take_back(one)
            self._commit(board)
            logger.warning(
                "渠道 %s 没有送出消息，%d 秒后再试：%s",
                pending.channel,
                pause.total_seconds(),
                error if isinstance(error, NotifyError) else type(error).__name__,
                extra={"action": "message_failed", "channel": pending.channel},
            )
            return
        self._failures.pop(pending.channel, None)
        board.put_outbox(board.outbox.without(message.id).counted(pending.channel, now))
        self._commit(board, outputs=(self._receipt(pending, failures + 1),))

    def _receipt(self, pending: Pending, attempts: int) -> Event:
        message = pending.message
        body = MessageDelivered(
            message_id=message.id,
            route=pending.route,
            channel=pending.channel,
            purpose=message.purpose,
            alerts=message.alerts,
            attempts=attempts,
        )
        receipt_id = derived_id(message.id, NAME, "delivered")
        return record(body, id=receipt_id, at=self._clock.now())

    def _is_paused(self, channel: str, now: datetime) -> bool:
        found = self._failures.get(channel)
        return found is not None and found[1] - _LONGEST_PAUSE <= now < found[1]

    def _commit(
        self,
        board: Board,
        position: int | None = None,
        *,
        outputs: tuple[Event, ...] = (),
    ) -> None:
        """Store what changed, and how far the alerts are known, in one step."""
        before = self._states.cursor(NAME)
        after = Cursor(before.position if position is None else position)
        records = board.records(after.position)
        if after == before and not records and not outputs:
            return
        self._states.commit(
            Step(
                unit=NAME,
                before=before,
                after=after,
                outputs=outputs,
                records=records,
                keys=tuple(sorted({key for key, _ in records})),
            )
        )
        board.stored()


def _grouped(news: list[News]) -> list[list[News]]:
    """By agency and year: what is wrong with a year is one message."""

    def whose(one: News) -> tuple[str, int]:
        return one.standing.alert.agency_id, one.standing.alert.year

    return [list(group) for _, group in groupby(sorted(news, key=whose), key=whose)]


def _is_over(since: datetime, window: timedelta, now: datetime) -> bool:
    return now - since >= window or now < since  # a clock set back must not hold news for long
