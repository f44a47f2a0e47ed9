"""A part of the state knows the last event it absorbed, whatever comes again."""

from __future__ import annotations

import msgspec
import pytest

from duban.ports import StateRecord
from duban.processors.processor import State


class _Note(msgspec.Struct, frozen=True):
    text: str


def stored(position: int) -> State:
    """A state at a position; its part `note` absorbed the event at 9."""
    record = StateRecord(9, msgspec.json.encode(_Note("new")))
    return State("a", position, {"note": record}.get)


@pytest.mark.parametrize(("position", "absorbed"), [(8, True), (9, True), (10, False)])
def test_an_event_that_comes_again_is_recognised(position: int, absorbed: bool) -> None:
    assert stored(position).has_absorbed("note") is absorbed
    assert not stored(position).has_absorbed("other")


@pytest.mark.parametrize(("position", "kept"), [(3, 9), (9, 9), (12, 12)])
def test_a_part_never_forgets_how_far_it_came(position: int, kept: int) -> None:
    state = stored(position).put("note", _Note("again"))

    assert state.changes["note"].position == kept
    assert state.following(4).put("note", _Note("once more")).changes["note"].position == kept


def test_a_part_that_was_let_go_of_is_loaded_again_and_what_was_set_stays_set() -> None:
    asked: list[str] = []

    def load(part: str) -> StateRecord:
        asked.append(part)
        return StateRecord(9, msgspec.json.encode(_Note("stored")))

    state = State("a", 10, load)
    assert state.get("note", _Note) == _Note("stored")
    state.forget("note")
    assert state.get("note", _Note) == _Note("stored")
    assert asked == ["note", "note"]

    later = state.put("note", _Note("new"))
    later.forget("note")
    assert later.get("note", _Note) == _Note("new")
    assert later.changes["note"].position == 10
