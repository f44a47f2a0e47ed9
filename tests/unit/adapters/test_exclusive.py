"""Nobody works beside another, also when a lock file is removed at the worst moment."""

from __future__ import annotations

import fcntl
import os
from contextlib import ExitStack
from pathlib import Path

import pytest

from duban.adapters.embedded import exclusive as module
from duban.adapters.embedded.exclusive import exclusive
from duban.errors import UsageError

OTHER = "另一个程序正在用"


def test_a_second_one_is_refused_until_the_first_has_ended(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with exclusive(lock, OTHER), pytest.raises(UsageError, match=OTHER), exclusive(lock, OTHER):
        pytest.fail("two held it at once")
    with exclusive(lock, OTHER):
        assert lock.exists()


def test_a_lock_removed_after_it_was_opened_and_taken_anew_by_another_is_not_held_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One opens the file; its holder removes it; a third makes and locks a new one; then the
    first gets the lock of the file that nobody finds any more.
    """
    lock = tmp_path / "lock"
    third = ExitStack()
    take = module.is_mine_alone

    def late(handle: int) -> bool:
        monkeypatch.setattr(module, "is_mine_alone", take)
        lock.unlink()
        third.enter_context(exclusive(lock, OTHER))
        return take(handle)

    monkeypatch.setattr(module, "is_mine_alone", late)

    with third, pytest.raises(UsageError, match=OTHER), exclusive(lock, OTHER):
        pytest.fail("two held it at once")


def test_a_lock_that_was_removed_is_made_anew_so_that_the_next_one_meets_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = tmp_path / "lock"
    take = module.is_mine_alone

    def late(handle: int) -> bool:
        monkeypatch.setattr(module, "is_mine_alone", take)
        lock.unlink()
        return take(handle)

    monkeypatch.setattr(module, "is_mine_alone", late)

    with exclusive(lock, OTHER):
        beside = os.open(lock, os.O_RDWR)
        try:
            with pytest.raises(BlockingIOError):
                fcntl.flock(beside, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(beside)


def test_no_handle_is_left_open(tmp_path: Path) -> None:
    lock, folder = tmp_path / "lock", Path("/proc/self/fd")
    before = len(list(folder.iterdir()))
    with exclusive(lock, OTHER):
        with pytest.raises(UsageError), exclusive(lock, OTHER):
            pass
        assert len(list(folder.iterdir())) == before + 1
    assert len(list(folder.iterdir())) == before
