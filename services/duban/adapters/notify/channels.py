"""The channels of a plan, ready to send."""

from __future__ import annotations

from duban.adapters.notify.apprise_channel import AppriseChannel
from duban.adapters.notify.file_channel import FileChannel
from duban.notifying.plan import Channel, Plan
from duban.ports import Notifier


def channels_of(plan: Plan) -> dict[str, Notifier]:
    """By name; UsageError for an address that cannot be used."""
    return {channel.name: channel_of(channel) for channel in plan.channels}


def channel_of(channel: Channel) -> Notifier:
    """One channel; UsageError where its address cannot be used."""
    if channel.address is not None:
        return AppriseChannel(channel.name, channel.address)
    assert channel.folder is not None  # a plan names one or the other
    return FileChannel(channel.folder)
