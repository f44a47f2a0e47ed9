"""The history that a rebuild reads: key by key, each in the order in which it happened."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

import pytest

pytest.importorskip("kafka")

from duban.adapters.kafka.merged_history import MergedHistory
from duban.adapters.kafka.partition_reader import Raw, Span
from duban.config import KafkaSettings
from duban.domain.event import Event, encode
from duban.ports import Recorded
from duban.testing.events import checked, due, posted, read, registered, rejected
from duban.testing.ledger import duty


class Partitions:
    """Streams as Kafka would hold them, and what is asked of them."""

    def __init__(self, count: int = 1) -> None:
        self._count = count
        self._held: dict[tuple[str, int], list[Raw]] = {}

    def put(self, partition: int, *events: Event) -> None:
        for event in events:
            self.put_raw(event.topic, partition, event.key, encode(event))

    def put_raw(self, stream: str, partition: int, key: str, value: bytes) -> None:
        held = self._held.setdefault((stream, partition), [])
        held.append(Raw(partition, len(held), key, f"{stream}{len(held)}", "a.name", value))

    @property
    def settings(self) -> KafkaSettings:
        return KafkaSettings(addresses=("127.0.0.1:1",))

    def partitions(self, stream: str) -> int:
        return self._count

    def spans(self, stream: str) -> Mapping[int, Span]:
        return {n: Span(0, len(self._held.get((stream, n), ()))) for n in range(self._count)}

    def each(self, stream: str, wanted: Mapping[int, Span]) -> Iterator[Raw]:
        yield from self.read(stream, wanted)

    def read(self, stream: str, wanted: Mapping[int, Span]) -> list[Raw]:
        return [
            raw
            for number, span in wanted.items()
            for raw in self._held.get((stream, number), ())[span.begin : span.end]
        ]


def history(
    partitions: Partitions,
    at_once: int = 500,
    *,
    numbers: Collection[int] | None = None,
    worth_parts: int = 1,
) -> MergedHistory:
    return MergedHistory(
        partitions,  # type: ignore[arg-type]
        at_once=at_once,
        numbers=numbers,
        worth_parts=worth_parts,
    )


def told(batches: Sequence[Sequence[Recorded]]) -> list[tuple[str, str]]:
    return [(one.event.key, one.event.name) for batch in batches for one in batch]


def test_all_of_a_key_comes_together_and_what_follows_from_a_fact_after_it() -> None:
    held = Partitions()
    held.put(0, registered("a"), registered("b"), read("a", 2024, "一", minute=1))
    held.put(0, read("b", 2024, "一", minute=2), checked("a", minute=3))
    held.put(0, due("a", duty(2024, "absent"), minute=1), due("b", duty(2024, "absent"), minute=2))

    assert told(list(history(held).take())) == [
        ("a", "agency.registered"),
        ("a", "report.read"),
        ("a", "obligation.due"),
        ("a", "page.checked"),
        ("b", "agency.registered"),
        ("b", "report.read"),
        ("b", "obligation.due"),
    ]


def test_no_key_is_parted_but_one_that_has_very_much_to_tell() -> None:
    held = Partitions()
    held.put(0, *(checked("a", minute=n) for n in range(3)))
    held.put(0, *(checked("b", minute=n) for n in range(25)))

    batches = list(history(held, at_once=2).take())

    assert [len(batch) for batch in batches] == [3, 20, 5]
    assert [one.position for batch in batches for one in batch] == list(range(1, 29))


def test_only_what_came_since_is_told_the_next_time() -> None:
    held = Partitions(2)
    held.put(0, registered("a"))
    once = history(held)
    list(once.take())
    held.put(1, registered("b"))

    assert told(list(once.take())) == [("b", "agency.registered")]
    assert list(once.take()) == []


@pytest.mark.parametrize("partition", [0, 2])
def test_bytes_that_were_rejected_are_read_after_that_in_whichever_partition(
    partition: int,
) -> None:
    held = Partitions(3)
    held.put(1, rejected("x", "unassigned", minute=1))
    held.put(partition, registered("a"), read("a", 2024, "一", bytes_="x", minute=5))

    names = [name for _, name in told(list(history(held).take()))]

    assert "report.read" in names[names.index("report.rejected") :]


def test_what_cannot_be_read_is_told_with_its_name_and_hides_nothing() -> None:
    held = Partitions()
    held.put(0, registered("a"))
    held.put_raw("facts", 0, "a", b"{}")
    held.put(0, posted("x"), checked("a"))
    once = history(held)

    found = told(list(once.take()))

    assert sorted(name for _, name in found) == [
        "agency.registered",
        "page.checked",
        "report.posted",
    ]
    ((row, name),) = once.unreadable()
    assert (row.position, row.event_id, name) == (2, "facts1", "a.name")


def test_parts_are_of_about_the_same_size_and_hold_every_partition_once() -> None:
    held = Partitions(4)
    for number, size in enumerate((9, 4, 3, 2)):
        held.put(number, *(checked(f"k{number}", minute=n) for n in range(size)))

    parts = history(held).parts(2)

    assert [sorted(part.numbers) for part in parts] == [[0], [1, 2, 3]]


def test_a_short_history_has_no_parts_nor_has_one_for_a_single_process() -> None:
    held = Partitions(4)
    held.put(0, registered("a"))

    assert history(held).parts(1) == ()
    assert history(held, worth_parts=2).parts(4) == ()
    assert len(history(held).parts(9)) == 4


def test_what_was_told_in_parts_is_not_told_again_but_what_came_since_is() -> None:
    held = Partitions(2)
    held.put(0, registered("a"))
    held.put(1, registered("b"))
    whole, part = history(held), history(held, numbers=(1,))
    first = told(list(part.take()))
    whole.join(part.heard())
    held.put(1, checked("b", minute=1))

    assert first == [("b", "agency.registered")]
    assert told(list(whole.take())) == [("a", "agency.registered"), ("b", "page.checked")]


def test_bytes_rejected_in_one_part_and_read_in_another_are_read_once_more_after_both() -> None:
    held = Partitions(2)
    held.put(0, rejected("x", "unassigned", minute=1))
    held.put(1, registered("a"), read("a", 2024, "一", bytes_="x", minute=5))
    whole = history(held)
    for number in (1, 0):
        part = history(held, numbers=(number,))
        list(part.take())
        whole.join(part.heard())

    assert told(list(whole.take())) == [("a", "report.read")]
    assert list(whole.take()) == []


def test_what_a_part_could_not_read_is_told_by_the_whole() -> None:
    held = Partitions()
    held.put_raw("facts", 0, "a", b"{}")
    whole, part = history(held), history(held, numbers=(0,))
    list(part.take())
    whole.join(part.heard())

    ((row, _),) = whole.unreadable()
    assert row.event_id == "facts0"
