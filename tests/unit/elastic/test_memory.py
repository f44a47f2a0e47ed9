"""What is remembered of keys: what was known last, never what was known before a forgetting."""

from __future__ import annotations

import pytest

pytest.importorskip("elasticsearch")

from duban.adapters.elastic.changes import Subject
from duban.adapters.elastic.indices import Generation
from duban.adapters.elastic.memory import Memory, Remembered

ONE, OTHER = Generation("p-", 1), Generation("p-", 2)
SUBJECT = Subject("reports", "a", "a/2024")


def test_a_key_is_remembered_for_one_set_of_indices() -> None:
    memory = Memory(1000)
    known = Remembered(b"{}", {SUBJECT: b"[]"})

    memory.put(ONE, "a", known, memory.since)

    assert memory.get(ONE, "a") == known
    assert memory.get(OTHER, "a") is None
    assert memory.get(ONE, "b") is None


def test_that_a_key_has_no_state_is_remembered_too() -> None:
    memory = Memory(1000)
    memory.put(ONE, "a", Remembered(), memory.since)
    assert memory.get(ONE, "a") == Remembered(None, {})


def test_what_was_made_of_what_was_known_before_a_forgetting_is_not_kept() -> None:
    memory = Memory(1000)
    since = memory.since
    memory.put(ONE, "a", Remembered(b"1"), since)

    memory.forget()
    memory.put(ONE, "b", Remembered(b"2"), since)

    assert (memory.get(ONE, "a"), memory.get(ONE, "b")) == (None, None)


def test_those_asked_for_longest_ago_make_room() -> None:
    memory = Memory(30)
    for key in "abc":
        memory.put(ONE, key, Remembered(b"0123456789"), memory.since)
    memory.get(ONE, "a")

    memory.put(ONE, "d", Remembered(b"01234"), memory.since)
    memory.put(ONE, "d", Remembered(b"0123456789"), memory.since)

    assert [memory.get(ONE, key) is not None for key in "abcd"] == [True, False, True, True]


def test_what_is_long_is_not_kept() -> None:
    memory = Memory(1 << 20)
    memory.put(ONE, "a", Remembered(b"{}", {SUBJECT: b"x" * 20_000}), memory.since)
    assert memory.get(ONE, "a") == Remembered(b"{}", {})
