"""In which partition a key lies, and one number for a place among several partitions."""

from __future__ import annotations

from kafka.partitioner.default import murmur2


def partition_of(key: str, partitions: int) -> int:
    """Where Kafka's own clients put a key: its murmur2 hash over the number of partitions."""
    return int(murmur2(key.encode()) & 0x7FFFFFFF) % partitions


def position_of(partition: int, offset: int, partitions: int) -> int:
    """A place as one number from 1, which grows within a partition and is used by one only."""
    return offset * partitions + partition + 1


def place_of(position: int, partitions: int) -> tuple[int, int]:
    """Partition and offset of a position."""
    offset, partition = divmod(position - 1, partitions)
    return partition, offset


def offset_after(position: int, partition: int, partitions: int) -> int:
    """The first offset of a partition whose position is above `position`."""
    return max(0, -((partition - position) // partitions))
