"""What pages and crawler learn of one another through Kafka, each in a process of its own."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from duban import assets
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rules_in_force import Proposal, RulesInForce
from duban.domain.event import ReportRead
from duban.testing.clock import MovableClock
from duban.testing.events import posted, read, registered, rejected, removed

pytest.importorskip("kafka")

from streams import Kafka

from duban.distributed.in_force import Cards, Followed
from duban.distributed.places import Places
from duban.distributed.readings_there import ReadingsThere


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "pages") as opened:
        yield opened


@pytest.fixture
def crawler(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "crawler") as opened:
        yield opened


def followed(store: EmbeddedStore, kafka: Kafka, blobs: object = None) -> Followed:
    return Followed(store.states, kafka, blobs or store.blobs, None)  # type: ignore[arg-type]


def run(unit: Followed) -> None:
    while unit.advance():
        pass


def test_the_roster_is_followed_over_a_restart(store: EmbeddedStore) -> None:
    kafka = Kafka(*map(registered, "abc"), read("a", 2024))
    unit = followed(store, kafka)
    run(unit)
    assert [one.id for one in unit.roster()] == ["a", "b", "c"]

    kafka.add(removed("b"), registered("c", "丙局", minute=1))
    run(unit)
    kafka.asked.clear()
    again = followed(store, kafka)
    run(again)

    assert [(one.id, one.name) for one in again.roster()] == [("a", "a县财政局"), ("c", "丙局")]
    assert kafka.asked == []


@pytest.fixture
def released(crawler: EmbeddedStore, tmp_path: Path) -> Proposal:
    """The packaged rules under another version, in force at the crawler."""
    own = tmp_path / "rules"
    shutil.copytree(assets.find("rules"), own)
    book = own / "rulebook.yaml"
    book.write_text(re.sub(r"(?m)^version:.*$", "version: 9.9.9", book.read_text("utf-8")), "utf-8")
    return RulesInForce(crawler.blobs, crawler.states).put_in_force(own, MovableClock(), own=True)


def test_the_rules_that_the_crawler_released_hold_on_the_pages(
    store: EmbeddedStore, crawler: EmbeddedStore, released: Proposal
) -> None:
    kafka = Kafka(*released.events)
    unit = followed(store, kafka, crawler.blobs)
    before = unit.rulebook().version

    run(unit)
    again = followed(store, kafka, crawler.blobs)

    assert before != "9.9.9"
    assert unit.rulebook().version == again.rulebook().version == "9.9.9"
    assert again.almanac() == RulesInForce(crawler.blobs, crawler.states).calendars.last()[1]
    assert set(Cards(unit)) == {rule.id for rule in released.rulebook.rules}


def test_rules_whose_copy_cannot_be_had_leave_the_former_in_force(
    store: EmbeddedStore, released: Proposal, caplog: pytest.LogCaptureFixture
) -> None:
    unit = followed(store, Kafka(*released.events))  # its own originals do not hold the copy
    before = unit.rulebook().version
    run(unit)

    assert unit.rulebook().version == before != "9.9.9"
    assert "release_not_opened" in {getattr(one, "action", "") for one in caplog.records}


def test_the_crawler_hears_what_became_of_what_it_posted(crawler: EmbeddedStore) -> None:
    kafka = Kafka(read("a", 2024), posted("x"), rejected("y", agency_id="b", year=2023))
    log = ReadingsThere(crawler.log, crawler.states, kafka)  # type: ignore[arg-type]

    first = log.read("facts", 7)
    second = log.read("facts", first[-1].position)

    assert {type(one.event.body).__name__ for one in first} == {"ReportRead", "ReportRejected"}
    assert [one.position for one in first] == [8, 9]
    assert second == []


def test_a_reading_is_heard_again_when_the_program_ended_before_it_was_noted(
    crawler: EmbeddedStore,
) -> None:
    kafka = Kafka(read("a", 2024))

    def log() -> ReadingsThere:
        return ReadingsThere(crawler.log, crawler.states, kafka)  # type: ignore[arg-type]

    lost = log().read("facts", 0)
    later = log()
    noted = later.read("facts", 0)
    later.read("facts", noted[-1].position)

    assert [one.event for one in noted] == [one.event for one in lost]
    assert isinstance(noted[0].event.body, ReportRead)
    assert log().read("facts", noted[-1].position) == []


def test_the_crawler_goes_on_while_kafka_is_away(crawler: EmbeddedStore) -> None:
    kafka = Kafka(read("a", 2024))
    kafka.is_away = True
    log = ReadingsThere(crawler.log, crawler.states, kafka)  # type: ignore[arg-type]

    away = log.read("facts", 0)
    kafka.is_away = False

    assert away == []
    assert len(log.read("facts", 0)) == 1


def test_what_was_read_is_not_counted_as_taken_by_looking_at_what_comes_next() -> None:
    places = Places()
    wanted, later = places.next(Kafka(read("a", 2024)), "facts", 10)  # type: ignore[arg-type]

    assert wanted
    assert places == Places()
    assert later != places
