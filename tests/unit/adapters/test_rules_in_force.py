"""Rules given by hand hold until others are ordered; those of the program follow the program."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from duban import assets
from duban.adapters import calendar_library
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rules_in_force import RulesInForce
from duban.bootstrap import Machine
from duban.config import Settings
from duban.domain.event import CalendarReleased, RulebookReleased
from duban.errors import RuleError
from duban.testing.clock import MovableClock

CLOCK = MovableClock()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "data") as store:
        yield store


def folder(at: Path, version: str, deadlines: str = "2026.1") -> Path:
    """The rules under other versions."""
    shutil.copytree(assets.find("rules"), at)
    for name, old, new in (
        ("rulebook.yaml", "1.1.0", version),
        ("deadlines/calendar.yaml", "2026.1", deadlines),
    ):
        path = at / name
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    return at


def versions(store: EmbeddedStore) -> list[str]:
    """What was released, in order."""
    bodies = [one.event.body for one in store.log.read("facts")]
    return [
        body.version for body in bodies if isinstance(body, RulebookReleased | CalendarReleased)
    ]


def started(store: EmbeddedStore, packaged: Path, given: Path | None = None) -> tuple[str, str]:
    """What holds after a start."""
    rules = RulesInForce(store.blobs, store.states)
    rules.start(packaged, given, CLOCK)
    return rules.now().rulebook, rules.now().deadlines


def test_the_rules_of_the_program_follow_the_program(store: EmbeddedStore, tmp_path: Path) -> None:
    assert started(store, folder(tmp_path / "1", "1.1.1")) == ("1.1.1", "2026.1")
    assert started(store, tmp_path / "1") == ("1.1.1", "2026.1")
    assert started(store, folder(tmp_path / "2", "1.2.0", "2026.2")) == ("1.2.0", "2026.2")

    assert versions(store) == ["1.1.1", "2026.1", "1.2.0", "2026.2"]


def test_rules_given_by_hand_hold_through_starts_and_upgrades(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    packaged = folder(tmp_path / "1", "1.1.1")
    started(store, packaged)
    own = folder(tmp_path / "own", "9.0.0", "2026.9")
    RulesInForce(store.blobs, store.states).put_in_force(own, CLOCK, own=True)
    shutil.rmtree(own)

    assert started(store, packaged) == ("9.0.0", "2026.9")
    upgraded = folder(tmp_path / "2", "1.2.0")
    assert started(store, upgraded) == ("9.0.0", "2026.9")
    assert RulesInForce(store.blobs, store.states).is_kept_from(upgraded, CLOCK)

    RulesInForce(store.blobs, store.states).put_in_force(upgraded, CLOCK, own=False)
    assert started(store, upgraded) == ("1.2.0", "2026.1")
    assert not RulesInForce(store.blobs, store.states).is_kept_from(upgraded, CLOCK)
    assert started(store, folder(tmp_path / "3", "1.3.0")) == ("1.3.0", "2026.1")


def test_a_folder_given_at_a_start_is_given_by_hand(store: EmbeddedStore, tmp_path: Path) -> None:
    packaged = folder(tmp_path / "1", "1.1.1")
    own = folder(tmp_path / "own", "9.0.0")

    assert started(store, packaged, own) == ("9.0.0", "2026.1")
    assert started(store, packaged) == ("9.0.0", "2026.1")


def test_back_to_the_program_follows_it_again_also_where_both_say_the_same(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    own = folder(tmp_path / "own", "9.0.0")
    started(store, assets.find("rules"), own)
    RulesInForce(store.blobs, store.states).put_in_force(own, CLOCK, own=False)

    assert started(store, folder(tmp_path / "2", "9.1.0")) == ("9.1.0", "2026.1")


def test_an_order_that_was_cut_short_is_completed_by_the_next_start(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    packaged = folder(tmp_path / "1", "1.1.1")
    started(store, packaged)
    own = folder(tmp_path / "own", "9.0.0", "2026.9")
    rules = RulesInForce(store.blobs, store.states)

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(rules.calendars, "record", killed)
    with pytest.raises(KeyboardInterrupt):
        rules.put_in_force(own, CLOCK, own=True)
    assert rules.now().rulebook == "9.0.0"

    assert started(store, packaged) == ("9.0.0", "2026.9")


def test_rules_of_which_half_is_wrong_are_not_released_by_half(
    store: EmbeddedStore, tmp_path: Path
) -> None:
    own = folder(tmp_path / "own", "9.0.0")
    (own / "deadlines" / "towns.yaml").write_text("due: 1\n", "utf-8")
    with pytest.raises(RuleError, match=r"towns\.yaml"):
        started(store, assets.find("rules"), own)
    assert versions(store) == []


def test_days_off_that_became_known_reach_deadlines_given_by_hand(
    store: EmbeddedStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started(store, assets.find("rules"), folder(tmp_path / "own", "9.0.0", "2026.9"))
    monkeypatch.setattr(calendar_library, "days_off", lambda first: {2027: ("2027-01-31",)})

    started(store, assets.find("rules"))

    released = [one.event.body for one in store.log.read("facts")][-1]
    assert isinstance(released, CalendarReleased)
    assert (released.version, released.holidays_until) == ("2026.9", 2027)


def test_files_are_kept_byte_for_byte(store: EmbeddedStore, tmp_path: Path) -> None:
    own = folder(tmp_path / "own", "9.0.0")
    book = own / "rulebook.yaml"
    book.write_bytes(book.read_bytes().replace(b"\n", b"\r\n") + b"# \xe6\xb3\xa8\r\r\n")
    rules = RulesInForce(store.blobs, store.states)
    proposal = rules.put_in_force(own, CLOCK, own=True)

    again = RulesInForce(store.blobs, store.states)

    assert again.rulebooks(proposal.rulebook.sha256).version == "9.0.0"


def test_a_start_says_which_rules_it_keeps_and_that_it_changed_them(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    own = folder(tmp_path / "own", "9.0.0")
    data = tmp_path / "data"
    with Machine(Settings(data=data), None):
        assert "规则集" not in caplog.text
        assert caplog.text.count("节假日安排尚不知道") <= 1
    with Machine(Settings(data=data, rules=own), None) as machine:
        assert machine.rulebook.version == "9.0.0"
        assert "规则集由 1.1.0 换为 9.0.0" in caplog.text
    caplog.clear()
    with caplog.at_level(logging.WARNING), Machine(Settings(data=data), None) as machine:
        assert machine.rulebook.version == "9.0.0"
        assert "继续执行自行发布的规则集 9.0.0" in caplog.text
        assert "duban judge --packaged" in caplog.text
