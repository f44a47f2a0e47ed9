"""Each lane keeps its order, beside the others, and holds no more than it may."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("kafka")

from duban.adapters.kafka.lanes import Lanes


class Work:
    """Remembers what it was given; a lane may be held up."""

    def __init__(self) -> None:
        self.taken: list[list[str]] = []
        self.held = asyncio.Event()
        self.failed: list[BaseException] = []

    async def take(self, found: list[str]) -> None:
        if found[0].startswith("slow"):
            await self.held.wait()
        if found[0].startswith("bad"):
            raise ValueError(found[0])
        self.taken.append(found)

    def lanes(self, batch: int = 3, waiting: int = 3) -> Lanes[str]:
        return Lanes(self.take, self.failed.append, batch, waiting)


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_lane_that_is_held_up_does_not_hold_up_the_others() -> None:
    async def run() -> None:
        work = Work()
        lanes = work.lanes()
        await lanes.put(0, "slow")
        await settle()
        await lanes.put(0, "after it")
        await lanes.put(1, "a")
        await settle()
        assert work.taken == [["a"]]
        assert lanes.is_busy(0)
        assert not lanes.is_busy(1)

        work.held.set()
        await settle()
        assert work.taken == [["a"], ["slow"], ["after it"]]
        await lanes.close()

    asyncio.run(run())


def test_what_waits_is_taken_together_in_its_order() -> None:
    async def run() -> None:
        work = Work()
        lanes = work.lanes(waiting=10)
        await lanes.put(0, "slow")
        await settle()
        for number in range(5):
            await lanes.put(0, str(number))
        work.held.set()
        await settle()
        assert work.taken == [["slow"], ["0", "1", "2"], ["3", "4"]]
        await lanes.close()

    asyncio.run(run())


def test_whoever_puts_waits_for_a_full_lane() -> None:
    async def run() -> None:
        work = Work()
        lanes = work.lanes(waiting=1)
        await lanes.put(0, "slow")
        await settle()
        await lanes.put(0, "waits")
        assert not lanes.is_full
        putting = asyncio.create_task(lanes.put(0, "too many"))
        await settle()
        assert not putting.done()
        assert lanes.is_full

        work.held.set()
        await settle()
        assert putting.done()
        assert not lanes.is_full
        await lanes.close()

    asyncio.run(run())


def test_what_goes_wrong_is_told_and_closing_ends_what_is_left() -> None:
    async def run() -> None:
        work = Work()
        lanes = work.lanes()
        await lanes.put(0, "bad")
        await lanes.put(1, "slow")
        await settle()
        assert [str(error) for error in work.failed] == ["bad"]
        await lanes.close()
        assert work.taken == []

    asyncio.run(run())
