"""Messages that were made and are not known to have gone out, and when others did."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from duban.domain.alert import Moment
from duban.domain.message import Message
from duban.notifying.standing import Told

_HOUR = timedelta(hours=1)


class Pending(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way.

    `before` is what the route knew of each alert before, and since when it waited, so that all
    of it waits again where the message was not taken. `is_tried` is set before it is handed over.
    """

    message: Message
    route: str
    channel: str
    before: dict[str, tuple[Told | None, Moment]]
    is_tried: bool = False


class Outbox(msgspec.Struct, frozen=True, kw_only=True):
    """What is on its way, oldest first, and the moments of the last hour's messages by channel."""

    pending: tuple[Pending, ...] = ()
    sent: dict[str, tuple[Moment, ...]] = msgspec.field(default_factory=dict)

    def is_busy(self, channel: str) -> bool:
        """Whether a message of the channel is on its way."""
        return any(one.channel == channel for one in self.pending)

    def without(self, message_id: str) -> Outbox:
        """This, without a message."""
        rest = tuple(one for one in self.pending if one.message.id != message_id)
        return msgspec.structs.replace(self, pending=rest)

    def tried(self, message_id: str) -> Outbox:
        """This, with a message about to be handed over."""
        pending = tuple(
            msgspec.structs.replace(one, is_tried=True) if one.message.id == message_id else one
            for one in self.pending
        )
        return msgspec.structs.replace(self, pending=pending)

    def counted(self, channel: str, now: datetime) -> Outbox:
        """This, with one more message gone out."""
        sent = {**self.sent, channel: (*self.within_hour(channel, now), now)}
        return msgspec.structs.replace(self, sent=sent)

    def within_hour(self, channel: str, now: datetime) -> tuple[datetime, ...]:
        """When messages went out in the last hour; what lies ahead of a clock set back is not."""
        return tuple(at for at in self.sent.get(channel, ()) if now - _HOUR < at <= now)
