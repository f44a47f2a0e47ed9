"""A machine that has read a whole made county, its pages served: for page tests and pictures."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from duban.bootstrap import Machine
from duban.cli.listening import address, take_port
from duban.config import Settings
from duban.samples.making import make
from duban.samples.portal import Portal

_QUIET_S = 3.0


@contextmanager
def county(
    folder: Path,
    *,
    agencies: int = 50,
    years: tuple[int, ...] = (2022, 2023, 2024),
    today: str | None = None,
) -> Iterator[tuple[str, Machine, Portal]]:
    """Yields the pages' address, the machine and the portal; everything ends with the context.

    With `today`, an ISO day, nothing dated later is on the portal.
    """
    shown = None if today is None else lambda: today
    make(folder / "portal", seed=1, agencies=agencies, years=years, fault_rate=0.35)
    listener = take_port("127.0.0.1", 0)
    with listener, Portal(folder / "portal", today=shown) as portal:
        settings = Settings(data=folder, interval_s=1, delay_s=0, allow_loopback=True)
        with Machine(settings, portal.agencies()) as machine:
            machine.start()
            config = uvicorn.Config(machine.app(), log_level="warning", timeout_graceful_shutdown=1)
            server = uvicorn.Server(config)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
            thread.start()
            try:
                settle(machine)
                yield address(listener).rstrip("/"), machine, portal
            finally:
                server.should_exit = True
                thread.join()


def settle(machine: Machine, patience_s: float = 300.0) -> None:
    """Wait until reports were judged and nothing more is judged for a while."""
    seen, quiet_since, start = -1, time.monotonic(), time.monotonic()
    while time.monotonic() - quiet_since < _QUIET_S or seen <= 0:
        assert time.monotonic() - start < patience_s, "the machine did not come to rest"
        now = machine.store.log.head("conclusions")
        if now != seen:
            seen, quiet_since = now, time.monotonic()
        time.sleep(0.1)
