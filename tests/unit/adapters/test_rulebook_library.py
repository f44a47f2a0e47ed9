"""A rulebook is released once, told anew when it changes, and can be had again from its copy."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from duban import assets
from duban.adapters import rulebook_library
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.rulebook_library import RulebookLibrary
from duban.domain.event import RulebookReleased
from duban.errors import RuleError, StorageError
from duban.testing.clock import MovableClock


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "data") as store:
        yield store


@pytest.fixture
def other_rules(tmp_path: Path) -> Path:
    """The rules with another version number."""
    folder = tmp_path / "rules"
    shutil.copytree(assets.find("rules"), folder)
    book = folder / "rulebook.yaml"
    changed = book.read_text(encoding="utf-8").replace("1.1.0", "1.1.1")
    book.write_text(changed, encoding="utf-8")
    return folder


def releases(store: EmbeddedStore) -> list[str]:
    bodies = [recorded.event.body for recorded in store.log.read("facts")]
    return [body.version for body in bodies if isinstance(body, RulebookReleased)]


def test_the_same_rules_are_released_once(store: EmbeddedStore) -> None:
    for _ in range(2):
        RulebookLibrary(store.blobs, store.states).release(assets.find("rules"), MovableClock())
    assert releases(store) == ["1.1.0"]


def test_going_back_to_old_rules_is_a_release_of_its_own(
    store: EmbeddedStore, other_rules: Path
) -> None:
    library = RulebookLibrary(store.blobs, store.states)
    for folder in (assets.find("rules"), other_rules, assets.find("rules")):
        library.release(folder, MovableClock())
    assert releases(store) == ["1.1.0", "1.1.1", "1.1.0"]


def test_a_later_start_gives_old_rules_from_their_copy(
    store: EmbeddedStore, other_rules: Path
) -> None:
    first = RulebookLibrary(store.blobs, store.states)
    old = first.release(other_rules, MovableClock())
    shutil.rmtree(other_rules)
    later = RulebookLibrary(store.blobs, store.states)(old.sha256)
    assert (later.version, later.sha256) == (old.version, old.sha256)
    assert [rule.id for rule in later.rules] == [rule.id for rule in old.rules]


def test_rules_never_released_are_told_as_such(store: EmbeddedStore) -> None:
    with pytest.raises(StorageError, match="找不到规则集"):
        RulebookLibrary(store.blobs, store.states)("0" * 64)


def test_files_saved_while_they_are_read_are_not_released(
    store: EmbeddedStore, other_rules: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = other_rules / "rulebook.yaml"
    once, load = [book], rulebook_library.load

    def saved_after(folder: Path) -> object:
        found = load(folder)
        while once:
            once.pop().write_text(book.read_text("utf-8").replace("1.1.1", "1.1.2"), "utf-8")
        return found

    monkeypatch.setattr(rulebook_library, "load", saved_after)
    library = RulebookLibrary(store.blobs, store.states)
    with pytest.raises(RuleError, match="正在被改动"):
        library.release(other_rules, MovableClock())
    assert releases(store) == []
    assert library.release(other_rules, MovableClock()).version == "1.1.2"
