"""What is remembered is small where it lies, and read in every form it was ever written in."""

from __future__ import annotations

import base64
import json

import pytest

pytest.importorskip("kafka")

from duban.adapters.kafka.partition_state import PartitionState, StateError
from duban.adapters.kafka.publisher import Message
from duban.ports import StateRecord

LARGE = ("政府信息公开工作年度报告" * 1000).encode()
MESSAGE = Message(stream="facts", key="a", id="made", name="report.read", value=LARGE)


def test_what_is_large_is_kept_compressed() -> None:
    state = PartitionState(0, {}.get)
    state.put_record("a", "report/2024", StateRecord(7, LARGE))
    state.put_outbox({3: (MESSAGE,)})
    state.move(4)

    written = state.writes()

    assert sum(map(len, written.values())) < len(LARGE) / 10
    again = PartitionState(0, dict(written).get)
    assert again.record("a", "report/2024") == StateRecord(7, LARGE)
    assert again.outbox() == {3: (MESSAGE,)}
    assert json.loads(written["0/cursor"])["value"] == 4


def test_what_the_first_version_wrote_is_read() -> None:
    record = {"position": 7, "data": base64.b64encode(LARGE).decode()}
    old = {"0/part/a/text": json.dumps({"v": 1, "value": record}).encode()}

    assert PartitionState(0, old.get).record("a", "text") == StateRecord(7, LARGE)


def test_what_is_said_of_several_events_is_left_alone_by_the_program_before() -> None:
    state = PartitionState(0, {}.get)
    said = {3: (MESSAGE,), 5: (), 6: (MESSAGE, MESSAGE)}
    state.put_outbox(said)

    written = dict(state.writes())

    assert json.loads(written["0/outbox"])["v"] == 3
    assert PartitionState(0, written.get).outbox() == said


def test_nothing_is_held_of_what_is_stored() -> None:
    asked: list[str] = []
    stored = {"0/cursor": b'{"v":2,"value":4}'}

    def get(name: str) -> bytes | None:
        asked.append(name)
        return stored.get(name)

    state = PartitionState(0, get)
    state.put_record("a", "text", StateRecord(1, b"x"))
    assert state.cursor() == state.cursor() == 4
    assert asked == ["0/cursor"]

    stored |= state.writes()
    state.written()

    assert state.record("a", "text") == StateRecord(1, b"x")
    assert asked == ["0/cursor", "0/part/a/text"]


def test_what_was_set_since_is_forgotten_where_it_goes_back() -> None:
    state = PartitionState(0, {"0/keys": b'{"v":2,"value":["a"]}'}.get)
    state.add_key("b")
    before = state.unwritten()
    state.add_key("c")
    state.put_record("c", "text", StateRecord(1, b"x"))
    state.go_back(before)

    assert state.known_keys() == ["a", "b"]
    assert state.record("c", "text") is None
    assert list(state.writes()) == ["0/keys"]


@pytest.mark.parametrize(
    "damaged",
    [b"{", b'{"v":2,"value":"AAAA","packed":true}', b'{"v":2,"value":1,"packed":true}'],
)
def test_what_is_damaged_is_told_of(damaged: bytes) -> None:
    state = PartitionState(0, {"0/outbox": damaged}.get)

    with pytest.raises(StateError, match="已损坏"):
        state.outbox()
