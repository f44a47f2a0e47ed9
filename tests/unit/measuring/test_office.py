"""The figures and checks of a whole office in one process, as its machine puts them together."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from duban import __version__
from duban.adapters.embedded.store import EmbeddedStore
from duban.bootstrap import Machine
from duban.config import Settings
from duban.domain.agency import Agency
from duban.domain.event import PageChecked, record
from duban.errors import StorageError
from duban.measuring import catalogue
from duban.testing.events import posted

ROSTER = (Agency(id="a", name="望岚县财政局", kind="dept_county"),)
GAUGES = [metric for metric in catalogue.METRICS if metric.kind == "gauge"]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    with Machine(Settings(data=tmp_path), ROSTER) as machine:
        yield machine


def values(machine: Machine) -> dict[tuple[str, tuple[str, ...]], float]:
    """Each sample by its name and the values of its labels, in the order of the labels' names."""
    text = machine.machinery.figures().decode()
    return {
        (one.name, tuple(value for _, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def test_every_gauge_has_a_value_in_an_office_that_just_began(machine: Machine) -> None:
    found = values(machine)

    for metric in GAUGES:
        labels = [labels for name, labels in found if name == metric.name]
        assert labels, metric.name
        assert all(len(one) == len(metric.labels) for one in labels)


def test_the_program_and_its_rules_are_named(machine: Machine) -> None:
    labels = ("embedded", machine.rulebook.version, __version__)

    assert values(machine)["duban_build_info", labels] == 1


def test_without_a_plan_of_whom_to_tell_nobody_waits_for_messages(machine: Machine) -> None:
    units = {labels for name, labels in values(machine) if name == "duban_unit_lag_events"}

    assert units == {("intake",), ("agency",), ("indexer",)}


def test_what_waits_is_told_until_it_is_done(machine: Machine) -> None:
    machine.store.log.append([posted("x"), posted("y")])
    before = values(machine)
    machine.runner.run_until_idle()
    after = values(machine)

    assert before["duban_unit_lag_events", ("intake",)] == 2
    assert before["duban_index_queue_events", ()] >= 2
    assert after["duban_unit_lag_events", ("intake",)] == 0
    assert after["duban_index_queue_events", ()] == 0


def test_an_original_that_is_missing_shows_as_set_aside_also_after_a_restart(
    tmp_path: Path,
) -> None:
    for start in (1, 2):
        with Machine(Settings(data=tmp_path), ROSTER) as machine:
            if start == 1:
                machine.store.log.append([posted("its bytes were never stored")])
            machine.runner.run_until_idle()
            found = values(machine)
        assert found["duban_set_aside_events", ("intake",)] == 1
        assert found["duban_set_aside_ever_events", ("intake",)] == 1
        counted = found.get(("duban_events_total", ("report.posted", "set_aside", "intake")), 0)
        assert counted == (1 if start == 1 else 0)


def test_a_clock_behind_the_records_is_told(tmp_path: Path) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=5)
    with EmbeddedStore(tmp_path) as store:
        body = PageChecked(agency_id="a", url="http://127.0.0.1/", outcome="read")
        store.log.append([record(body, id="x", at=ahead)])
    with Machine(Settings(data=tmp_path), ROSTER) as machine:
        found = values(machine)

    assert found["duban_clock_trusted", ()] == 0
    assert found["duban_clock_timestamp_seconds", ()] == pytest.approx(ahead.timestamp())


def test_an_office_is_alive_and_ready_once_it_works(machine: Machine) -> None:
    machine.runner.run_until_idle()
    machine.start(crawl=False)

    assert machine.machinery.alive() == {"units": True}
    assert machine.machinery.ready() == {"units": True, "views": True, "reading": True}
    begun = values(machine)["duban_last_day_timestamp_seconds", ()]
    assert 0 <= time.time() - begun < 86400 + 60


def test_views_that_were_begun_anew_are_not_ready_before_they_are_filled(tmp_path: Path) -> None:
    with Machine(Settings(data=tmp_path), ROSTER) as machine:
        machine.store.log.append([posted("x")])
        machine.runner.run_until_idle()
    for file in (tmp_path / "views").iterdir():
        file.unlink()
    with Machine(Settings(data=tmp_path), ROSTER) as machine:
        before = machine.machinery.ready()
        machine.runner.run_until_idle()
        after = machine.machinery.ready()

    assert before == {"units": True, "views": False, "reading": True}
    assert after["views"]


def test_units_that_stopped_are_neither_alive_nor_ready(tmp_path: Path) -> None:
    said = []

    def broken() -> bool:
        raise StorageError("磁盘已满。")

    def run() -> None:
        with Machine(Settings(data=tmp_path), ROSTER) as machine:
            machine.runner._units[0].advance = broken  # type: ignore[method-assign]
            machine.start(crawl=False)
            end = time.monotonic() + 10
            while machine.machinery.alive()["units"] and time.monotonic() < end:
                time.sleep(0.05)
            said.append((machine.machinery.alive(), machine.machinery.ready()["units"]))
            said.append(values(machine)["duban_units_running", ()])

    with pytest.raises(StorageError, match="磁盘已满"):
        run()
    assert said == [({"units": False}, False), 0]
