"""Messages are counted by what became of them, and handed on as they are."""

from __future__ import annotations

import pytest

from duban.adapters.notify.observed import ObservedChannel
from duban.domain.message import Message
from duban.errors import NotifyError
from duban.observing import MessageOutcome, Unobserved
from duban.testing.notifier import message


class Heard(Unobserved):
    def __init__(self) -> None:
        self.outcomes: list[MessageOutcome] = []

    def handed_over(self, outcome: MessageOutcome) -> None:
        self.outcomes.append(outcome)


class Channel:
    def __init__(self) -> None:
        self.taken: list[Message] = []
        self.is_deaf = False

    def send(self, message: Message) -> None:
        if self.is_deaf:
            raise NotifyError("渠道不通。")
        self.taken.append(message)


def test_a_message_is_told_as_delivered_once_it_was_taken() -> None:
    heard, channel = Heard(), Channel()
    observed = ObservedChannel(channel, heard)

    observed.send(message("m1"))
    channel.is_deaf = True
    with pytest.raises(NotifyError, match="渠道不通"):
        observed.send(message("m2"))

    assert channel.taken == [message("m1")]
    assert heard.outcomes == ["delivered", "refused"]
