"""What every event log promises, whichever technology keeps it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from duban.ports import EventLog
from duban.testing.events import checked, posted, read, registered


class EventLogContract:
    """Subclass with fixtures `log` and `reopen` (the same log as another process finds it)."""

    #: False where only the events of one key keep their order (Kafka partitions).
    keeps_order_across_keys = True
    #: False where a known id is recorded again, and whoever reads recognises it (Kafka).
    refuses_known_ids = True

    def test_events_of_one_key_come_back_in_the_order_they_were_appended(
        self, log: EventLog
    ) -> None:
        log.append([read("a", year) for year in (2024, 2021, 2023)])

        found = [one.event for one in log.read("facts") if one.event.key == "a"]

        assert [event.body.year for event in found] == [2024, 2021, 2023]  # type: ignore[union-attr]

    def test_events_of_several_keys_keep_their_order(self, log: EventLog) -> None:
        events = [registered("b"), registered("a"), registered("c")]

        log.append(events)

        keys = [one.event.key for one in log.read("facts")]
        assert keys == ["b", "a", "c"] or not self.keeps_order_across_keys

    def test_an_event_comes_back_as_it_was(self, log: EventLog) -> None:
        event = read("区/青山·局", 2024, "全文" * 20_000)

        log.append([event])

        assert [one.event for one in log.read("facts")] == [event]

    def test_an_event_with_a_known_id_is_not_recorded_again(self, log: EventLog) -> None:
        assert log.append([registered("a"), registered("b")]) == 2
        again = log.append([registered("b"), registered("c")])

        recorded = [one.event.key for one in log.read("facts")]
        assert (again, len(recorded)) == ((1, 3) if self.refuses_known_ids else (2, 4))
        assert set(recorded) == {"a", "b", "c"}

    def test_the_same_event_twice_in_one_append_is_recorded_once(self, log: EventLog) -> None:
        recorded = log.append([registered("a"), registered("a")])

        assert recorded == (1 if self.refuses_known_ids else 2)

    def test_positions_grow_and_are_not_shared(self, log: EventLog) -> None:
        for n in range(5):
            log.append([checked("a", minute=n)])

        positions = [one.position for one in log.read("facts")]

        assert positions == sorted(set(positions))
        assert positions[0] > 0

    def test_reading_goes_on_after_a_position_and_ends_at_the_limit(self, log: EventLog) -> None:
        log.append([checked("a", minute=n) for n in range(7)])
        everything = log.read("facts")

        first = log.read("facts", limit=3)
        rest = log.read("facts", after=first[-1].position)

        assert [*first, *rest] == everything
        assert len(first) == 3

    def test_topics_are_apart(self, log: EventLog) -> None:
        log.append([posted("bytes"), registered("a")])

        assert [one.event.name for one in log.read("posted")] == ["report.posted"]
        assert [one.event.name for one in log.read("facts")] == ["agency.registered"]
        assert log.read("conclusions") == []

    def test_the_head_is_the_last_position_of_the_topic(self, log: EventLog) -> None:
        assert log.head("facts") == 0

        log.append([registered("a"), posted("bytes")])

        assert log.head("facts") == log.read("facts")[-1].position
        assert log.head("conclusions") == 0

    def test_appending_nothing_records_nothing(self, log: EventLog) -> None:
        assert log.append([]) == 0

    def test_what_was_appended_is_there_for_others(
        self, log: EventLog, reopen: Callable[[], EventLog]
    ) -> None:
        log.append([registered("a")])

        assert reopen().read("facts") == log.read("facts")

    def test_threads_append_side_by_side_without_loss(self, log: EventLog) -> None:
        def append(thread: int) -> int:
            return sum(log.append([checked(f"a{thread}", minute=n)]) for n in range(25))

        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(append, range(4))) == 100

        assert len(log.read("facts")) == 100

    def test_an_event_is_found_by_its_id(self, log: EventLog) -> None:
        log.append([registered("a"), registered("b")])
        second = log.read("facts")[1]

        assert log.find("facts", second.event.id) == second
        assert log.find("facts", "nobody's") is None
        assert log.find("posted", second.event.id) is None
