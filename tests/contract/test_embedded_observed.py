"""What the units of the embedded profile tell of their work, whoever did it."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from duban.adapters.embedded.backlog import Aside, Backlog, asides, backlogs
from duban.adapters.embedded.chain_unit import ChainUnit
from duban.adapters.embedded.crew import Crew, place_of
from duban.adapters.embedded.observed_unit import ObservedUnit
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.retrying import Retrying
from duban.domain.event import Event
from duban.observing import Taken, Unobserved
from duban.ports import Recorded
from duban.testing.clock import MovableClock
from duban.testing.events import posted, read, registered, released
from duban.testing.runner import chain

AGENCIES = [f"a{n:03}" for n in range(70)]
FACTS: Sequence[Event] = [
    *map(registered, AGENCIES),
    released("1"),
    *(read(a, year, "错误SUM 警告TXT") for year in (2022, 2023) for a in AGENCIES),
    *(read(a, 2024, "崩溃") for a in AGENCIES[::20]),
    released("2"),
]


class Heard(Unobserved):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.taken: Counter[tuple[str, str, bool]] = Counter()
        self.steps: Counter[str] = Counter()
        self.seen: list[Recorded] = []

    def took_step(self, unit: str, taken: Sequence[Taken], took_s: float) -> None:
        assert took_s > 0
        self.steps[unit] += 1
        self.taken.update((unit, one.name, one.is_aside) for one in taken)

    def indexed(self, recorded: Sequence[Recorded]) -> None:
        self.seen += recorded


def judged(folder: Path, size: int) -> tuple[Heard, int]:
    """What is told of judging FACTS with so many workers, and how many workers there were."""
    heard, pids = Heard(), set()
    with EmbeddedStore(folder) as store, closing(Crew(place_of(folder, chain), size)) as crew:
        store.log.append(FACTS)
        unit = ChainUnit(
            store.log, store.states, chain(store.blobs, store.states),
            crew=crew if size else None, worth_a_crew_s=0.0, observer=heard,
        )  # fmt: skip
        while unit.advance():
            pids.update(crew.pids)
    return heard, len(pids)


def test_an_event_counts_once_for_each_agency_it_was_handled_for(tmp_path: Path) -> None:
    heard, _ = judged(tmp_path, 0)

    broken = len(AGENCIES[::20])
    assert heard.taken["agency", "report.read", False] == 2 * len(AGENCIES)
    assert heard.taken["agency", "report.read", True] == broken
    assert heard.taken["agency", "rulebook.released", False] >= len(AGENCIES)


def test_what_workers_did_is_told_by_their_parent_just_the_same(tmp_path: Path) -> None:
    alone, _ = judged(tmp_path / "alone", 0)
    helped, workers = judged(tmp_path / "helped", 2)

    assert workers == 2
    assert helped.taken == alone.taken


def test_an_event_that_cannot_be_decoded_is_told_without_a_name(tmp_path: Path) -> None:
    heard = Heard()
    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered("a"), read("a", 2024, "正常")])
        with store.history.write() as connection:
            connection.execute("UPDATE event SET packed = 0, body = x'00' WHERE position = 2")
        store.runner(chain(store.blobs, store.states), observer=heard).run_until_idle()

    assert heard.taken["agency", "unreadable", True] == 1
    assert heard.taken["indexer", "unreadable", True] == 1
    assert [one.position for one in heard.seen] == [1]


def test_an_effect_is_told_when_it_is_stored(tmp_path: Path) -> None:
    def handle(one: Recorded) -> Sequence[Event]:
        if one.position == 2:
            raise ValueError("a fault of ours")
        return ()

    heard = Heard()
    with EmbeddedStore(tmp_path) as store:
        store.log.append([posted("x"), posted("y"), posted("z")])
        unit = store.effect("intake", "posted", handle, at_once=2, observer=heard)
        store.runner(units=[unit]).run_until_idle()

    assert heard.taken["intake", "report.posted", False] == 2
    assert heard.taken["intake", "report.posted", True] == 1
    assert heard.steps["intake"] == 3


def test_the_backlog_tells_how_far_each_unit_is_behind(tmp_path: Path) -> None:
    units = (("agency", ("facts",)), ("intake", ("posted",)))
    with EmbeddedStore(tmp_path) as store:
        store.log.append([registered("a"), posted("x"), read("a", 2024, "错误SUM")])

        assert [(b.unit, b.events) for b in backlogs(store, units)] == [
            ("agency", 2), ("intake", 1), ("indexer", 3),
        ]  # fmt: skip

        store.runner(chain(store.blobs, store.states)).run_until_idle()
        agency, intake, indexer = backlogs(store, units)
        assert (agency.events, intake.events, indexer.events) == (0, 1, 0)
        assert indexer.position == store.end()


def test_the_backlog_tells_for_how_many_agencies_an_event_is_still_to_be_handled(
    tmp_path: Path,
) -> None:
    with EmbeddedStore(tmp_path) as store:
        unit = ChainUnit(store.log, store.states, chain(store.blobs, store.states))
        store.log.append(list(map(registered, AGENCIES)))
        while unit.advance():
            pass
        store.log.append([released("1")])
        left = []
        while unit.advance():
            left.append(backlogs(store, (("agency", ("facts",)),))[0])

    assert [(one.events, one.agencies) for one in left] == [(1, 38), (1, 6), (0, 0)]
    assert isinstance(left[0], Backlog)


def test_what_is_set_aside_now_is_told_apart_from_what_ever_was(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        runner = store.runner(chain(store.blobs, store.states))
        store.log.append([released("1"), read("a", 2023, "崩溃"), read("b", 2023, "崩溃")])
        runner.run_until_idle()
        assert asides(store) == [Aside("agency", now=2, ever=2)]

        store.log.append([released("9")])  # under which it can be judged
        [(unit, first), _] = store.states.set_aside()
        Retrying(store.log, store.states, MovableClock()).ask(
            first.event_id, unit, first.key, by="测试员"
        )
        runner.run_until_idle()

        assert asides(store) == [Aside("agency", now=1, ever=2)]


def test_the_store_tells_how_many_workers_it_has(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})  # one alone calls no workers
    with EmbeddedStore(tmp_path) as store:
        crew = store.crew(chain)
        assert crew is not None
        assert store.workers == 0
        crew.begin({}, whole=True)
        assert store.workers == len(crew.pids) > 0
        crew.finish()


def test_a_unit_that_says_nothing_is_told_of_when_it_did_something(tmp_path: Path) -> None:
    class Silent:
        name = "notifier"
        left = 2

        def advance(self) -> bool:
            self.left -= 1
            return self.left >= 0

    heard = Heard()
    with EmbeddedStore(tmp_path) as store:
        store.runner(units=[ObservedUnit(Silent(), heard)]).run_until_idle()

    assert heard.steps["notifier"] == 2
