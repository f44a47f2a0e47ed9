"""Which keys a rebuild knows more of than the indexers told they had taken in."""

from __future__ import annotations

import pytest

pytest.importorskip("elasticsearch")

from duban.adapters.elastic.state import key_of_bytes
from duban.adapters.elastic.untaken import Untaken
from duban.ports import Recorded
from duban.testing.events import posted, read, registered, sha256


def test_keys_of_events_beyond_what_was_reached_are_told() -> None:
    untaken = Untaken({"facts/0": 4}, lanes=2)
    untaken.see(
        [
            Recorded(3, registered("long ago")),
            Recorded(5, registered("taken meanwhile")),
            Recorded(7, registered("late")),
            Recorded(2, registered("of a lane nobody took")),
        ]
    )

    assert untaken.keys({"facts/0": 5}) == ["late", "of a lane nobody took"]
    assert untaken.keys({"facts/0": 7, "facts/1": 2}) == []


def test_the_last_event_of_a_key_decides() -> None:
    untaken = Untaken({}, lanes=1)
    untaken.see([Recorded(9, registered("a")), Recorded(5, registered("a"))])
    assert untaken.keys({"facts/0": 8}) == ["a"]


def test_bytes_that_were_read_are_a_key_too() -> None:
    untaken = Untaken({}, lanes=1)
    untaken.see([Recorded(1, read("a", 2024, bytes_="x")), Recorded(2, posted("y"))])
    assert untaken.keys({}) == ["a", key_of_bytes(sha256("x"))]
