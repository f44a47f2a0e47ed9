"""Records of one partition as Kafka takes them: all of a batch, or nothing."""

from __future__ import annotations

import struct
from typing import Any

from aiokafka.producer.message_accumulator import BatchBuilder
from aiokafka.record.util import calc_crc32c

from duban.adapters.kafka.deflate import packed_as_gzip

_LENGTH, _CHECKED, _ATTRIBUTES, _RECORDS = 8, 17, 21, 61  # offsets in the header of a batch
_GZIP = 1  # as the attributes name it


class RecordBatch(BatchBuilder):  # type: ignore[misc]  # aiokafka has no types
    """What is written to a partition at once, in order."""

    def __init__(self, most_bytes: int, *, packed: bool) -> None:
        super().__init__(most_bytes, 0)
        self._packed = packed

    def _build(self) -> Any:
        built: Any = super()._build()
        if self._packed:
            self._buffer = built = _packed(bytes(built))
            self._packed = False  # where it is sent again it is as it was
        return built


def _packed(data: bytes) -> bytearray:
    """The batch with its records compressed."""
    made = bytearray(data[:_RECORDS]) + packed_as_gzip(data[_RECORDS:])
    struct.pack_into(">i", made, _LENGTH, len(made) - _LENGTH - 4)
    (attributes,) = struct.unpack_from(">h", made, _ATTRIBUTES)
    struct.pack_into(">h", made, _ATTRIBUTES, attributes | _GZIP)
    struct.pack_into(">I", made, _CHECKED, calc_crc32c(bytes(made[_ATTRIBUTES:])))
    return made
