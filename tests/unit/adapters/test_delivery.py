"""What a step makes is stored in its order; what fails is tried again, set aside, never lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from duban.domain.event import decode, encode
from duban.errors import BlobError, DubanError, MachineError, StorageError
from duban.ports import SetAside
from duban.testing.events import posted

pytest.importorskip("kafka")

from tests.unit.adapters.delivering import delivered

from duban.adapters.kafka.aside import note_in
from duban.adapters.kafka.delivery import UnreachableError
from duban.adapters.kafka.origin import OtherTopicsError
from duban.adapters.kafka.partition_reader import Raw
from duban.adapters.kafka.partition_state import Get, StateError
from duban.adapters.kafka.publisher import Message
from duban.adapters.kafka.taken import Taken

EVENT = posted("a")
OUT = Message(stream="facts", key="a", id="made", name="report.read", value=b"{}")


def raw(offset: int = 0) -> Raw:
    return Raw(0, offset, EVENT.key, EVENT.id, EVENT.name, encode(EVENT), "", "posted")


def aside(one: Raw) -> SetAside:
    return SetAside(one.offset + 1, one.key, one.id, "?")


class Unit:
    """Fails as often as it is told, then makes one output and moves its cursor."""

    name = "unit"
    streams = ("posted",)
    at_once = 1
    batch = 3
    waiting = 3

    def __init__(
        self, failure: Exception | None = None, *, at: int | None = None, times: int = 99
    ) -> None:
        self.failure = failure
        self.at = at
        self.times = times
        self.asked = 0

    def take(self, raws: Sequence[Raw], get: Get) -> Iterator[Taken]:
        self.asked += 1
        is_at_fault = self.at is None or self.at in [one.offset for one in raws]
        if self.failure is not None and is_at_fault and self.times:
            self.times -= 1
            raise self.failure
        yield Taken(writes={"0/outbox": b"1"})
        yield Taken(outputs=(OUT,), writes={"0/part": b"2", "0/cursor": b"3"})

    def give_up(self, raw: Raw, get: Get, error: Exception) -> Taken:
        row = SetAside(raw.offset + 1, raw.key, raw.id, str(error))
        return Taken(writes={"0/cursor": b"9"}, rows=((raw, row),), done=(raw,))

    def cursor(self, stream: str, partition: int, get: Get) -> int:
        return 0

    def close(self) -> None:
        pass


class Kept:
    """Tells in which order everything was written."""

    def __init__(self, refuses: int = 0, is_full: int = 0) -> None:
        self.told: list[str] = []
        self.messages: list[Message] = []
        self.refuses = refuses
        self.is_full = is_full
        self.settled: list[list[str]] = []
        self.unsettled = 0

    async def publish(self, messages: Sequence[Message]) -> None:
        if self.refuses:
            self.refuses -= 1
            raise StorageError("Kafka 没有应答")
        self.messages += messages
        self.told += [one.name for one in messages]

    def get(self, number: int, name: str) -> bytes | None:
        return None

    async def settle(self, number: int, is_ours: Callable[[], bool]) -> bool:
        assert number == 0
        self.settled.append(list(self.told))
        if self.unsettled:
            self.unsettled -= 1
            raise StorageError("Kafka 没有应答")
        return is_ours()

    async def write(
        self, number: int, writes: Mapping[str, bytes], is_ours: Callable[[], bool]
    ) -> bool:
        assert number == 0
        if self.is_full:
            self.is_full -= 1
            raise StorageError("磁盘已满")
        self.told += writes
        return is_ours()


def deliver(
    unit: Unit,
    kept: Kept,
    raws: Sequence[Raw] = (raw(),),
    is_ours: Callable[[], bool] = lambda: True,
    patience_s: float = 60.0,
) -> bool:
    return delivered(unit, kept, raws, is_ours, patience_s)


def test_outputs_are_acknowledged_before_the_state_is_written() -> None:
    kept = Kept()

    assert deliver(Unit(), kept)

    assert kept.told == ["0/outbox", "report.read", "0/part", "0/cursor"]


def test_state_is_as_it_was_agreed_upon_before_a_message_is_taken() -> None:
    unit, kept = Unit(), Kept()
    kept.unsettled = 2

    assert deliver(unit, kept)

    assert kept.settled == [[], [], []]  # before anything was told, and tried again
    answers = iter([True])
    other, taken_away = Unit(), Kept()
    assert not deliver(other, taken_away, is_ours=lambda: next(answers, False))
    assert other.asked == 0


def test_kafka_out_of_reach_is_waited_for_and_nothing_is_set_aside() -> None:
    kept = Kept(refuses=7)

    assert deliver(Unit(), kept)

    assert kept.told[-3:] == ["report.read", "0/part", "0/cursor"]


@pytest.mark.parametrize("error", [StorageError("磁盘已满"), MachineError("进程没有启动成功")])
def test_what_this_machine_lacks_is_waited_for_and_nothing_is_set_aside(
    error: DubanError, caplog: pytest.LogCaptureFixture
) -> None:
    kept = Kept()

    assert deliver(Unit(error, times=7), kept)

    assert kept.told == ["0/outbox", "report.read", "0/part", "0/cursor"]
    told = [one for one in caplog.records if str(error) in one.getMessage()]
    assert len(told) == 7
    assert not any(one.exc_info for one in told)


def test_a_full_disk_of_the_state_is_waited_for_and_nothing_is_set_aside() -> None:
    kept = Kept(is_full=7)

    assert deliver(Unit(), kept)

    assert kept.told == ["0/outbox", "report.read", "0/part", "0/cursor"]


def test_what_was_given_up_stays_so_however_long_the_disk_is_full() -> None:
    unit, kept = Unit(ZeroDivisionError("规则出错"), times=5), Kept(is_full=3)

    assert deliver(unit, kept)

    assert unit.asked == 5
    assert kept.told == ["0/decided", "aside.set", "0/cursor", "0/decided"]
    assert len(set(kept.messages)) == 1


def test_a_message_that_cannot_even_be_given_up_ends_the_worker(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit, kept = Unit(ZeroDivisionError("规则出错")), Kept()

    def broken(*_: object) -> Taken:
        raise KeyError("key")

    monkeypatch.setattr(unit, "give_up", broken)
    with pytest.raises(KeyError):
        deliver(unit, kept)

    assert kept.told == []


def test_a_storage_that_stays_out_of_reach_ends_the_worker_with_its_cause() -> None:
    kept = Kept()
    with pytest.raises(UnreachableError, match="磁盘"):
        deliver(Unit(StorageError("磁盘已满")), kept, patience_s=0.0)

    assert kept.told == []


def test_topics_that_are_others_by_now_end_the_worker_and_set_nothing_aside() -> None:
    unit, kept = Unit(), Kept()

    def check(within_s: float) -> None:
        raise OtherTopicsError("主题已重新建立")

    with pytest.raises(OtherTopicsError):
        delivered(unit, kept, [raw()], check=check)

    assert (unit.asked, kept.settled, kept.told) == (0, [], [])


def test_state_of_a_newer_program_is_not_tried_again() -> None:
    unit = Unit(StateError("由更新版本写成"))
    with pytest.raises(UnreachableError, match="更新版本"):
        deliver(unit, Kept())

    assert unit.asked == 1


@pytest.mark.parametrize("error", [ZeroDivisionError("规则出错"), BlobError("原件不在")])
def test_an_event_that_fails_again_and_again_is_set_aside_with_its_cause(error: Exception) -> None:
    unit, kept = Unit(error), Kept()

    assert deliver(unit, kept)

    assert unit.asked == 5
    note = note_in(kept.messages[0].value)
    assert (note.unit, note.row.event_id, note.row.cause) == ("unit", EVENT.id, str(error))
    assert (note.name, note.at) == ("report.posted", EVENT.at)
    assert kept.told == ["0/decided", "aside.set", "0/cursor", "0/decided"]


def test_an_event_that_fails_now_and_then_is_handled() -> None:
    kept = Kept()

    assert deliver(Unit(ZeroDivisionError(), times=4), kept)

    assert kept.told == ["0/outbox", "report.read", "0/part", "0/cursor"]


def test_of_several_events_only_the_one_at_fault_is_set_aside() -> None:
    unit, kept = Unit(ZeroDivisionError("规则出错"), at=1), Kept()

    assert deliver(unit, kept, [raw(0), raw(1), raw(2)])

    aside = [note_in(one.value) for one in kept.messages if one.stream == "aside"]
    assert [note.offset for note in aside] == [1]
    assert kept.told.count("report.read") == 2


def test_an_original_that_is_missing_for_one_of_several_sets_only_that_one_aside() -> None:
    unit, kept = Unit(BlobError("原件不在"), at=1), Kept()

    assert deliver(unit, kept, [raw(0), raw(1), raw(2)], patience_s=0.0)

    aside = [note_in(one.value) for one in kept.messages if one.stream == "aside"]
    assert [note.offset for note in aside] == [1]
    assert kept.told.count("report.read") == 2


def test_where_one_before_it_was_given_up_the_message_itself_is_taken_next(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    unit, kept = Unit(ZeroDivisionError("规则出错"), times=5), Kept()

    def give_up_the_one_before(one: Raw, get: Get, error: Exception) -> Taken:
        return Taken(writes={"0/cursor": b"6"}, rows=((raw(5), aside(raw(5))),), done=(raw(5),))

    monkeypatch.setattr(unit, "give_up", give_up_the_one_before)
    assert deliver(unit, kept, [raw(6)])

    decided = ["0/decided", "aside.set", "0/cursor", "0/decided"]
    assert kept.told == [*decided, "0/outbox", "report.read", "0/part", "0/cursor"]


def test_a_partition_that_was_taken_away_is_not_written_any_more() -> None:
    kept = Kept()
    answers = iter([True, True, True, False])

    assert not deliver(Unit(), kept, is_ours=lambda: next(answers, False))

    assert "0/cursor" not in kept.told


def test_the_note_of_what_is_set_aside_is_the_same_each_time() -> None:
    first, second = Kept(), Kept()
    deliver(Unit(ZeroDivisionError("x")), first)
    deliver(Unit(ZeroDivisionError("x")), second)

    assert first.messages == second.messages
    assert decode(encode(EVENT)) == EVENT
