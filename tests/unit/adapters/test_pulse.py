"""A process that stood still is in doubt for a session, whichever clock tells."""

from __future__ import annotations

import pytest

from duban.adapters.kafka.pulse import Pulse


class Clocks:
    def __init__(self) -> None:
        self.monotonic, self.wall = 100.0, 5000.0

    def __call__(self) -> tuple[float, float]:
        return self.monotonic, self.wall

    def run(self, seconds: float) -> None:
        self.monotonic += seconds
        self.wall += seconds


def test_a_process_that_runs_is_sure() -> None:
    clocks = Clocks()
    pulse = Pulse(6.0, clocks)
    for _ in range(100):
        clocks.run(0.5)
        assert pulse.is_sure()


@pytest.mark.parametrize(("monotonic", "wall"), [(20.0, 20.0), (0.0, 20.0), (20.0, 0.0)])
def test_a_process_that_stood_still_is_in_doubt_for_a_session(
    monotonic: float, wall: float
) -> None:
    clocks = Clocks()
    pulse = Pulse(6.0, clocks)

    clocks.monotonic += monotonic
    clocks.wall += wall

    assert not pulse.is_sure()
    for _ in range(5):
        clocks.run(1.0)
        assert not pulse.is_sure()
    clocks.run(1.0)
    assert pulse.is_sure()


def test_a_clock_that_is_set_back_changes_nothing() -> None:
    clocks = Clocks()
    pulse = Pulse(6.0, clocks)

    clocks.run(0.5)
    clocks.wall -= 3600

    assert pulse.is_sure()
