"""The indexer takes all streams, each event once and in order, and tells what it cannot take."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import pytest

from duban.domain.event import Event, encode
from duban.ports import Recorded, SetAside
from duban.testing.events import posted, registered

pytest.importorskip("kafka")

from duban.adapters.kafka.aside import note_of
from duban.adapters.kafka.index_steps import IndexSteps
from duban.adapters.kafka.partition_reader import Raw, Span

PARTITIONS = 4


class Index:
    """Remembers what it was given."""

    def __init__(self) -> None:
        self.taken: list[Recorded] = []
        self.aside: list[tuple[str, SetAside]] = []
        self.forgotten = 0

    def forget(self) -> None:
        self.forgotten += 1

    def apply(self, recorded: Iterable[Recorded]) -> None:
        self.taken += recorded

    def set_aside(
        self, one: SetAside, *, unit: str = "indexer", name: str = "", at: datetime | None = None
    ) -> None:
        self.aside.append((unit, one))


class Log:
    """Two streams of one partition."""

    def __init__(self, **events: Sequence[Event]) -> None:
        self.raws = {
            name: [
                Raw(2, place, one.key, one.id, one.name, encode(one), "", name)
                for place, one in enumerate(found)
            ]
            for name, found in events.items()
        }

    def read(self, name: str, wanted: dict[int, Span]) -> list[Raw]:
        return self.raws[name][wanted[2].begin : wanted[2].end]

    def close(self) -> None:
        pass


def taken(steps: IndexSteps, raws: Sequence[Raw], table: dict[str, bytes]) -> list[SetAside]:
    aside: list[SetAside] = []
    for step in steps.take(raws, table.get):
        table.update(step.writes)
        aside += step.set_aside
    return aside


FACTS = [registered(name) for name in "abc"]


def test_events_of_several_streams_are_taken_at_once_with_positions_of_their_partition() -> None:
    log, index, table = Log(facts=FACTS, posted=[posted("x")]), Index(), {}
    steps = IndexSteps(index, log, PARTITIONS)

    taken(steps, [*log.raws["facts"], *log.raws["posted"]], table)

    assert [one.event for one in index.taken] == [*FACTS, posted("x")]
    assert [one.position for one in index.taken] == [3, 7, 11, 3]
    assert steps.cursor("facts", 2, table.get) == 3
    assert steps.cursor("posted", 2, table.get) == 1


def test_what_comes_again_is_passed_over_and_a_jump_is_read_first() -> None:
    log, index, table = Log(facts=FACTS), Index(), {}
    steps = IndexSteps(index, log, PARTITIONS)

    taken(steps, [log.raws["facts"][2]], table)
    taken(steps, log.raws["facts"], table)

    assert [one.event for one in index.taken] == FACTS


def test_what_cannot_be_read_is_told_and_all_else_is_taken() -> None:
    log, index, table = Log(facts=FACTS), Index(), {}
    log.raws["facts"][1] = Raw(2, 1, "b", "broken", "x", b"{", "", "facts")
    steps = IndexSteps(index, log, PARTITIONS)

    aside = taken(steps, log.raws["facts"], table)

    assert [one.event for one in index.taken] == [FACTS[0], FACTS[2]]
    assert [row.event_id for row in aside] == ["broken"]


def test_what_the_indexer_sets_aside_is_shown_once_it_is_decided() -> None:
    """By its note: a row that the index had first would stay, were the event taken after a kill."""
    log, index, table = Log(facts=FACTS), Index(), {}
    broken = log.raws["facts"][1] = Raw(2, 1, "b", "broken", "x", b"{", "", "facts")
    steps = IndexSteps(index, log, PARTITIONS)

    (row,) = taken(steps, log.raws["facts"], table)
    assert index.aside == []

    note = note_of("indexer", broken, row)
    taken(steps, [Raw(2, 0, note.key, note.id, note.name, note.value, "", "aside")], table)
    assert index.aside == [("indexer", row)]


def test_a_note_of_its_own_that_cannot_be_shown_makes_no_other_note() -> None:
    log, index, table = Log(facts=FACTS), Index(), {}
    note = note_of("indexer", log.raws["facts"][0], SetAside(1, "a", "wrong", "规则出错"))
    raw = Raw(2, 0, note.key, note.id, note.name, note.value, "", "aside")
    steps = IndexSteps(index, log, PARTITIONS)

    step = steps.give_up(raw, table.get, ZeroDivisionError())
    table.update(step.writes)

    assert (step.rows, step.done) == ((), (raw,))
    assert steps.cursor("aside", 2, table.get) == 1


def test_of_events_that_were_not_delivered_only_the_one_at_fault_is_given_up() -> None:
    log, index, table = Log(facts=FACTS), Index(), {}
    steps = IndexSteps(index, log, PARTITIONS)
    apply = index.apply

    def fails(recorded: Iterable[Recorded]) -> None:
        those = list(recorded)
        if FACTS[1] in [one.event for one in those]:
            raise ZeroDivisionError
        apply(those)

    index.apply = fails  # type: ignore[method-assign]
    last = log.raws["facts"][2]
    with pytest.raises(ZeroDivisionError):
        taken(steps, [last], table)
    given_up = []
    for _ in range(2):
        step = steps.give_up(last, table.get, ZeroDivisionError())
        table.update(step.writes)
        given_up += step.set_aside
        assert last not in step.done
    taken(steps, [last], table)

    assert [row.event_id for row in given_up] == [FACTS[1].id]
    assert [one.event for one in index.taken] == [FACTS[0], FACTS[2]]


def test_what_other_units_set_aside_is_shown() -> None:
    log, index, table = Log(facts=FACTS), Index(), {}
    row = SetAside(1, "a", "wrong", "规则出错")
    note = note_of("agency", log.raws["facts"][0], row)
    raw = Raw(2, 0, note.key, note.id, note.name, note.value, "", "aside")

    taken(IndexSteps(index, log, PARTITIONS), [raw], table)

    assert index.aside == [("agency", row)]


def test_what_the_index_remembers_is_forgotten_where_another_had_the_partition_meanwhile() -> None:
    log, index, table = Log(facts=FACTS), Index(), {}
    steps = IndexSteps(index, log, PARTITIONS)
    other = IndexSteps(Index(), log, PARTITIONS)

    taken(steps, log.raws["facts"][:1], table)
    taken(steps, log.raws["facts"][1:2], table)
    assert index.forgotten == 1  # who had it before the start is not known

    dying = other.take(log.raws["facts"][2:], table.get)
    table.update(next(dying).writes)  # it may write from now on, and die before it tells how far

    taken(steps, log.raws["facts"][2:], table)
    assert index.forgotten == 2
    assert [one.event for one in index.taken] == FACTS
