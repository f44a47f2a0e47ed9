"""How an alert stands with each route: what it says now, what was told, what waits to be told."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, NamedTuple

import msgspec
from msgspec.structs import replace

from duban.domain.alert import AlertLine, Moment, alert_key
from duban.domain.event import AlertOpened, AlertResolved
from duban.notifying.plan import Route

What = Literal["opened", "changed", "resolved", "repeat"]


class Told(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What a route was last told of an alert; `at` is None where it was only learned quietly."""

    at: Moment | None = None
    lines: tuple[AlertLine, ...] = ()


class Standing(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An alert as its last event left it; `waiting` says since when a route has news to be told."""

    alert: AlertOpened
    is_open: bool
    told: dict[str, Told] = msgspec.field(default_factory=dict)
    waiting: dict[str, Moment] = msgspec.field(default_factory=dict)

    @property
    def key(self) -> str:
        """The name of the alert."""
        return alert_key(self.alert.agency_id, self.alert.year, self.alert.kind)

    def lines(self, route: Route) -> tuple[AlertLine, ...]:
        """What stands now of all that the route is told of."""
        if not self.is_open:
            return ()
        return tuple(line for line in self.alert.lines if route.takes_line(line))


class News(NamedTuple):
    """What a route is to be told of one alert."""

    what: What
    standing: Standing
    lines: tuple[AlertLine, ...]  # that stand now
    new: tuple[AlertLine, ...]
    gone: tuple[AlertLine, ...]


def learned(
    before: Standing | None, alert: AlertOpened, routes: Iterable[Route], now: datetime
) -> Standing:
    """The standing after an event; an older revision says nothing."""
    if before is not None and before.alert.revision >= alert.revision:
        return before
    standing = Standing(
        alert=alert,
        is_open=not isinstance(alert, AlertResolved),
        told=before.told if before else {},
        waiting=before.waiting if before else {},
    )
    taking = [route for route in routes if route.takes(alert)]
    names = {route.name for route in taking}
    standing = replace(
        standing,
        told={name: one for name, one in standing.told.items() if name in names},
        waiting={name: at for name, at in standing.waiting.items() if name in names},
    )
    for route in taking:
        standing = _heard(standing, route, now)
    return standing


def _heard(standing: Standing, route: Route, now: datetime) -> Standing:
    told, name = standing.told.get(route.name), route.name
    current = standing.lines(route)
    if standing.alert.quiet and name not in standing.waiting:
        if current:
            quietly = Told(at=told.at if told else None, lines=current)
            return replace(standing, told={**standing.told, name: quietly})
        if told is None or told.at is None:
            rest = {at: one for at, one in standing.told.items() if at != name}
            return replace(standing, told=rest)
    waiting = {at: since for at, since in standing.waiting.items() if at != name}
    if differs(told, current):
        waiting[name] = standing.waiting.get(name, now)
    return replace(standing, waiting=waiting)


def differs(told: Told | None, current: tuple[AlertLine, ...]) -> bool:
    """Whether there is something to tell."""
    return _marks(told.lines if told else ()) != _marks(current)


def news_of(
    standing: Standing, route: Route, is_silenced: Callable[[AlertLine], bool]
) -> News | None:
    """What is to be told, as far as it is not silenced; None where nothing is."""
    told = standing.told.get(route.name)
    before = tuple(line for line in (told.lines if told else ()) if not is_silenced(line))
    current = tuple(line for line in standing.lines(route) if not is_silenced(line))
    was_told = told is not None and told.at is not None and bool(before)
    known, now = _marks(before if was_told else ()), _marks(current)
    new = tuple(line for line in current if _mark(line) not in known)
    kept = {line.fingerprint for line in current}
    gone = tuple(line for line in before if line.fingerprint not in kept) if was_told else ()
    if not current:
        return News("resolved", standing, (), (), gone) if was_told else None
    if not was_told:
        return News("opened", standing, current, new, ())
    what: What = "changed" if known != now else "repeat"
    return News(what, standing, current, new, gone)


def _marks(lines: tuple[AlertLine, ...]) -> set[tuple[str, str, str]]:
    return set(map(_mark, lines))


def _mark(line: AlertLine) -> tuple[str, str, str]:
    return line.fingerprint, line.evidence, line.message
