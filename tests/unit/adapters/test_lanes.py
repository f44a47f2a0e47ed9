"""Each lane keeps its order, beside the others, and holds no more than it may."""

from __future__ import annotations

import asyncio
import time

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

    def lanes(self, batch: int = 3, waiting: int = 3, every_s: float = 0.0) -> Lanes[str]:
        return Lanes(self.take, self.failed.append, batch, waiting, every_s)


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


def test_less_than_a_batch_waits_for_the_next_moment_of_all_lanes() -> None:
    async def run() -> None:
        work = Work()
        lanes = work.lanes(batch=5, every_s=1.0)
        await asyncio.sleep(1.0 - time.monotonic() % 1.0)
        for one in ("a1", "b1", "a2"):
            await lanes.put(ord(one[0]), one)
            await settle()
        assert work.taken == []
        assert lanes.is_busy(ord("a"))

        while len(work.taken) < 2:
            await asyncio.sleep(0.01)
        assert sorted(work.taken) == [["a1", "a2"], ["b1"]]
        await lanes.close()

    asyncio.run(run())


@pytest.mark.parametrize("waiting", [2, 10])
def test_a_whole_batch_waits_for_nothing(waiting: int) -> None:
    async def run() -> None:
        work = Work()
        lanes = work.lanes(waiting=waiting, every_s=3600.0)
        for one in "abcdef":
            await lanes.put(0, one)
            await settle()
        assert work.taken == [["a", "b", "c"], ["d", "e", "f"]]

        await lanes.put(0, "g")
        await settle()
        assert work.taken[2:] == []
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
