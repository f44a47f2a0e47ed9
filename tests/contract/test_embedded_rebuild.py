"""A rebuild beside a program that goes on: nothing is shown less, nothing aside is forgotten."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from duban.adapters.embedded import views_build
from duban.adapters.embedded.index_unit import INDEXER, IndexUnit
from duban.adapters.embedded.rederive import derive_again
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.embedded.views_build import rebuild
from duban.domain.event import BODIES
from duban.domain.view import Scope
from duban.processors.evaluator import Evaluator
from duban.processors.processor import Chain
from duban.testing.events import read, registered, released, sha256
from duban.testing.judge import SpokenJudge
from duban.testing.office import record_newer
from duban.testing.runner import evaluator


def told(*_: int) -> None:
    """Hears how far it is, and says nothing."""


def test_what_is_taken_in_during_a_rebuild_is_in_the_new_views_from_their_first_moment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered("a")])
        indexer = IndexUnit(store.log, store.index)
        indexer.advance()
        fill, ends = views_build._Build._fill, 0
        beside = threading.Thread(target=indexer.advance)

        def fill_and_go_on(build: Any, upto: int | None) -> None:
            nonlocal ends
            fill(build, upto)
            if upto is not None:
                return
            ends += 1
            if ends == 1:  # the exchange has not begun: the pages go ahead
                store.log.append([registered("b")])
                indexer.advance()
            elif ends == 2:  # now nobody goes ahead of what is about to be shown
                store.log.append([registered("c")])
                beside.start()
                beside.join(0.3)
                assert beside.is_alive()

        monkeypatch.setattr(views_build._Build, "_fill", fill_and_go_on)
        exchange, shown = store.views.exchange, []

        def exchange_and_look(file: Any) -> None:
            before = store.index.position()
            exchange(file)
            shown.append((before, store.index.position()))

        monkeypatch.setattr(store.views, "exchange", exchange_and_look)

        assert rebuild(store, told=told).is_exchanged

        beside.join()
        assert [before <= after for before, after in shown] == [True]
        while indexer.advance():
            pass
        assert store.index.overview(Scope()).agencies == 3


def test_a_rebuild_takes_in_what_could_not_be_read_before_and_settles_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedStore(tmp_path) as store:
        record_newer(store)
        assert [(unit, one.key) for unit, one in store.states.set_aside()] == [(INDEXER, "b")]
        rebuild(store, told=told, accept=True)
        assert [unit for unit, _ in store.states.set_aside()] == [INDEXER]

        monkeypatch.setitem(BODIES, ("agency.registered", 9), BODIES["agency.registered", 1])
        assert not rebuild(store, told=told).is_equal
        assert rebuild(store, told=told, accept=True).is_exchanged

        assert store.states.set_aside() == []
        assert store.index.overview(Scope()).agencies == 2


def test_conclusions_are_derived_as_they_were_lived(tmp_path: Path) -> None:
    """What was set aside is passed over even where it would go well now, and so is what waits."""
    mended = {sha256("rulebook 1"): SpokenJudge(is_mended=True)}
    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered("a"), released(), read("a", 2024, "崩溃 错误SUM")])
        store.runner(Chain("agency", (evaluator(),))).run_until_idle()
        assert len(store.states.set_aside()) == 1
        store.log.append([registered("b"), read("b", 2024, "错误SUM")])

        derived = derive_again(store, Chain("agency", (Evaluator(mended.__getitem__),)), told)

        assert derived.is_equal, derived


def test_what_is_concluded_during_a_derivation_is_no_part_of_it(tmp_path: Path) -> None:
    chain = Chain("agency", (evaluator(),))
    with EmbeddedStore(tmp_path) as store:
        live = store.runner(chain)
        store.log.append([registered("a"), released(), read("a", 2024, "错误SUM")])
        live.run_until_idle()
        before = store.log.head("conclusions")

        def go_on(*_: int) -> None:
            if store.log.head("conclusions") == before:
                store.log.append([registered("b"), read("b", 2024, "错误SUM")])
                live.run_until_idle()

        derived = derive_again(store, chain, go_on)

        assert store.log.head("conclusions") > before
        assert derived.is_equal, derived
