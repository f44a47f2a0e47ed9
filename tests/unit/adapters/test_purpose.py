"""A data folder is for one thing: an office on one machine, or a process of a distributed one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from duban.adapters.embedded.purpose import claim, parts_of, refuse_an_edge
from duban.adapters.embedded.store import EmbeddedStore
from duban.bootstrap import Machine
from duban.config import PARTS, Settings
from duban.errors import UsageError
from duban.ports import Cursor, Step


@pytest.fixture
def store(tmp_path: Path) -> Iterator[EmbeddedStore]:
    with EmbeddedStore(tmp_path / "data") as opened:
        yield opened


def begun(store: EmbeddedStore, unit: str) -> None:
    store.states.commit(Step(unit=unit, before=Cursor(), after=Cursor(1)))


def test_a_folder_remembers_what_it_is_for(store: EmbeddedStore) -> None:
    claim(store, ["crawler"])
    claim(store, ["crawler"])

    assert parts_of(store) == ("crawler",)


def test_a_folder_of_the_whole_edge_may_become_that_of_one_part(store: EmbeddedStore) -> None:
    claim(store, PARTS)
    claim(store, ["notifier"])

    assert parts_of(store) == ("notifier",)


def test_a_folder_of_one_part_is_none_of_another(store: EmbeddedStore) -> None:
    claim(store, ["crawler"])

    with pytest.raises(UsageError, match=r"data 属于另一个进程（采集），不能用于页面：.*--data"):
        claim(store, ["pages"])
    with pytest.raises(UsageError, match="采集"):
        claim(store, ["pages", "notifier"])
    claim(store, PARTS)
    assert parts_of(store) == PARTS


def test_a_folder_of_one_machine_is_none_of_the_edge(store: EmbeddedStore) -> None:
    begun(store, "agency")

    with pytest.raises(UsageError, match="是单机运行的：请去掉 --profile distributed"):
        claim(store, PARTS)
    refuse_an_edge(store)


def test_a_folder_of_an_edge_that_says_nothing_yet_is_known_by_its_outbox(
    store: EmbeddedStore,
) -> None:
    begun(store, "forwarder")

    with pytest.raises(UsageError, match="属于分布式运行：请加 --profile distributed"):
        refuse_an_edge(store)
    claim(store, PARTS)
    assert parts_of(store) == PARTS


def test_one_machine_does_not_begin_on_the_folder_of_an_edge(tmp_path: Path) -> None:
    with EmbeddedStore(tmp_path) as store:
        claim(store, ["notifier"])

    with pytest.raises(UsageError, match="--profile distributed"):
        Machine(Settings(data=tmp_path), None)


def test_the_edge_does_not_begin_on_the_folder_of_one_machine(tmp_path: Path) -> None:
    with Machine(Settings(data=tmp_path), None) as machine:
        machine.runner.run_until_idle()

    with EmbeddedStore(tmp_path) as store, pytest.raises(UsageError, match="单机"):
        claim(store, ["crawler"])
