"""The edge keeps what it records while Kafka is away, and follows what comes back."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import AlertOpened, Event, record
from duban.errors import StorageError
from duban.testing.events import START, posted, read, registered, rejected, removed

pytest.importorskip("kafka")

from streams import Kafka

from duban.adapters.kafka.forwarder import NAME as FORWARDER
from duban.adapters.kafka.forwarder import Forwarder
from duban.adapters.kafka.origin import OtherTopicsError
from duban.adapters.kafka.partition_reader import Raw, Span
from duban.adapters.kafka.publisher import Message
from duban.adapters.kafka.roster_follower import RosterFollower
from duban.distributed.alerts_unit import AlertsUnit
from duban.distributed.edge_desk import EdgeDesk
from duban.distributed.patient import OutOfReachError, Patient


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "data") as opened:
        yield opened


def alert(name: str) -> Event:
    body = AlertOpened(
        agency_id=name, year=2024, kind="absent", revision=1, agency="甲局", region="", parent=None,
        severity="error", because="obligation", quiet=False, since=START, lines=(),
    )  # fmt: skip
    return record(body, id=f"alert-{name}", at=START)


def test_alerts_are_taken_once_and_what_cannot_be_read_is_set_aside(store: EmbeddedStore) -> None:
    kafka = Kafka(*map(alert, "abcd"))
    kafka.add_bytes("e", "broken", "?", b"{")
    unit = AlertsUnit(store.states, kafka)  # type: ignore[arg-type]

    assert unit.advance()
    assert not unit.advance()
    kafka.add(alert("f"), alert("a"))
    assert unit.advance()

    known = {one.event.id for one in store.log.read("alerts")}
    assert known == {f"alert-{name}" for name in "abcdf"}
    assert [row.event_id for _, row in store.states.set_aside()] == ["broken"]


class Unit:
    name = "forwarder"

    def __init__(self) -> None:
        self.answers: list[Any] = []

    def advance(self) -> bool:
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)


def test_a_unit_waits_for_kafka_longer_each_time_and_goes_on_afterwards() -> None:
    unit, now = Unit(), [0.0]
    patient = Patient(unit, now=lambda: now[0])
    unit.answers = [OutOfReachError("不在"), OutOfReachError("不在"), True, OutOfReachError("不在")]

    assert not patient.advance()
    now[0] = 0.9
    assert not patient.advance()  # too early to ask
    now[0] = 1.1
    assert not patient.advance()
    now[0] = 2.9
    assert not patient.advance()
    assert len(unit.answers) == 2
    now[0] = 3.2
    assert patient.advance()
    assert not patient.advance()
    now[0] = 4.3
    unit.answers = [True]
    assert patient.advance()


def test_a_fault_of_the_store_here_is_not_waited_for() -> None:
    unit = Unit()
    unit.answers = [StorageError("磁盘已满")]
    with pytest.raises(StorageError, match="磁盘"):
        Patient(unit).advance()


class Published:
    def __init__(self) -> None:
        self.waves: list[list[str]] = []

    def publish(self, messages: Sequence[Message]) -> None:
        self.waves.append([one.name for one in messages])


def test_the_roster_goes_out_before_what_was_recorded_after_it(store: EmbeddedStore) -> None:
    kafka = Published()
    store.log.append([registered("a"), posted("x"), registered("b"), posted("y"), posted("z")])

    Forwarder(store, kafka).advance()

    assert kafka.waves == [
        ["agency.registered"],
        ["report.posted"],
        ["agency.registered"],
        ["report.posted", "report.posted"],
    ]


def test_what_is_recorded_while_it_gathers_goes_out_with_the_rest(store: EmbeddedStore) -> None:
    kafka = Published()
    store.log.append([posted("x")])
    forwarder = Forwarder(store, kafka, gather=lambda: store.log.append([posted("y")]))

    assert forwarder.advance()

    assert kafka.waves == [["report.posted", "report.posted"]]


def test_nothing_is_gathered_where_nothing_or_very_much_waits(store: EmbeddedStore) -> None:
    kafka, gathered = Published(), []
    forwarder = Forwarder(store, kafka, at_once=2, gather=lambda: gathered.append("once"))

    assert not forwarder.advance()
    store.log.append([posted("x"), posted("y")])
    assert forwarder.advance()

    assert (gathered, len(kafka.waves)) == ([], 1)


def test_alerts_that_came_from_kafka_do_not_go_back(store: EmbeddedStore) -> None:
    kafka = Published()
    store.log.append([alert("a"), posted("x")])

    Forwarder(store, kafka).advance()

    assert kafka.waves == [["report.posted"]]


class Topics:
    """Whether Kafka's topics are the same, which a test decides, and when it was asked."""

    def __init__(self, kafka: Published) -> None:
        self.asked: list[float] = []
        self.others_after = 99  # waves
        self.is_away = False
        self._kafka = kafka

    def check(self, within_s: float) -> None:
        self.asked.append(within_s)
        if self.is_away:
            raise OutOfReachError("Kafka 没有应答")
        if len(self._kafka.waves) >= self.others_after:
            raise OtherTopicsError("主题已重新建立")


def test_to_topics_that_are_others_nothing_is_handed_on(store: EmbeddedStore) -> None:
    kafka = Published()
    topics = Topics(kafka)
    topics.others_after = 0
    store.log.append([posted("x")])

    with pytest.raises(OtherTopicsError):
        Patient(Forwarder(store, kafka, check=topics.check)).advance()

    assert kafka.waves == []
    assert store.states.cursor(FORWARDER).position == 0


def test_what_topics_took_that_are_others_by_then_is_not_passed_over(store: EmbeddedStore) -> None:
    kafka = Published()
    topics = Topics(kafka)
    topics.others_after = 1
    store.log.append([posted("x")])

    with pytest.raises(OtherTopicsError):
        Patient(Forwarder(store, kafka, check=topics.check)).advance()

    assert kafka.waves == [["report.posted"]]
    assert store.states.cursor(FORWARDER).position == 0


def test_topics_are_looked_at_around_what_is_handed_on_and_every_ten_seconds(
    store: EmbeddedStore,
) -> None:
    kafka = Published()
    topics = Topics(kafka)
    forwarder = Forwarder(store, kafka, check=topics.check)

    assert not forwarder.advance()
    assert topics.asked == [10.0]
    store.log.append([posted("x"), registered("b"), posted("y")])
    assert forwarder.advance()
    assert topics.asked == [10.0, 10.0, 0.0, 0.0]


def test_nothing_is_handed_on_while_nobody_tells_whether_topics_are_the_same(
    store: EmbeddedStore,
) -> None:
    kafka, now = Published(), [0.0]
    topics = Topics(kafka)
    topics.is_away = True
    patient = Patient(Forwarder(store, kafka, check=topics.check), now=lambda: now[0])
    store.log.append([posted("x")])

    assert not patient.advance()
    assert (kafka.waves, patient.is_well) == ([], False)

    topics.is_away, now[0] = False, 5.0
    assert patient.advance()
    assert kafka.waves == [["report.posted"]]


def test_an_edge_ends_with_the_one_line_and_no_traceback(
    store: EmbeddedStore, caplog: pytest.LogCaptureFixture
) -> None:
    kafka = Published()
    topics = Topics(kafka)
    topics.others_after = 0
    runner = store.relay(Patient(Forwarder(store, kafka, check=topics.check)))
    runner.start()
    until = time.monotonic() + 10
    while runner.error is None and time.monotonic() < until:
        time.sleep(0.01)

    with pytest.raises(OtherTopicsError, match="主题已重新建立"):
        runner.stop()

    assert [one.exc_info for one in caplog.records] == [None]


def test_the_roster_is_followed_and_kept_over_a_restart(tmp_path: Path) -> None:
    kafka, file = Kafka(*map(registered, "abc"), read("a", 2024)), tmp_path / "roster.json"
    follower = RosterFollower(kafka, file)  # type: ignore[arg-type]

    follower.catch_up()
    assert [one.id for one in follower.agencies()] == ["a", "b", "c"]
    kafka.add(removed("b"), registered("c", "丙局", minute=1))
    follower.catch_up()
    follower.close()
    again = RosterFollower(kafka, file)  # type: ignore[arg-type]
    kafka.asked.clear()
    again.catch_up()

    assert [(one.id, one.name) for one in again.agencies()] == [
        ("a", "a县财政局"),
        ("c", "丙局"),
    ]
    assert kafka.asked == []


def test_a_roster_that_is_new_enough_is_not_read_again(tmp_path: Path) -> None:
    kafka = Kafka(registered("a"))
    follower = RosterFollower(kafka, tmp_path / "roster.json")  # type: ignore[arg-type]
    follower.catch_up(within_s=60.0)
    kafka.add(registered("b"))

    follower.catch_up(within_s=60.0)
    assert (follower.knows("a"), follower.knows("b"), follower.knows(None)) == (True, False, False)

    follower.catch_up()
    assert follower.knows("b")


def test_all_partitions_are_read_at_once_and_whoever_waits_shares_it(tmp_path: Path) -> None:
    kafka = Kafka(*map(registered, "abcdef"))
    follower = RosterFollower(kafka, tmp_path / "roster.json")  # type: ignore[arg-type]
    begun, may_end = threading.Event(), threading.Event()
    read = kafka.read

    def slowly(name: str, wanted: Mapping[int, Span]) -> list[Raw]:
        begun.set()
        assert may_end.wait(10)
        return read(name, wanted)

    kafka.read = slowly  # type: ignore[method-assign]
    first = threading.Thread(target=follower.catch_up)
    first.start()
    assert begun.wait(10)
    kafka.add(registered("g"))
    later = [threading.Thread(target=follower.catch_up) for _ in range(5)]
    for one in later:
        one.start()
    time.sleep(0.05)  # all wait by now
    may_end.set()
    for one in (first, *later):
        one.join()

    assert [one.id for one in follower.agencies()] == list("abcdefg")
    assert len(kafka.asked) == 2


def test_a_long_history_is_told_of_while_it_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("duban.adapters.kafka.roster_follower._EVENTS_AT_ONCE", 1)
    monkeypatch.setattr("duban.adapters.kafka.roster_follower._TOLD_EVERY_S", 0.0)
    kafka = Kafka(*map(registered, "abc"))
    follower = RosterFollower(kafka, tmp_path / "roster.json")  # type: ignore[arg-type]

    follower.catch_up()

    assert "3 / 3" in caplog.text


def test_a_damaged_copy_of_the_roster_is_read_anew(tmp_path: Path) -> None:
    file = tmp_path / "roster.json"
    file.write_text("{", encoding="utf-8")
    follower = RosterFollower(Kafka(registered("a")), file)  # type: ignore[arg-type]

    follower.catch_up()

    assert [one.id for one in follower.agencies()] == ["a"]


def desk(kafka: Kafka) -> EdgeDesk:
    parts = dict.fromkeys(("log", "blobs", "index", "clock", "read", "judge", "retry"))
    return EdgeDesk(there=kafka, **parts)  # type: ignore[arg-type]


def test_the_outcome_of_an_upload_is_found_on_kafka() -> None:
    kafka = Kafka(rejected("before", agency_id="a", year=2024))
    office = desk(kafka)
    mark = office.mark()
    outcome = rejected("now", agency_id="b", year=2024)
    kafka.add(read("c", 2024), outcome)

    found = office.outcomes({outcome.cause or ""}, mark, 5.0)

    assert list(found.values()) == [outcome.body]


def test_an_upload_is_kept_while_kafka_is_away() -> None:
    kafka = Kafka()
    kafka.is_away = True
    office = desk(kafka)

    assert office.outcomes({"x"}, office.mark(), 5.0) == {}
