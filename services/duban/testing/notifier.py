"""What every channel promises: the message arrives whole, or the caller hears that it did not."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import msgspec
import pytest

from duban.domain.alert import Purpose
from duban.domain.message import Message
from duban.errors import NotifyError
from duban.ports import Notifier
from duban.testing.events import at


class Received(NamedTuple):
    """A message as it arrived."""

    subject: str
    text: str


def message(
    id_: str = "0123456789abcdef", *, text: str = "第一行\n第二行", purpose: Purpose = "alert"
) -> Message:
    """A message with Chinese text of several lines."""
    subject = "【督办】甲县财政局 2024 年度：新发现，1 处错误"
    return Message(id=id_, purpose=purpose, subject=subject, text=text, at=at(5))


class NotifierContract:
    """Subclass with fixtures `notifier`, `received` (all that arrived) and `deaf`.

    `deaf` is a channel whose other end does not answer.
    """

    #: False where what is on the other side cannot be asked whether it has a message.
    recognises_repetitions = True

    def test_a_message_arrives_whole_and_names_its_id(
        self, notifier: Notifier, received: Callable[[], list[Received]]
    ) -> None:
        sent = message()

        notifier.send(sent)

        (one,) = received()
        assert one.subject == sent.subject
        assert [line for line in sent.text.splitlines() if line not in one.text] == []
        assert sent.id in one.text

    def test_a_message_handed_over_again_is_told_apart_or_says_so(
        self, notifier: Notifier, received: Callable[[], list[Received]]
    ) -> None:
        sent = message()

        notifier.send(sent)
        notifier.send(msgspec.structs.replace(sent, again=True))

        found = received()
        assert len(found) == (1 if self.recognises_repetitions else 2)
        assert all(sent.id in one.text for one in found)
        assert self.recognises_repetitions or "可能重复" in found[1].text

    def test_two_messages_of_one_moment_both_arrive(
        self, notifier: Notifier, received: Callable[[], list[Received]]
    ) -> None:
        notifier.send(message("a" * 32))
        notifier.send(message("b" * 32))

        assert len(received()) == 2

    def test_a_message_that_is_not_taken_is_an_error_without_the_address(
        self, deaf: Notifier
    ) -> None:
        with pytest.raises(NotifyError) as error:
            deaf.send(message())

        assert "秘密口令" not in str(error.value)
        assert "s3cret" not in str(error.value)
