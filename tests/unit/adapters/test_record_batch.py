"""A batch of records is what Kafka and its other clients take, compressed or not."""

from __future__ import annotations

import pytest

pytest.importorskip("aiokafka")
pytest.importorskip("kafka")

from aiokafka.record.memory_records import MemoryRecords
from kafka.record.memory_records import MemoryRecords as OtherRecords

from duban.adapters.kafka.record_batch import RecordBatch

RECORDS = [
    (f"key {number}".encode(), ("报告" * 10 * number).encode(), [("id", str(number).encode())])
    for number in range(50)
]


def batch(most_bytes: int = 1 << 20, *, packed: bool) -> RecordBatch:
    made = RecordBatch(most_bytes, packed=packed)
    for key, value, headers in RECORDS:
        made.append(timestamp=7, key=key, value=value, headers=headers)
    made._set_producer_state(3, 4, 5)
    return made


@pytest.mark.parametrize("packed", [False, True])
def test_both_clients_read_what_was_put_in(packed: bool) -> None:
    data = bytes(batch(packed=packed)._build())

    ours, other = MemoryRecords(data).next_batch(), OtherRecords(data).next_batch()
    assert ours.validate_crc()
    assert other.validate_crc()
    assert (ours.producer_id, ours.producer_epoch, ours.base_sequence) == (3, 4, 5)
    for found in (ours, other):
        assert [(one.key, one.value, [*one.headers]) for one in found] == RECORDS


def test_what_is_compressed_is_smaller_and_sent_again_as_it_was() -> None:
    packed = batch(packed=True)

    first = bytes(packed._build())

    assert len(first) < len(bytes(batch(packed=False)._build())) / 4
    assert bytes(packed._build()) == first
    assert packed.size() == len(first)


def test_what_finds_no_room_is_told() -> None:
    made = RecordBatch(1000, packed=True)

    assert made.append(timestamp=1, key=b"a", value=b"x" * 600) is not None
    assert made.append(timestamp=1, key=b"b", value=b"x" * 600) is None
    assert made.record_count() == 1
