"""What goes wrong in a drill, drawn from its seed."""

from __future__ import annotations

import contextlib
import functools
import random
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path
from typing import Literal, get_args

from tests.drill_stack.crew import SESSION_S, Crew
from tests.drill_stack.rebuilding import Rebuilding
from tests.drill_stack.servers import Servers
from tests.stack.elastic_proxy import Fault

from duban.config_worker import WORKED

Trouble = Literal[
    "kill", "stop", "add", "pause", "cut", "stall", "broker", "busy", "search", "clock", "full",
    "rebuild",
]  # fmt: skip
_OF_WORKERS: tuple[Trouble, ...] = ("kill", "kill", "kill", "stop", "add", "pause")
#: One in so many drills; each has troubles of its workers besides.
_OF_SERVERS: tuple[Trouble, ...] = (
    "rebuild", "broker", "busy", "clock", "cut", "search", "stall", "full",
)  # fmt: skip
_FAULTS: tuple[Fault, ...] = ("busy", "cut before", "cut after")
_HOUR_S = 3600.0
_SMALL = "12m"  # the state of a unit fits well


def possible(*, has_elastic: bool) -> frozenset[Trouble]:
    """The troubles that can be made here, with a search server of our own or without."""
    found: set[Trouble] = set(get_args(Trouble))
    if not has_elastic:
        found.remove("search")
    if not can_have_small_disks():
        found.remove("full")
    return frozenset(found)


@functools.cache
def can_have_small_disks() -> bool:
    """Whether this machine lets us mount any: not every root may, within a container say."""
    with tempfile.TemporaryDirectory(prefix="duban-disk-") as folder:
        try:
            with small_disk(Path(folder, "small")):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def drawn(
    seed: int, chance: random.Random, here: Collection[Trouble], *, is_brief: bool = False
) -> Sequence[Trouble]:
    """The troubles of a drill, in order, of those that can be made here."""
    count = chance.randint(1, 2) if is_brief else chance.randint(3, 5)
    found = [chance.choice(_OF_WORKERS) for _ in range(count)]
    one = _OF_SERVERS[seed % len(_OF_SERVERS)]
    place = chance.randint(1, len(found))
    if one in here:
        found.insert(place, one)
    return found


class Troubles:
    """Does them to workers and servers; `told` tells what was wrong already then."""

    def __init__(
        self, servers: Servers, crew: Crew, rebuilding: Rebuilding, chance: random.Random
    ) -> None:
        self._servers = servers
        self._crew = crew
        self._rebuilding = rebuilding
        self._chance = chance
        self.told: list[str] = []

    def meet(self, trouble: Trouble) -> None:
        """One trouble, from its beginning to its end."""
        work: dict[Trouble, Callable[[], None]] = {
            "kill": self._kill, "stop": self._stop, "add": self._add, "pause": self._pause,
            "cut": self._cut, "stall": self._stall, "broker": self._broker, "busy": self._busy,
            "search": self._search, "clock": self._clock, "full": self._full,
            "rebuild": self._rebuild,
        }  # fmt: skip
        work[trouble]()

    def _kill(self) -> None:
        if (one := self._crew.any(self._chance)) is not None:
            self._crew.kill(*one)

    def _stop(self) -> None:
        if (one := self._crew.any(self._chance)) is not None:
            self.told += filter(None, [self._crew.stop(*one)])

    def _add(self) -> None:
        self._crew.start(self._chance.choice(WORKED))

    def _pause(self) -> None:
        """One stands still for so long that others take its partitions over, and comes back."""
        if (one := self._crew.any(self._chance)) is not None:
            with self._crew.paused(*one):
                self._crew.start(one[0])
                time.sleep(SESSION_S + self._chance.uniform(1.0, 3.0))

    def _cut(self) -> None:
        for _ in range(3):
            self._servers.way_to_kafka.cut()
            time.sleep(self._chance.uniform(0.2, 1.0))

    def _stall(self) -> None:
        self._servers.way_to_kafka.stall()
        time.sleep(self._chance.choice([2.0, SESSION_S + 3.0]))
        self._servers.way_to_kafka.flow()

    def _broker(self) -> None:
        broker = self._servers.kafka
        self._chance.choice([broker.kill, broker.stop])()
        time.sleep(self._chance.uniform(0.0, 2.0))
        broker.start()

    def _busy(self) -> None:
        way = self._servers.way_to_elastic
        way.faults += [self._chance.choice(_FAULTS) for _ in range(6)]

    def _search(self) -> None:
        """The search server dies as a bulk reaches it."""
        elastic, came = self._servers.elastic, threading.Event()
        assert elastic is not None
        with _watched(self._servers, came):
            came.wait(20.0)
            elastic.kill()
        elastic.start()

    def _clock(self) -> None:
        for seconds in (2 * _HOUR_S, -2 * _HOUR_S, 0.0):
            self._crew.clock.set(seconds)
            time.sleep(self._chance.uniform(0.5, 2.0))

    def _full(self) -> None:
        """The disk of a worker's state is full, and later it is not."""
        filler = small(self._crew) / "filler"
        with contextlib.suppress(OSError), filler.open("wb", buffering=0) as opened:
            while opened.write(bytes(4096)):
                pass
        time.sleep(self._chance.uniform(3.0, 8.0))
        filler.unlink()

    def _rebuild(self) -> None:
        """All is rebuilt by several processes that are killed, and begun again."""
        self.told += self._rebuilding.meet(self._chance)


def small(crew: Crew) -> Path:
    """The folder that can become full: what the first worker of the chain remembers."""
    return crew.folder("agency", "one")


@contextlib.contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A disk of its own for a folder; it needs a machine whose root we are."""
    folder.mkdir(parents=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SMALL}", "tmpfs", str(folder)]
    subprocess.run(command, check=True, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@contextlib.contextmanager
def _watched(servers: Servers, came: threading.Event) -> Iterator[None]:
    way = servers.way_to_elastic
    fault = way.fault

    def hears(path: str) -> Fault | None:
        if "/_bulk" in path:
            came.set()
        return fault(path)

    way.fault = hears  # type: ignore[method-assign]
    try:
        yield
    finally:
        way.fault = fault  # type: ignore[method-assign]
