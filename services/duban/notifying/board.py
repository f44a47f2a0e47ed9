"""All alerts and silences as the notifier knows them, and how they are stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TypeVar

import msgspec
from msgspec.structs import replace

from duban.domain.alert import AlertLine, Moment, alert_key
from duban.domain.event import OFFICE, AlertOpened, Event
from duban.notifying.outbox import Outbox, Pending
from duban.notifying.plan import Plan, Route
from duban.notifying.silencing import Silences
from duban.notifying.standing import News, Standing, Told, differs, learned, news_of
from duban.ports import StateRecord, StateStore

T = TypeVar("T", bound=msgspec.Struct)
_ALERT, _OUTBOX, _SILENCES = "alert", "outbox", "silences"
_KEYS_AT_ONCE = 500


class Board:
    """What is stored by `unit`, held in memory; `changes` are the records not stored yet."""

    def __init__(self, unit: str, states: StateStore, plan: Plan) -> None:
        self._plan = plan
        self._routes = {route.name: route for route in plan.routes}
        self._standings: dict[str, Standing] = {}
        self._waiting: set[str] = set()  # alerts with news for some route
        self._changed: dict[tuple[str, str], msgspec.Struct] = {}
        self.outbox = Outbox()
        self.silences = Silences()
        self._load(unit, states)

    def _load(self, unit: str, states: StateStore) -> None:
        def value(key: str, part: str, of: type[T]) -> T | None:
            found = states.record(unit, key, part)
            return msgspec.json.decode(found.data, type=of) if found else None

        self.outbox = value(OFFICE, _OUTBOX, Outbox) or self.outbox
        self.silences = value(OFFICE, _SILENCES, Silences) or self.silences
        last = ""
        while keys := states.keys(unit, last, _KEYS_AT_ONCE):
            for key in keys:
                standing = value(key, _ALERT, Standing)
                if standing is not None:
                    self._keep(key, standing)
            last = keys[-1]

    def follow_plan(self, now: datetime) -> None:
        """Have routes that are new hear of what is open, and forget those that are gone."""
        for key, standing in list(self._standings.items()):
            alert, told, waiting = standing.alert, {}, {}
            for name, route in self._routes.items():
                if not route.takes(alert):
                    continue
                if name in standing.told:
                    told[name] = standing.told[name]
                if name in standing.waiting:
                    waiting[name] = standing.waiting[name]
                elif not alert.quiet and differs(told.get(name), standing.lines(route)):
                    waiting[name] = now
            if (told, waiting) != (standing.told, standing.waiting):
                self._stand(key, replace(standing, told=told, waiting=waiting))
        for one in self.outbox.pending:
            if one.route not in self._routes or self._routes[one.route].channel != one.channel:
                self.take_back(one)

    def learn(self, event: Event, now: datetime) -> None:
        """Take in an event of the topic of alerts; one that is known says nothing new."""
        body = event.body
        if isinstance(body, AlertOpened):
            key = alert_key(body.agency_id, body.year, body.kind)
            before = self._standings.get(key)
            standing = learned(before, body, self._plan.routes, now)
            if standing is not before:
                self._stand(key, standing)
        elif self.silences.after(body, now) != self.silences:
            self.silences = self.silences.after(body, now)
            self._changed[OFFICE, _SILENCES] = self.silences

    def remind(self, now: datetime) -> None:
        """Have what stays open for long wait to be told again."""
        if self._plan.repeat is None:
            return
        for key, standing in list(self._standings.items()):
            due = {
                name: now
                for name, told in standing.told.items()
                if standing.is_open
                and name not in standing.waiting
                and told.lines
                and told.at is not None
                and now - told.at >= self._plan.repeat
            }
            if due:
                self._stand(key, replace(standing, waiting={**standing.waiting, **due}))

    def waiting(self, route: Route, now: datetime) -> Iterator[tuple[Moment, News]]:
        """What the route is to be told, and since when it waits, apart from what is silenced."""
        for key in sorted(self._waiting):
            standing = self._standings[key]
            since = standing.waiting.get(route.name)
            if since is None:
                continue
            news = news_of(standing, route, self._silenced(standing.alert, now))
            if news is not None and (news.what != "repeat" or self._is_late(news, route, now)):
                yield since, news
            elif not differs(standing.told.get(route.name), standing.lines(route)):
                waiting = {at: one for at, one in standing.waiting.items() if at != route.name}
                self._stand(key, replace(standing, waiting=waiting))

    def hand_over(self, pending: Pending, news: list[News], now: datetime) -> None:
        """Count news as told, by a message that goes to the outbox in the same step."""
        route = self._routes[pending.route]
        for item in news:
            standing = item.standing
            told = Told(at=now, lines=self._tellable(item, route, now))
            waiting = {at: one for at, one in standing.waiting.items() if at != route.name}
            known = {**standing.told, route.name: told}
            self._stand(standing.key, replace(standing, told=known, waiting=waiting))
        self.put_outbox(replace(self.outbox, pending=(*self.outbox.pending, pending)))

    def take_back(self, pending: Pending) -> None:
        """A message was not taken: what it told waits again, as if it had not been made."""
        for key, (before, since) in pending.before.items():
            standing = self._standings[key]
            rest = {at: one for at, one in standing.told.items() if at != pending.route}
            told = {**rest, pending.route: before} if before else rest
            waiting = {**standing.waiting, pending.route: since}
            if pending.route in self._routes:
                self._stand(key, replace(standing, told=told, waiting=waiting))
        self.put_outbox(self.outbox.without(pending.message.id))

    def put_outbox(self, outbox: Outbox) -> None:
        """The outbox as it is from now on."""
        self.outbox = outbox
        self._changed[OFFICE, _OUTBOX] = outbox

    def records(self, position: int) -> Mapping[tuple[str, str], StateRecord]:
        """What changed, as it is to be stored; `stored` says that it was."""
        return {
            at: StateRecord(position, msgspec.json.encode(value))
            for at, value in self._changed.items()
        }

    def stored(self) -> None:
        """What changed is stored now."""
        self._changed.clear()

    def _keep(self, key: str, standing: Standing) -> None:
        self._standings[key] = standing
        if standing.waiting:
            self._waiting.add(key)
        else:
            self._waiting.discard(key)

    def _stand(self, key: str, standing: Standing) -> None:
        self._keep(key, standing)
        self._changed[key, _ALERT] = standing

    def _silenced(self, alert: AlertOpened, now: datetime) -> _Silenced:
        return _Silenced(self.silences, alert, now)

    def _tellable(self, item: News, route: Route, now: datetime) -> tuple[AlertLine, ...]:
        """What the route knows once it was told: a silenced fault stays as it was known."""
        silenced = self._silenced(item.standing.alert, now)
        before = item.standing.told.get(route.name) or Told()
        kept = tuple(line for line in before.lines if silenced(line))
        return (*item.lines, *kept)

    def _is_late(self, news: News, route: Route, now: datetime) -> bool:
        told = news.standing.told.get(route.name)
        repeat = self._plan.repeat
        return (
            repeat is not None
            and told is not None
            and told.at is not None
            and now - told.at >= repeat
        )


class _Silenced:
    """Whether a fault of an alert is kept quiet now."""

    def __init__(self, silences: Silences, alert: AlertOpened, now: datetime) -> None:
        self._silences, self._alert, self._now = silences, alert, now

    def __call__(self, line: AlertLine) -> bool:
        return self._silences.on(self._alert, line, self._now) is not None
