"""The pages have a word for whatever may be shown."""

from __future__ import annotations

from duban.domain.event import TOPICS
from duban.web.vocabulary import EVENTS


def test_every_event_has_a_word_in_two_languages() -> None:
    assert set(EVENTS) == set(TOPICS)
    assert all(zh and en for zh, en in EVENTS.values())
