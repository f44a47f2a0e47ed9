"""The runner with threads, other processes and sudden ends."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from duban.adapters.embedded.index_unit import IndexUnit
from duban.adapters.embedded.runner import EmbeddedRunner
from duban.adapters.embedded.signal import Signal
from duban.adapters.embedded.store import EmbeddedStore
from duban.adapters.retrying import Retrying
from duban.domain.event import BODIES, Event, decode, encode
from duban.domain.view import FindingQuery, Scope
from duban.errors import MachineError, StorageError
from duban.ports import Recorded
from duban.processors.processor import Chain
from duban.testing.clock import MovableClock
from duban.testing.events import checked, posted, read, registered, rejected, released
from duban.testing.runner import evaluator
from duban.testing.world import World


def chain() -> Chain:
    return Chain("agency", (evaluator(),))


def test_events_are_handled_at_once_when_they_come(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        runner = store.runner(chain())
        store.log.append([registered("a"), released()])
        runner.start()
        waits = []
        for n in range(20):
            store.log.append([read("a", 2024, f"错误SUM={n}")])
            began = time.perf_counter()
            position = store.log.head("facts")
            while (
                store.index.findings(FindingQuery()).total == 0
                or store.index.position() <= position
            ):
                store.wait(store.index.position(), 1.0)
            waits.append(time.perf_counter() - began)
        runner.stop()

    assert sorted(waits)[10] < 0.1  # bounded loosely here; the benchmark measures it


def test_waiting_for_progress_ends_when_there_is_some_or_the_time_is_over(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        runner = store.runner()
        runner.start()
        began = time.perf_counter()
        assert store.wait(0, 0.05) == 0
        assert time.perf_counter() - began >= 0.05

        timer = threading.Timer(0.05, store.log.append, [[registered("a")]])
        timer.start()
        assert store.wait(0, 5.0) > 0
        assert store.wait(0, 5.0) > 0
        timer.join()
        runner.stop()


def test_what_is_stored_while_a_unit_looks_in_vain_is_not_slept_over() -> None:
    stored, handled = Signal(), threading.Event()

    class Unlucky:
        name = "unlucky"
        looked = False

        def advance(self) -> bool:
            if self.looked:
                handled.set()
            elif stored.count == 0:
                stored.raise_()  # something comes just after the unit found nothing
                self.looked = True
            return False

    runner = EmbeddedRunner([Unlucky()], stored)
    runner.start()
    assert handled.wait(0.5)
    runner.stop()


def test_what_another_process_appends_is_handled_too(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store, EmbeddedStore(tmp_path) as other:
        runner = store.runner(chain())
        runner.start()

        other.log.append([registered("a")])

        assert store.wait(0, 5.0) > 0
        runner.stop()


def test_a_storage_error_stops_the_runner_with_its_sentence(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store, EmbeddedStore(tmp_path) as other:
        runner = store.runner(chain())
        store._database._writer.execute("PRAGMA query_only = 1")
        runner.start()
        other.log.append([registered("a")])

        for _ in range(500):
            if runner.error is not None:
                break
            time.sleep(0.01)

        with pytest.raises(StorageError, match="只能读"):
            runner.stop()


def test_an_event_that_cannot_be_decoded_is_set_aside_by_each_unit(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        newer = encode(registered("b")).replace(b'"version":1', b'"version":9')
        with store._database.write() as connection:
            connection.execute(
                "INSERT INTO event (topic, id, packed, body) VALUES ('facts', 'new', 0, ?)",
                (newer,),
            )
        store.log.append([registered("a")])

        store.runner(chain()).run_until_idle()

        aside = store.states.set_aside()
        assert [(unit, one.event_id) for unit, one in aside] == [
            ("agency", "new"),
            ("indexer", "new"),
        ]
        assert "请升级 duban" in aside[0][1].cause
        assert store.index.overview(Scope()).agencies == 1


def test_an_event_the_index_cannot_take_in_is_set_aside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with EmbeddedStore(tmp_path) as store:
        monkeypatch.setattr("duban.adapters.embedded.prose.searchable", lambda _: 1 / 0)
        store.log.append([registered("a"), read("a", 2024), checked("a"), registered("b")])

        store.runner().run_until_idle()

        assert [unit for unit, _ in store.states.set_aside()] == [IndexUnit.name]
        assert store.index.overview(Scope()).agencies == 2
        assert store.index.overview(Scope()).crawl.pages == 1


class TestEffectUnit:
    def test_results_are_recorded_in_order_whatever_takes_longer(self, tmp_path: Path) -> None:
        def handle(recorded: Recorded) -> Sequence[Event]:
            name = recorded.event.id
            time.sleep(random.Random(name).random() / 100)
            return [checked(name)]

        with EmbeddedStore(tmp_path) as store:
            posts = [posted(f"file {n}") for n in range(20)]
            store.log.append(posts)
            unit = store.effect("intake", "posted", handle, at_once=4)

            store.runner(units=[unit]).run_until_idle()

            assert [one.event.key for one in store.log.read("facts")] == [one.id for one in posts]
            assert not unit.advance()

    def test_what_this_machine_lacks_is_waited_for(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        answers: list[Exception | None] = [MachineError("没有启动成功"), None, None]

        def handle(recorded: Recorded) -> Sequence[Event]:
            if (error := answers.pop(0)) is not None:
                raise error
            return [checked(recorded.event.id)]

        with EmbeddedStore(tmp_path) as store:
            store.log.append([posted("one")])
            unit = store.effect("intake", "posted", handle)

            assert not unit.advance()
            assert "没有启动成功" in caplog.text
            assert unit.advance()

            assert store.states.set_aside() == []
            assert len(store.log.read("facts")) == 1

    def test_what_fails_is_set_aside_and_the_rest_goes_on(self, tmp_path: Path) -> None:
        def handle(recorded: Recorded) -> Sequence[Event]:
            if recorded.event.id == bad.id:
                raise ValueError("打不开")
            return [checked(recorded.event.id)]

        bad = posted("bad")
        with EmbeddedStore(tmp_path) as store:
            store.log.append([posted("one"), bad, posted("two")])

            store.runner(units=[store.effect("intake", "posted", handle)]).run_until_idle()

            assert [one.event_id for _, one in store.states.set_aside()] == [bad.id]
            assert len(store.log.read("facts")) == 2

    def test_what_is_retried_is_handled_as_found_when_it_was_and_settled(
        self, tmp_path: Path
    ) -> None:
        works, seen = False, []

        def handle(recorded: Recorded) -> Sequence[Event]:
            if not works:
                raise ValueError("打不开")
            seen.append(recorded.event)
            return [checked(recorded.event.id)]

        bad = posted("bad")
        with EmbeddedStore(tmp_path) as store:
            store.log.append([bad])
            runner = store.runner(units=[store.effect("intake", "posted", handle)])
            runner.run_until_idle()
            ((unit, row),) = store.states.set_aside()
            assert (unit, row.key, row.event_id) == ("intake", bad.key, bad.id)

            clock = MovableClock()
            clock.move(timedelta(days=90))
            works = True
            ask = Retrying(store.log, store.states, clock).ask
            assert ask(bad.id, "intake", row.key, by="测试员")
            runner.run_until_idle()

            assert [(one.at, one.body, one.cause) for one in seen] == [(bad.at, bad.body, bad.id)]
            assert store.states.set_aside() == []

    def test_a_storage_error_leaves_the_event_to_be_handled_again(self, tmp_path: Path) -> None:
        broken = True

        def handle(recorded: Recorded) -> Sequence[Event]:
            if broken:
                raise StorageError("原文不在")
            return [checked(recorded.event.id)]

        with EmbeddedStore(tmp_path) as store:
            store.log.append([posted("one")])
            runner = store.runner(units=[store.effect("intake", "posted", handle)])

            with pytest.raises(StorageError):
                runner.run_until_idle()
            broken = False
            runner.run_until_idle()

            assert len(store.log.read("facts")) == 1
            assert store.states.set_aside() == []


def test_what_everyone_must_hear_is_told_to_all_once_it_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer = released("2")
    with EmbeddedStore(tmp_path) as store:
        store.log.append([released("1"), registered("a"), read("a", 2024, "错误SUM")])
        with store._database.write() as connection:
            connection.execute(
                "INSERT INTO event (topic, id, packed, body) VALUES ('facts', ?, 0, ?)",
                (newer.id, encode(newer).replace(b'"version":1', b'"version":9')),
            )
        runner = store.runner(chain())
        runner.run_until_idle()
        assert [(unit, one.key) for unit, one in store.states.set_aside()] == [
            ("agency", "*"),
            ("indexer", "*"),
        ]

        monkeypatch.setitem(BODIES, (newer.name, 9), type(newer.body))  # the program is newer now
        assert Retrying(store.log, store.states, MovableClock()).ask(
            newer.id, "agency", "*", by="测试员"
        )
        store.log.append([registered("b"), read("b", 2024, "错误SUM")])
        runner.run_until_idle()

        assert [unit for unit, _ in store.states.set_aside()] == ["indexer"]
        judged = [store.index.report(agency_id, 2024, Scope()) for agency_id in "ab"]
        assert [one.rulebook if one else None for one in judged] == ["2", "2"]
        assert [one.event.id for one in store.states.broadcasts("agency")] == [newer.id]


_CHILD = """
import sys
from pathlib import Path
from duban.adapters.embedded.store import EmbeddedStore
from duban.domain.event import decode
from duban.processors.processor import Chain
from duban.testing.runner import evaluator

folder = Path(sys.argv[1])
store = EmbeddedStore(folder / "data")
runner = store.runner(Chain("agency", (evaluator(),)))
runner.start()
print("started", flush=True)
for line in (folder / "facts").read_bytes().splitlines():
    store.log.append([decode(line)])
while store.wait(store.index.position(), 0.2) < store.log.head("conclusions"):
    pass
runner.stop()
runner.run_until_idle()
"""


def test_a_process_that_is_killed_again_and_again_loses_and_doubles_nothing(tmp_path: Path) -> None:
    agencies = [f"a{n}" for n in range(12)]
    facts = [
        *map(registered, agencies[:6]),
        released("1"),
        *(read(agency, year, "错误SUM 警告TXT") for agency in agencies for year in (2022, 2024)),
        released("2"),
        *(read(agency, 2023, "错误CARRY") for agency in agencies),
        *(rejected(f"scan {agency}", agency_id=agency, year=2021) for agency in agencies),
        *map(registered, agencies[6:]),
        released("3"),
    ]
    (tmp_path / "facts").write_bytes(b"\n".join(map(encode, facts)))
    chance = random.Random(7)
    kills = 0
    while True:
        child = subprocess.Popen(
            [sys.executable, "-c", _CHILD, str(tmp_path)], stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        try:
            child.wait(chance.uniform(0.0, 0.12) if kills < 6 else None)
        except subprocess.TimeoutExpired:
            os.kill(child.pid, signal.SIGKILL)
            child.wait()
            kills += 1
            continue
        finally:
            child.stdout.close()
        if child.returncode == 0:
            break

    with EmbeddedStore(tmp_path / "data") as store, EmbeddedStore(tmp_path / "whole") as whole:
        worlds = []
        for one in (store, whole):
            runner = one.runner(chain())
            worlds.append(
                World(log=one.log, states=one.states, index=one.index, run=runner.run_until_idle)
            )
            worlds[-1].run()
        worlds[1].take(*(decode(encode(fact)) for fact in facts))
        assert worlds[0].conclusions() == worlds[1].conclusions()
        assert worlds[0].answers() == worlds[1].answers()
    assert kills >= 2
