"""Which alerts are kept quiet for now."""

from __future__ import annotations

from datetime import datetime

import msgspec

from duban.domain.alert import AlertLine, Silence
from duban.domain.event import AlertOpened, Body, SilenceLifted, SilenceSet
from duban.notifying.plan import within


class Silences(msgspec.Struct, frozen=True):
    """The silences that were set and not lifted, by id; those that ended are kept out."""

    by_id: dict[str, Silence] = msgspec.field(default_factory=dict)

    def after(self, body: Body, now: datetime) -> Silences:
        """These, once an event about silences is known."""
        if isinstance(body, SilenceSet):
            one = body.silence
            kept = {at: silence for at, silence in self.by_id.items() if silence.until > now}
            return Silences({**kept, one.id: one} if one.until > now else kept)
        if isinstance(body, SilenceLifted):
            return Silences({at: one for at, one in self.by_id.items() if at != body.silence_id})
        return self

    def on(self, alert: AlertOpened, line: AlertLine, now: datetime) -> Silence | None:
        """The silence that keeps a fault of an alert quiet now."""
        for one in self.by_id.values():
            if one.until > now and _covers(one, alert) and one.rule in (None, line.rule):
                return one
        return None


def _covers(one: Silence, alert: AlertOpened) -> bool:
    if one.agency_id not in (None, alert.agency_id) or one.year not in (None, alert.year):
        return False
    if one.kind not in (None, alert.kind):
        return False
    return one.jurisdiction is None or within(
        one.jurisdiction, alert.agency_id, alert.parent, alert.region
    )
