"""A calendar is released once, told anew when it changes, and can be had again from its copy."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from duban import assets
from duban.adapters import calendar_library
from duban.adapters.calendar_library import CalendarLibrary
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import CalendarReleased
from duban.errors import RuleError, StorageError
from duban.testing.clock import MovableClock

RULES = assets.find("rules")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "data") as store:
        yield store


@pytest.fixture
def other_rules(tmp_path: Path) -> Path:
    """The deadlines under another version."""
    folder = tmp_path / "rules"
    shutil.copytree(RULES / "deadlines", folder / "deadlines")
    heading = folder / "deadlines" / "calendar.yaml"
    heading.write_text(heading.read_text("utf-8").replace("2026.1", "2026.2"), "utf-8")
    return folder


def releases(store: EmbeddedStore) -> list[CalendarReleased]:
    bodies = [recorded.event.body for recorded in store.log.read("facts")]
    return [body for body in bodies if isinstance(body, CalendarReleased)]


def test_the_same_calendar_is_released_once(store: EmbeddedStore) -> None:
    for _ in range(2):
        CalendarLibrary(store.blobs, store.states).release(RULES, MovableClock())

    [released] = releases(store)
    assert released.version == "2026.1"
    assert released.holidays_until >= 2026
    assert released.blob_sha256 in store.blobs


def test_going_back_to_old_deadlines_is_a_release_of_its_own(
    store: EmbeddedStore, other_rules: Path
) -> None:
    library = CalendarLibrary(store.blobs, store.states)
    for folder in (RULES, other_rules, RULES):
        library.release(folder, MovableClock())

    assert [body.version for body in releases(store)] == ["2026.1", "2026.2", "2026.1"]


def test_new_days_off_are_a_release_too(
    store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = CalendarLibrary(store.blobs, store.states)
    library.release(RULES, MovableClock())
    monkeypatch.setattr(calendar_library, "days_off", lambda first: {2027: ("2027-01-31",)})

    library.release(RULES, MovableClock())

    assert [body.holidays_until for body in releases(store)][1:] == [2027]


def test_a_later_start_gives_old_calendars_from_their_copy(
    store: EmbeddedStore, other_rules: Path
) -> None:
    sha256 = CalendarLibrary(store.blobs, store.states).release(other_rules, MovableClock())
    shutil.rmtree(other_rules)

    later = CalendarLibrary(store.blobs, store.states)(sha256)

    assert later.version == "2026.2"
    term = later.term("dept_county", "", 2024)
    assert term is not None
    assert (term.due_on, term.working_day_on) == ("2025-01-31", "2025-02-05")


def test_a_calendar_that_was_never_released_is_told_as_such(store: EmbeddedStore) -> None:
    with pytest.raises(StorageError):
        CalendarLibrary(store.blobs, store.states)("0" * 64)


def test_bytes_that_are_no_calendar_are_told(store: EmbeddedStore) -> None:
    sha256 = store.blobs.put(b"{}")

    with pytest.raises(StorageError, match="无法解读"):
        CalendarLibrary(store.blobs, store.states)(sha256)


def test_wrong_deadlines_release_nothing(store: EmbeddedStore, other_rules: Path) -> None:
    (other_rules / "deadlines" / "towns.yaml").write_text("due: 1\n", "utf-8")

    with pytest.raises(RuleError, match=r"towns\.yaml"):
        CalendarLibrary(store.blobs, store.states).release(other_rules, MovableClock())
    assert releases(store) == []


def test_days_off_that_run_out_are_told_in_the_log(
    store: EmbeddedStore, caplog: pytest.LogCaptureFixture
) -> None:
    clock = MovableClock()  # 2025
    library = CalendarLibrary(store.blobs, store.states)
    with caplog.at_level(logging.WARNING):
        library.release(RULES, clock)
        assert "节假日" not in caplog.text

        clock.move(timedelta(days=366 * 20))
        library.release(RULES, clock)
    assert "2045 年的节假日安排尚不知道" in caplog.text
