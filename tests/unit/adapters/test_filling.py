"""A worker uses what it remembers only once it is as the changelog has it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from duban.adapters.kafka import filling
from duban.adapters.kafka.filling import Filling
from duban.errors import StorageError


class Table:
    """Answers what it is told to, for each partition."""

    def __init__(self, *answers: bool | Exception) -> None:
        self.answers = list(answers)
        self.asked: list[int] = []
        self.meanwhile: Callable[[], object] = lambda: None

    async def settle(self, number: int, is_ours: Callable[[], bool]) -> bool:
        self.asked.append(number)
        self.meanwhile()
        answer = self.answers.pop(0) if self.answers else is_ours()
        if isinstance(answer, Exception):
            raise answer
        return answer


@pytest.fixture(autouse=True)
def _at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(filling, "_AGAIN_S", 0.0)


def of(table: Table, generation: list[int], patience_s: float = 60.0) -> Filling:
    found = Filling(
        table, generation=lambda: generation[0], is_sure=lambda: True, patience_s=patience_s
    )
    found.given()
    return found


def test_it_is_ready_once_each_partition_is_filled_until_they_are_shared_out_again() -> None:
    generation = [1]
    tables = of(table := Table(), generation)
    assert not tables.is_ready()

    assert asyncio.run(tables.fill([0, 2]))
    assert (tables.is_ready(), table.asked) == (True, [0, 2])

    generation[0] = 2
    assert not tables.is_ready()
    tables.given()
    assert asyncio.run(tables.fill([2]))
    assert tables.is_ready()

    tables.taken_away()
    assert not tables.is_ready()


def test_who_is_given_nothing_is_ready() -> None:
    tables = of(Table(), [1])
    assert asyncio.run(tables.fill([]))
    assert tables.is_ready()


def test_partitions_that_are_shared_out_meanwhile_are_not_ready() -> None:
    generation = [1]
    tables = of(table := Table(), generation)
    table.meanwhile = lambda: generation.__setitem__(0, 2)

    assert not asyncio.run(tables.fill([0]))
    assert not tables.is_ready()


def test_storage_that_is_out_of_reach_is_waited_for_and_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tables = of(Table(StorageError("没有应答"), False), [1])

    assert asyncio.run(tables.fill([0]))
    assert "没有应答" in caplog.text


def test_storage_that_stays_out_of_reach_ends_it() -> None:
    tables = of(Table(StorageError("没有应答")), [1], patience_s=0.0)

    with pytest.raises(StorageError):
        asyncio.run(tables.fill([0]))
    assert not tables.is_ready()
