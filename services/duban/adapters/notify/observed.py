"""A channel that tells whether its messages were taken; nothing of what they say or to whom."""

from __future__ import annotations

from duban.domain.message import Message
from duban.errors import NotifyError
from duban.observing import Observer
from duban.ports import Notifier


class ObservedChannel:
    """Implements ports.Notifier over another one."""

    def __init__(self, channel: Notifier, observer: Observer) -> None:
        self._channel = channel
        self._observer = observer

    def send(self, message: Message) -> None:
        try:
            self._channel.send(message)
        except NotifyError:
            self._observer.handed_over("refused")
            raise
        self._observer.handed_over("delivered")
