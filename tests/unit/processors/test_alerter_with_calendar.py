"""The alerter behind the real calendar and the real rules."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from duban.adapters.embedded.runner import EmbeddedRunner
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import AlertOpened, AlertResolved, Event
from duban.testing.events import checked, read, registered, rejected, removed
from duban.testing.office import open_office

URL = "http://gov/2024"


class Office:
    def __init__(self, store: EmbeddedStore, runner: EmbeddedRunner) -> None:
        self.store, self.runner = store, runner

    def take(self, *given: Event) -> list[str]:
        """Record facts; what is said of alerts because of them."""
        after = self.store.end()
        self.store.log.append(given)
        self.runner.run_until_idle()
        made = self.store.log.read("alerts", after)
        return [
            f"{one.event.name[6:]} {body.kind} {body.because}"
            for one in made
            if isinstance(body := one.event.body, AlertOpened)
        ]

    def alerts(self) -> list[AlertOpened]:
        """The alerts that are open."""
        last: dict[tuple[str, int, str], AlertOpened] = {}
        for one in self.store.log.read("alerts"):
            if isinstance(body := one.event.body, AlertOpened):
                last[body.agency_id, body.year, body.kind] = body
        return [body for body in last.values() if not isinstance(body, AlertResolved)]


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    with EmbeddedStore(tmp_path / "data") as store:
        made = Office(store, open_office(store))
        made.take(registered("a"), checked("a"))
        yield made


def test_bytes_that_were_never_readable_ask_for_a_person(office: Office) -> None:
    scan = rejected("扫描件", agency_id="a", year=2024, url=URL)

    assert office.take(scan) == ["opened unreadable unreadable"]
    assert office.take(msgspec.structs.replace(scan, id="again")) == []
    said = office.take(read("a", 2024, "说明", url=URL, minute=9))

    assert said == ["opened report revised", "resolved unreadable revised"]


def test_unreadable_bytes_that_turn_out_to_be_no_report_ask_for_nobody(office: Office) -> None:
    office.take(rejected("扫描件", agency_id="a", year=2024, url=URL))

    other = rejected("通知", "other_document", agency_id="a", year=2024, url=URL, minute=9)

    assert office.take(other) == ["resolved unreadable unreadable"]


def test_an_agency_off_the_roster_has_no_alerts_until_it_is_back(office: Office) -> None:
    assert office.take(read("a", 2024, "说明", url=URL)) == ["opened report revised"]
    lines = office.alerts()[0].lines

    assert office.take(removed("a", minute=9)) == ["resolved report roster"]
    assert office.take(registered("a", minute=10)) == ["opened report roster"]

    assert office.alerts()[0].lines == lines


def test_a_new_name_is_told_in_the_alert(office: Office) -> None:
    office.take(read("a", 2024, "说明", url=URL))

    office.take(registered("a", "新名称局", minute=9))

    assert [one.agency for one in office.alerts()] == ["新名称局"]


def test_every_line_is_a_fault_of_the_agency_in_two_languages(office: Office) -> None:
    office.take(read("a", 2024, "说明", url=URL))

    (alert,) = office.alerts()

    assert alert.lines
    assert all(line.message and line.message_en for line in alert.lines)
    assert {line.severity for line in alert.lines} <= {"error", "warning"}
