"""What is remembered is small where it lies, and read in every form it was ever written in."""

from __future__ import annotations

import base64
import json

import pytest

pytest.importorskip("kafka")

from duban.adapters.kafka.partition_state import Outbox, PartitionState, StateError
from duban.adapters.kafka.publisher import Message
from duban.ports import StateRecord

LARGE = ("政府信息公开工作年度报告" * 1000).encode()
MESSAGE = Message(stream="facts", key="a", id="made", name="report.read", value=LARGE)


def test_what_is_large_is_kept_compressed() -> None:
    state = PartitionState(0, {}.get)
    state.put_record("a", "report/2024", StateRecord(7, LARGE))
    state.put_outbox(Outbox(3, (MESSAGE,)))
    state.move(4)

    written = state.writes()

    assert sum(map(len, written.values())) < len(LARGE) / 10
    again = PartitionState(0, dict(written).get)
    assert again.record("a", "report/2024") == StateRecord(7, LARGE)
    assert again.outbox() == Outbox(3, (MESSAGE,))
    assert json.loads(written["0/cursor"])["value"] == 4


def test_what_the_first_version_wrote_is_read() -> None:
    record = {"position": 7, "data": base64.b64encode(LARGE).decode()}
    old = {"0/part/a/text": json.dumps({"v": 1, "value": record}).encode()}

    assert PartitionState(0, old.get).record("a", "text") == StateRecord(7, LARGE)


@pytest.mark.parametrize(
    "damaged",
    [b"{", b'{"v":2,"value":"AAAA","packed":true}', b'{"v":2,"value":1,"packed":true}'],
)
def test_what_is_damaged_is_told_of(damaged: bytes) -> None:
    state = PartitionState(0, {"0/outbox": damaged}.get)

    with pytest.raises(StateError, match="已损坏"):
        state.outbox()
