"""Checks of health: what has work must get on with it, and what fails does not hold."""

from __future__ import annotations

from duban.errors import StorageError
from duban.measuring.health import Advancing, Filled, answers


class World:
    def __init__(self) -> None:
        self.now = 0.0
        self.left: dict[str, tuple[int, ...]] = {"agency": ()}

    def advancing(self) -> Advancing:
        return Advancing(lambda: self.left, patience_s=60, now=lambda: self.now)


def test_a_unit_without_work_stands_as_long_as_it_likes() -> None:
    world = World()
    check = world.advancing()
    for world.now in (0.0, 100.0, 10_000.0):
        assert check()


def test_a_unit_that_shows_the_same_work_for_too_long_stands_still() -> None:
    world = World()
    check = world.advancing()
    world.left = {"agency": (7, 3, 0), "indexer": ()}

    assert check()
    world.now = 59.0
    assert check()
    world.now = 61.0
    assert not check()
    world.left = {"agency": (8, 2, 0), "indexer": ()}
    assert check()


def test_a_unit_that_gets_on_with_much_work_holds() -> None:
    world = World()
    check = world.advancing()
    for step in range(100):
        world.now, world.left = step * 30.0, {"agency": (step, 9_000, 0)}
        assert check()


def test_work_that_comes_after_a_long_rest_is_no_standstill() -> None:
    world = World()
    check = world.advancing()
    assert check()
    world.now, world.left = 5_000.0, {"agency": (1, 1, 0)}

    assert check()


def test_views_are_filled_once_they_know_what_was_recorded_before() -> None:
    position = 5
    check = Filled(lambda: position, 7)

    assert not check()
    position = 7
    assert check()


def test_a_check_that_cannot_be_made_does_not_hold() -> None:
    def broken() -> bool:
        raise StorageError("视图正在重新建立。")

    assert answers({"views": broken, "units": lambda: True}) == {"views": False, "units": True}
