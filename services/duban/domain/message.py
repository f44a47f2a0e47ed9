"""A message as a channel gets it."""

from __future__ import annotations

import msgspec

from duban.domain.alert import Moment, Purpose


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """`id` is the same each time the message is sent; `text` is whole, in plain words.

    `alerts` are those it tells of, with their revisions. `again` where an earlier attempt may
    have gone out: the program ended before it knew.
    """

    id: str
    purpose: Purpose
    subject: str
    text: str
    at: Moment
    alerts: dict[str, int] = msgspec.field(default_factory=dict)
    again: bool = False
