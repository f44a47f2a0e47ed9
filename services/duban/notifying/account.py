"""What the record tells of alerts: which are open, who was told, what is kept quiet."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from duban.domain.alert import Silence, alert_key
from duban.domain.event import (
    AlertOpened,
    AlertResolved,
    Event,
    MessageDelivered,
    SilenceLifted,
    SilenceSet,
)
from duban.notifying.silencing import Silences


class Account:
    """Takes the topic of alerts in order."""

    def __init__(self, events: Iterable[Event]) -> None:
        self._past: dict[str, list[Event]] = {}
        self._silences: dict[str, Silence] = {}
        for event in events:
            self._take(event)

    def _take(self, event: Event) -> None:
        match event.body:
            case AlertOpened() as body:
                key = alert_key(body.agency_id, body.year, body.kind)
                self._past.setdefault(key, []).append(event)
            case MessageDelivered(alerts=alerts):
                for key in alerts:
                    self._past.setdefault(key, []).append(event)
            case SilenceSet(silence=silence):
                self._silences[silence.id] = silence
            case SilenceLifted(silence_id=silence_id):
                self._silences.pop(silence_id, None)

    def silences(self, now: datetime) -> list[Silence]:
        """Those in force, the first to end first."""
        return sorted(
            (one for one in self._silences.values() if one.until > now), key=lambda one: one.until
        )

    def listed(self, now: datetime) -> list[Listed]:
        """All alerts, by key."""
        silences = Silences(self._silences)
        found = []
        for key, past in sorted(self._past.items()):
            alerts = [event.body for event in past if isinstance(event.body, AlertOpened)]
            if alerts:
                last = alerts[-1]
                covers = [silences.on(last, line, now) for line in last.lines]
                quiet = covers[0] if covers and all(covers) else None
                found.append(Listed(key, last, tuple(past), quiet))
        return found


class Listed(NamedTuple):
    """An alert as it stands, all that happened with it, and what keeps it quiet now."""

    key: str
    alert: AlertOpened
    past: tuple[Event, ...]
    silence: Silence | None

    @property
    def is_open(self) -> bool:
        """Whether anything of it still stands."""
        return not isinstance(self.alert, AlertResolved)

    @property
    def told(self) -> tuple[Event, ...]:
        """The messages that told of it."""
        return tuple(one for one in self.past if isinstance(one.body, MessageDelivered))
