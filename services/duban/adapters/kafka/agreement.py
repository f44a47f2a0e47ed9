"""How far a changelog was agreed upon: what its writer did not see to be next is no state yet.

A step ends with a mark that tells where its writer expected it to lie. It lies elsewhere where
somebody else wrote meanwhile; the one whose partition it is then looks at all of it and writes a
step that lies in its place again. What stands behind the last such one nobody has gone on from.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import msgspec

from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span

_MORE = 16  # times as many records each time, until the last mark in its place is among them


class Doubted(msgspec.Struct, frozen=True):
    """The records of a partition from `begin` on that were not agreed upon; none is the rule."""

    begin: int
    end: int
    raws: tuple[Raw, ...] = ()


def mark_of(number: int) -> str:
    """Under what a step of a partition tells which generation of the group it is of, and ends."""
    return f"{number}/generation"


def is_agreed(raw: Raw) -> bool:
    """Whether the mark lies where its writer expected it; an older program tells no place."""
    return raw.id in ("", f"{raw.offset}")


def doubted(reader: PartitionReader, stream: str, number: int) -> Doubted:
    """What lies behind the last mark in its place; nothing where there is none at all.

    Raises StorageError.
    """
    held, count = reader.spans(stream)[number], 1
    while True:
        begin = max(held.begin, held.end - count)
        raws = reader.read(stream, {number: Span(begin, held.end)})
        agreed = [raw.offset for raw in raws if raw.key == mark_of(number) and is_agreed(raw)]
        if agreed:
            after = agreed[-1] + 1
            return Doubted(after, held.end, tuple(raw for raw in raws if raw.offset >= after))
        if begin == held.begin:
            return Doubted(held.end, held.end)
        count *= _MORE


def before(
    reader: PartitionReader, stream: str, number: int, offset: int, names: Collection[str]
) -> Mapping[str, bytes | None]:
    """What was kept under the names before an offset. Raises StorageError.

    It is there as long as what stands behind it lies in the newest segment: nothing of that is
    compacted, nor is anything before it for its sake.
    """
    found: dict[str, bytes | None] = dict.fromkeys(names)
    begin = reader.spans(stream)[number].begin
    for raw in reader.each(stream, {number: Span(begin, offset)}):
        if raw.key in found:
            found[raw.key] = raw.value or None
    return found
