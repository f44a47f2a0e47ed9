"""A Kafka that was made anew is noticed, and gets everything again: no report is lost with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import cast

import msgspec
import pytest

from duban.adapters.embedded.purpose import claim, refuse_an_edge
from duban.adapters.embedded.store import EmbeddedStore
from duban.config import KafkaSettings
from duban.domain.event import AgencyRegistered, AlertOpened, Event, decode
from duban.errors import StorageError, UsageError
from duban.ports import Cursor, SetAside, Step
from duban.testing.alerts import WINDOW, Telling, alerted, fault
from duban.testing.events import (
    began,
    checked,
    posted,
    read,
    registered,
    rejected,
    removed,
    withdrawn,
)
from duban.testing.office import open_office

pytest.importorskip("kafka")

from streams import Kafka

from duban.adapters.kafka.aside import note_of
from duban.adapters.kafka.forwarder import NAME, Forwarder
from duban.adapters.kafka.origin import Origin, Origins, OtherTopicsError
from duban.adapters.kafka.partition_reader import PartitionReader, Raw, Span
from duban.adapters.kafka.publisher import Message
from duban.distributed import handed_on
from duban.distributed.alerts_unit import AlertsUnit
from duban.distributed.handed_on import hand_on_again, refuse_topics_made_anew, watched
from duban.distributed.handing_again import HandingAgain
from duban.distributed.in_force import Followed
from duban.distributed.readings_there import ReadingsThere

SETTINGS = KafkaSettings(addresses=("k:1",))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "data") as opened:
        yield opened


@pytest.fixture
def ids(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The ids of the topics, as Kafka would tell them, by prefix."""
    known = {"duban-": "1", "other-": "2"}

    def origins(settings: KafkaSettings, names: Sequence[str]) -> Origins:
        return Origins(tuple(Origin(name, known[settings.prefix]) for name in names))

    monkeypatch.setattr(handed_on, "origins", origins)
    monkeypatch.setattr(handed_on, "filled", lambda settings: ())
    return known


def used(store: EmbeddedStore, settings: KafkaSettings = SETTINGS) -> None:
    """The folder is used, as every start of an edge does."""
    claim(store, ["crawler"])
    refuse_topics_made_anew(store, settings)


class There:
    """A Kafka that keeps what it is given, and the streams that workers write."""

    def __init__(self) -> None:
        self.names: list[str] = []
        self.ids: list[str] = []
        self.written: list[Event] = []
        self.facts, self.aside = Kafka(), Kafka()
        self.is_away = False

    def publish(self, messages: Sequence[Message]) -> None:
        if self.is_away:
            raise StorageError("Kafka 没有应答")
        self.names += [one.name for one in messages]
        self.ids += [one.id for one in messages]
        self.written += [decode(one.value) for one in messages]

    def spans(self, name: str) -> Mapping[int, Span]:
        return self._of(name).spans(name)

    def read(self, name: str, wanted: Mapping[int, Span]) -> list[Raw]:
        found = self._of(name).read(name, wanted)
        return [msgspec.structs.replace(one, stream=name) for one in found]

    def _of(self, name: str) -> Kafka:
        return {"facts": self.facts, "aside": self.aside}[name]


def forwarder(store: EmbeddedStore, there: There, at_once: int = 200) -> Forwarder:
    """As an edge that starts now has it."""
    gate = HandingAgain(store, cast("PartitionReader", there))
    return Forwarder(store, there, gate=gate, at_once=at_once)


def run(unit: Forwarder) -> None:
    while unit.advance():
        pass


def hinted(name: str, agency_id: str) -> Event:
    event = posted(name)
    return msgspec.structs.replace(
        event,
        body=msgspec.structs.replace(event.body, agency_hint=agency_id),  # type: ignore[type-var]
    )


def answer(there: There, posting: Event, outcome: Event) -> None:
    there.facts.add(msgspec.structs.replace(outcome, cause=posting.id))


def handed_on_before(store: EmbeddedStore, *events: Event) -> None:
    """A folder that handed everything on to a Kafka that is gone."""
    used(store)
    store.log.append(events)
    run(forwarder(store, There()))


def test_topics_that_were_made_anew_are_refused_with_the_command_that_mends_it(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    used(store)
    used(store)
    ids["duban-"] = "3"

    with pytest.raises(UsageError) as refused:
        used(store)

    command = f"duban topics resend --kafka k:1 --data {store.folder}"
    assert command in str(refused.value)
    assert command in refused.value.english
    assert "\n" not in str(refused.value) + refused.value.english


def test_another_prefix_is_refused_and_the_folder_stays_as_it_is(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    used(store)

    with pytest.raises(UsageError, match="other-facts"):
        used(store, KafkaSettings(addresses=("k:1",), prefix="other-"))

    used(store)


def test_a_folder_of_a_program_before_goes_on_and_gets_its_mark(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    store.log.append([registered("a"), registered("b")])
    store.states.commit(Step(unit=NAME, before=Cursor(), after=Cursor(1)))
    there = There()

    used(store)
    run(forwarder(store, there))

    assert there.ids == [registered("b").id]
    ids["duban-"] = "3"
    with pytest.raises(UsageError):
        used(store)


def test_everything_is_handed_on_again_under_the_same_ids(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    events = [registered("a"), hinted("x", "a"), hinted("y", "a")]
    handed_on_before(store, *events)
    ids["duban-"] = "3"

    assert hand_on_again(store, SETTINGS) == 3
    used(store)
    there = There()
    run(forwarder(store, there))

    assert there.ids == [one.id for one in events]


def test_to_the_kafka_that_has_it_nothing_is_handed_on_again(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    handed_on_before(store, registered("a"))

    with pytest.raises(UsageError, match="无须再交"):
        hand_on_again(store, SETTINGS)

    assert store.states.cursor(NAME).position == 1


def test_a_folder_of_one_machine_is_not_handed_on(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    with pytest.raises(UsageError, match="不属于分布式"):
        hand_on_again(store, SETTINGS)


def test_a_folder_that_is_to_be_handed_on_again_stays_that_of_an_edge(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    store.log.append([registered("a")])
    store.states.commit(Step(unit=NAME, before=Cursor(), after=Cursor(1)))

    hand_on_again(store, SETTINGS)

    with pytest.raises(UsageError, match="分布式"):
        refuse_an_edge(store)


@pytest.mark.parametrize("is_marked", [True, False])
def test_topics_that_hold_something_are_refused_unless_that_is_accepted(
    store: EmbeddedStore,
    ids: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    is_marked: bool,
) -> None:
    """A folder of a program before has no mark, and Kafka may have all of it."""
    claim(store, ["crawler"])
    if is_marked:
        used(store)
    store.log.append([registered("a")])
    store.states.commit(Step(unit=NAME, before=Cursor(), after=Cursor(1)))
    ids["duban-"] = "3"
    names = [f"duban-{one}" for one in ("posted", "facts", "aside", "alerts")]
    monkeypatch.setattr(handed_on, "filled", lambda settings: names)

    with pytest.raises(UsageError) as refused:
        hand_on_again(store, SETTINGS)

    assert "（duban-posted、duban-facts、duban-aside…）" in str(refused.value)
    assert "--accept" in str(refused.value)
    assert "--accept" in refused.value.english
    assert store.states.cursor(NAME).position == 1
    assert hand_on_again(store, SETTINGS, accept=True) == 1
    assert store.states.cursor(NAME).position == 0


def test_a_running_edge_is_told_what_one_that_starts_is_told(
    store: EmbeddedStore, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    used(store)
    watch = watched(store, SETTINGS)
    monkeypatch.setattr(watch, "_found", lambda: handed_on._now(SETTINGS))
    watch.check()
    ids["duban-"] = "3"

    told = []
    for ask in (watch.check, lambda: used(store)):
        with pytest.raises(OtherTopicsError) as refused:
            ask()
        told.append((str(refused.value), refused.value.english))

    assert told[0] == told[1]


class Killed(BaseException):
    """Stands for SIGKILL: nothing after it runs."""


@pytest.mark.parametrize("lives", range(5))
def test_asking_for_it_may_be_broken_off_at_any_point_and_asked_for_again(
    store: EmbeddedStore, ids: dict[str, str], monkeypatch: pytest.MonkeyPatch, lives: int
) -> None:
    events = [registered("a"), hinted("x", "a")]
    handed_on_before(store, *events)
    AlertsUnit(store.states, Kafka(alerted("a", 1, fault("SUM")))).advance()  # type: ignore[arg-type]
    ids["duban-"] = "3"
    left, commit = iter(range(lives)), store.states.commit

    def mortal(step: Step) -> None:
        if next(left, None) is None:
            raise Killed
        commit(step)

    with monkeypatch.context() as patch:
        patch.setattr(store.states, "commit", mortal)
        try:
            hand_on_again(store, SETTINGS)
        except Killed:
            is_asked_again = True
        else:
            is_asked_again = False
    if is_asked_again:
        with pytest.raises(UsageError):
            used(store)
        hand_on_again(store, SETTINGS)

    there = There()
    used(store)
    run(forwarder(store, there))
    assert there.ids == [one.id for one in events]


def test_nobody_is_judged_before_what_was_posted_is_read_again(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    posting = hinted("x", "a")
    handed_on_before(
        store, registered("a"), registered("b"), posting, checked("b"), checked("a"),
        began("2025-04-01"), withdrawn("a", "x"),
    )  # fmt: skip
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    there = There()
    unit = forwarder(store, there)

    run(unit)
    assert there.names[-2:] == ["report.posted", "page.checked"]  # of "b", whom it does not concern
    answer(there, posting, read("a", 2024))
    run(unit)

    assert there.names[-3:] == ["page.checked", "day.began", "report.withdrawn"]


@pytest.mark.parametrize("waits", [True, False])
def test_an_agency_whose_report_was_found_elsewhere_is_not_said_to_have_none(
    store: EmbeddedStore, ids: dict[str, str], tmp_path: Path, waits: bool
) -> None:
    """The judgement of the whole chain; where nothing waits, it goes wrong."""
    column, there = "http://127.0.0.1/list", There()
    posting = hinted("x", "a")
    handed_on_before(
        store,
        publishing_at(column),
        posting,
        checked("a", column, whole=True, minute=1),
        checked("a", column, whole=True, minute=130 * 24 * 60),  # after the last day
    )
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    unit = forwarder(store, there) if waits else Forwarder(store, there)
    run(unit)
    outcome = msgspec.structs.replace(read("a", 2024, "一、总体情况"), cause=posting.id)
    answer(there, posting, outcome)
    there.written.append(outcome)
    run(unit)

    alerts = concluded(tmp_path, [one for one in there.written if one.topic == "facts"])
    accused = {one.year for one in alerts if one.kind == "absent"}
    assert (2024 in accused) == (not waits)
    assert "report" in {one.kind for one in alerts}


@pytest.mark.parametrize("leaked", [True, False])
def test_what_stands_before_what_it_came_after_leads_to_a_false_accusation(
    tmp_path: Path, leaked: bool
) -> None:
    """Why topics that hold something are refused: what comes again is a repetition."""
    column, gone = "http://127.0.0.1/list", removed("a")
    again = [publishing_at(column), gone] + [
        checked("a", column, whole=True, minute=minute) for minute in (1, 130 * 24 * 60)
    ]

    alerts = concluded(tmp_path, [gone, *again] if leaked else again)

    assert ("absent" in {one.kind for one in alerts}) == leaked


def publishing_at(column: str) -> Event:
    """The registration of an agency with a list of its own."""
    event = registered("a")
    body = cast("AgencyRegistered", event.body)
    agency = msgspec.structs.replace(body.agency, columns=(column,))
    return msgspec.structs.replace(event, body=msgspec.structs.replace(body, agency=agency))


def concluded(folder: Path, facts: Sequence[Event]) -> list[AlertOpened]:
    """What the whole chain makes of facts in their order."""
    with EmbeddedStore(folder / "office") as office:
        runner = open_office(office)
        office.log.append(facts)
        runner.run_until_idle()
        return [cast("AlertOpened", one.event.body) for one in office.log.read("alerts")]


def test_a_posting_whose_agency_is_not_known_is_waited_for_by_all(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    posting = posted("x")
    handed_on_before(store, registered("b"), posting, checked("b"))
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    there = There()
    unit = forwarder(store, there)

    run(unit)
    assert there.names[-1] == "report.posted"
    answer(there, posting, rejected("x"))
    run(unit)
    assert there.names[-1] == "page.checked"


def test_a_posting_that_was_set_aside_is_not_waited_for(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    posting = hinted("x", "a")
    handed_on_before(store, posting, checked("a"))
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    there = There()
    raw = Raw(0, 0, posting.key, posting.id, posting.name, b"{}", "", "posted")
    note = note_of("intake", raw, SetAside(1, posting.key, posting.id, "出错"))
    other = note_of("agency", raw, SetAside(1, posting.key, "other", "出错"))
    unit = forwarder(store, there)

    there.aside.add_bytes(other.key, other.id, other.name, other.value)
    there.aside.add_bytes("x", "?", "?", b"{")
    run(unit)
    assert there.names == ["report.posted"]
    there.aside.add_bytes(note.key, note.id, note.name, note.value)
    run(unit)
    assert there.names == ["report.posted", "page.checked"]


def test_what_is_recorded_meanwhile_waits_for_all_and_then_nothing_waits_any_more(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    posting = hinted("x", "a")
    handed_on_before(store, posting)
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    store.log.append([checked("b"), hinted("y", "b"), checked("b", minute=1)])
    there = There()
    unit = forwarder(store, there)

    run(unit)
    assert there.names == ["report.posted"]
    answer(there, posting, read("a", 2024))
    run(unit)

    assert there.names[1:] == ["page.checked", "report.posted", "page.checked"]


def test_a_start_in_between_and_kafka_away_lose_no_waiting_and_wait_for_nothing_twice(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    first, second = hinted("x", "a"), hinted("y", "a")
    handed_on_before(store, first, checked("a"), second, checked("a", minute=1))
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    there = There()
    run(forwarder(store, there))
    run(forwarder(store, there))  # knows from the history what it handed on
    assert there.names == ["report.posted"]

    answer(there, first, read("a", 2023))
    unit = forwarder(store, there)
    there.is_away = True
    with pytest.raises(StorageError):
        unit.advance()
    answer(there, second, read("a", 2024))  # by a forwarder that was killed before its cursor
    with pytest.raises(StorageError):
        unit.advance()
    there.is_away = False
    run(unit)

    assert there.names == ["report.posted", "page.checked"] * 2


def test_a_copy_of_a_crawlers_folder_leaves_days_and_lists_to_the_crawler(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    claim(store, ["crawler", "pages"])
    refuse_topics_made_anew(store, SETTINGS)
    store.log.append([registered("a"), checked("a"), hinted("x", "a"), began("2025-04-01")])
    claim(store, ["pages"])
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    there = There()
    store.log.append([hinted("y", "a")])
    answer(there, hinted("x", "a"), read("a", 2024))

    run(forwarder(store, there))

    assert there.names == ["report.posted", "report.posted"]


def test_while_nothing_waits_kafka_is_not_asked(store: EmbeddedStore, ids: dict[str, str]) -> None:
    used(store)
    store.log.append([hinted("x", "a"), checked("a"), began("2025-04-01")])
    there = There()

    run(forwarder(store, there))

    assert len(there.names) == 3
    assert there.facts.asked == []


def test_waiting_is_told_now_and_then(
    store: EmbeddedStore, ids: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    handed_on_before(store, hinted("x", "a"), checked("a"))
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    now = [0.0]
    there = There()
    gate = HandingAgain(store, cast("PartitionReader", there), now=lambda: now[0])
    unit = Forwarder(store, there, gate=gate)

    for moment in (0.0, 1.0, 29.0, 31.0):
        now[0] = moment
        run(unit)

    told = [one for one in caplog.records if getattr(one, "action", "") == "handing_again_waits"]
    assert [one.getMessage() for one in told] == [
        "正在从头再交：第 2 / 2 条事件，等待 worker 读出之前的 1 份报告"
    ] * 2


def test_what_follows_kafka_begins_anew_too(store: EmbeddedStore, ids: dict[str, str]) -> None:
    used(store)
    before = Kafka(*map(registered, "abcd"), read("a", 2024))

    def units(kafka: Kafka) -> tuple[Followed, ReadingsThere]:
        return (
            Followed(store.states, kafka, store.blobs, None),  # type: ignore[arg-type]
            ReadingsThere(store.log, store.states, kafka),  # type: ignore[arg-type]
        )

    followed, readings = units(before)
    while followed.advance():
        pass
    while readings.read("facts"):
        pass
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)

    followed, readings = units(Kafka(registered("e"), read("b", 2023)))
    while followed.advance():
        pass
    assert "e" in [one.id for one in followed.roster()]
    assert [one.event for one in readings.read("facts")] == [read("b", 2023)]


def test_alerts_that_come_again_are_not_told_again_and_new_ones_are(
    store: EmbeddedStore, ids: dict[str, str], tmp_path: Path
) -> None:
    """Read by a newer program they come under other ids; what is told stays told."""
    used(store)
    office = Telling(tmp_path / "out", store)
    alerts = [alerted("a", 1, fault("SUM")), alerted("b", 1, fault("TXT")), alerted("b", 2)]

    def follow(*events: Event) -> None:
        unit = AlertsUnit(store.states, Kafka(*events))  # type: ignore[arg-type]
        while unit.advance():
            pass
        office.start()
        office.run()
        office.pass_(WINDOW)
        office.pass_(timedelta(hours=2))

    follow(*alerts[:2])
    follow(*alerts)
    told = office.subjects()
    assert len(told) == 3

    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    renamed = [msgspec.structs.replace(one, id=f"{one.id}-again") for one in alerts]
    follow(*alerts[:2], *renamed)
    assert office.subjects() == told

    follow(*alerts[:2], *renamed, alerted("a", 2, fault("SUM"), fault("NEU")))
    assert len(office.subjects()) == len(told) + 1


def test_an_event_that_is_damaged_is_neither_sent_nor_waited_for(
    store: EmbeddedStore, ids: dict[str, str]
) -> None:
    handed_on_before(store, hinted("x", "a"), checked("a"))
    with store.history.write() as connection:
        connection.execute("UPDATE event SET packed = 0, body = 'x' WHERE position = 1")
    ids["duban-"] = "3"
    hand_on_again(store, SETTINGS)
    there = There()

    run(forwarder(store, there))

    assert there.names == ["page.checked"]
